"""Card: a message with buttons on somebody's phone, and what it shows now."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.models.deliveries import Delivery

# WeCom changes a card within three days of the code that it gave for that.
CHANGED_WITHIN = timedelta(hours=72)


class Card(models.Model):
    """A card that a provider took. `code`: with which it may be changed once, until `code_until`; empty when used.

    `stale_at`: from when on somebody has to look whether it still shows what may be done; None while nobody has to.
    `shows`: a digest of what it shows now; `changes`: how often it was changed.
    """

    delivery = models.OneToOneField(
        Delivery, on_delete=models.CASCADE, primary_key=True, related_name="card", verbose_name=_("delivery")
    )
    code = models.CharField(max_length=300, blank=True, editable=False)
    code_until = models.DateTimeField(_("may be changed until"), null=True)
    shows = models.CharField(max_length=64, blank=True, editable=False)
    stale_at = models.DateTimeField(_("to be changed at"), null=True)
    changes = models.PositiveSmallIntegerField(_("changes"), default=0)
    last_code = models.CharField(_("last answer"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        ordering = ["-delivery"]
        indexes = [
            models.Index(
                fields=["stale_at", "delivery"], name="card_stale", condition=Q(stale_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}"

    @property
    def can_change(self) -> bool:
        """Whether there is a code that works."""
        return bool(self.code) and self.code_until is not None and self.code_until > timezone.now()
