"""What was said in a recording, written down: owed from the moment the recording plays."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.sealed.fields import SealedJSONField, only_sealed
from people.scope import ScopedQuerySet
from recruitment.enums import TranscriptState
from recruitment.models.recordings import Recording


class TranscriptQuerySet(ScopedQuerySet):
    department_lookup = "recording__segment__answer__interview__application__opening__department"


class Transcript(models.Model):
    """The words of one recording: `pieces` as the model wrote them, a person's correction beside in `corrected`.

    A piece is {"from", "to", "text", "confidence", "words"?}, times in seconds of the recording. `file` is which stored
    file was listened to: a recording that grew is listened to again. While it is owed, `claimed_until` says that a job
    is at it, and `try_after` that the last try failed. `reason` is the code of why there are no words. `scored_at` is
    None while what is written, or corrected to be scored by, has not been looked at for the scores of its stage.
    `corrections` are all that were ever made, the oldest first: {"at", "by", "changes": [[piece, before, after]]}.
    """

    recording = models.OneToOneField(
        Recording, on_delete=models.CASCADE, related_name="transcript", verbose_name=_("recording")
    )
    state = models.CharField(_("state"), max_length=12, choices=TranscriptState, default=TranscriptState.OWED)
    file = models.CharField(_("stored as"), max_length=200, blank=True, editable=False)
    claimed_until = models.DateTimeField(_("being listened to until"), null=True, editable=False)
    try_after = models.DateTimeField(_("next try"), null=True, editable=False)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0, editable=False)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=20, blank=True)
    model = models.CharField(_("model"), max_length=100, blank=True)
    pieces = SealedJSONField(_("as the model wrote it"), null=True)
    measures = models.JSONField(_("measures"), null=True)
    written_at = models.DateTimeField(_("written at"), null=True)
    corrected = SealedJSONField(_("as corrected"), null=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("corrected by"),
    )
    corrected_at = models.DateTimeField(_("corrected at"), null=True)
    corrections = SealedJSONField(_("corrections"), null=True)
    scored_at = models.DateTimeField(_("scored at"), null=True, editable=False)

    objects = TranscriptQuerySet.as_manager()

    class Meta:
        verbose_name = _("transcript")
        verbose_name_plural = _("transcripts")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["-id"], name="transcript_owed", condition=Q(state=TranscriptState.OWED)),
            models.Index(
                fields=["id"],
                name="transcript_unscored",
                condition=Q(state=TranscriptState.WRITTEN, scored_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=TranscriptState.WRITTEN)
                | Q(pieces__isnull=False, measures__isnull=False, written_at__isnull=False) & ~Q(model=""),
                name="transcript_written_has_words",
            ),
            only_sealed("pieces", "transcript_is_sealed"),
            only_sealed("corrected", "transcript_correction_is_sealed"),
            only_sealed("corrections", "transcript_corrections_are_sealed"),
        ]

    def __str__(self) -> str:
        return f"#{self.recording_id}"

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The pieces as they count: corrected where somebody has."""
        return list(self.corrected if self.corrected is not None else self.pieces or [])

    @property
    def last_corrected(self) -> tuple[str, datetime] | None:
        """Who corrected it last, and when; the correction may have been taken back by this."""
        last = (self.corrections or [None])[-1]
        return None if last is None else (last["by"], datetime.fromisoformat(last["at"]))

    @property
    def is_scored_as_before(self) -> bool:
        """Whether the scores rest on the words before the last correction: whoever made it did not want it scored."""
        last = self.last_corrected
        return last is not None and self.scored_at is not None and self.scored_at < last[1]

    @property
    def text(self) -> str:
        """All of it, a line for each piece."""
        return "\n".join(str(piece["text"]) for piece in self.shown)
