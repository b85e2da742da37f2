"""Calendars of colleagues: the secret links under which other programs read the own rounds."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CalendarLink(models.Model):
    """A colleague's link to the own rounds: 256 random bits, of which only the SHA-256 is kept. One is live."""

    person = models.ForeignKey(
        "people.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        verbose_name = _("calendar link")
        verbose_name_plural = _("calendar links")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(revoked_at=None), name="one_live_calendar_link"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.pk}"
