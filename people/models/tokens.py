"""Keys to the API: named, for a time, kept as a hash, shown once."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.enums import KeyScope

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models.user import User


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Keys, by who may see them and by whether they still open anything."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """The own ones; whoever keeps the house everybody's but a superuser's; a superuser all."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self.all()
        return self.filter(Q(user=user) | Q(user__is_superuser=False) if user.keeps_house else Q(user=user))

    def good(self) -> Self:
        """Those whose last day is not over."""
        return self.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=timezone.localdate()))


class ApiToken(models.Model):
    """One program's key. Only its SHA-256 is stored: a copy of the database opens nothing.

    Whoever sets a new password ends the keys with it, and a closed account's keys open nothing.
    """

    # The key itself: known in the request that made it, and never again.
    shown_once: str = ""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField(_("may"), max_length=10, choices=KeyScope.choices, default=KeyScope.READ)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    expires_on = models.DateField(_("good until"), null=True, blank=True, editable=False)
    last_used_on = models.DateField(_("last used on"), null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="people_key_by_time"),
            models.Index(fields=["expires_on"], name="people_key_ends"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        """Its last day has passed: it opens nothing."""
        return self.expires_on is not None and self.expires_on < timezone.localdate()
