"""Voice: a question's words, spoken. It belongs to the words: whoever rewords a question has none for it any more."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from recruitment.enums_spoken import VoiceKind


class Voice(models.Model):
    """One reading of one text, as MP3: ours, or a machine's. `digest` is the text's, so that every version shares it.

    Of a synthetic one the row is there before the sound: `tries`, `try_after` and `reason` say how far it is, `model`
    what spoke it.
    """

    digest = models.CharField("SHA-256", max_length=64, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=VoiceKind)
    sound = models.BinaryField(null=True, editable=False)
    seconds = models.FloatField(_("seconds"), null=True, blank=True)
    model = models.CharField(_("model"), max_length=100, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("added by"),
    )
    made_at = models.DateTimeField(_("added at"), null=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0, editable=False)
    try_after = models.DateTimeField(_("next try"), null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("voice of a question")
        verbose_name_plural = _("voices of questions")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["digest", "kind"], name="one_voice_of_a_kind"),
            models.CheckConstraint(
                condition=Q(sound__isnull=True) | Q(seconds__isnull=False, made_at__isnull=False),
                name="voice_with_its_length",
            ),
            models.CheckConstraint(
                condition=Q(kind=VoiceKind.SYNTHETIC) | Q(sound__isnull=False), name="own_voice_is_heard"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.digest[:8]}"


def digest_of(text: str) -> str:
    """What a voice knows its text by."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
