"""Who is signed in where, what is asked besides the password, and which devices are known."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.models import Session
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.browsers import in_words
from people.enums import role_choices


class SecondFactorRule(models.Model):
    """Whose password alone is not enough. One row, edited by whoever keeps the house.

    `since` is when the roles were last changed: the days of grace count from it, or from when an account was made.
    """

    roles = ArrayField(
        models.CharField(max_length=20, choices=role_choices),
        default=list,
        blank=True,
        verbose_name=_("roles that need a second factor"),
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days to set it up"), default=7, validators=[MaxValueValidator(90)]
    )
    since = models.DateTimeField(_("in force since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("rule of signing in")
        verbose_name_plural = _("rules of signing in")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="people_second_factor_one_rule")]

    def __str__(self) -> str:
        return str(_("Second factor"))


class OpenSessionQuerySet(models.QuerySet["OpenSession"]):
    """Sessions, by whether they are still there."""

    def alive(self) -> Self:
        """Those whose session exists and has not run out."""
        mine = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
        return self.filter(Exists(mine))

    def end(self) -> None:
        """End them: whoever uses one is signed out with the next click, and no list has it any more."""
        Session.objects.filter(session_key__in=list(self.values_list("session_key", flat=True))).delete()
        self.delete()


class OpenSession(models.Model):
    """Where a colleague signed in: from which address, with which browser. It goes when its session is over."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.CharField(max_length=50, blank=True)
    browser = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OpenSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("open session")
        verbose_name_plural = _("open sessions")
        indexes = [models.Index(fields=["created_at"], name="people_open_session_by_time")]

    def __str__(self) -> str:
        return in_words(self.browser)


class TrustedDevice(models.Model):
    """A browser whose owner passed the second factor and asked not to be asked again on it for a while.

    The browser keeps 256 random bits; here is their hash. It ends with a new password, with the second factor that it
    stands for, and with "sign out everywhere".
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="trusted_devices")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    browser = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("trusted device")
        verbose_name_plural = _("trusted devices")

    def __str__(self) -> str:
        return in_words(self.browser)


def browser_of(request: Any) -> str:
    """What the browser calls itself, as far as it is kept."""
    return str(request.META.get("HTTP_USER_AGENT", ""))[:200].replace("\x00", "")
