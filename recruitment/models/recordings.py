"""What a candidate recorded: answers are lists of segments, segments lists of chunks; a recording plays them."""

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.rules import is_hr
from people.scope import ScopedQuerySet
from recruitment.enums import DeletionReason, Medium, RecordingState, Standing
from recruitment.models.answers import Answer
from recruitment.models.interviews import Interview, OfInterviewQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User


class RoomEntry(models.Model):
    """A page came into the room: which epoch it was given, in which attempt, and on what device."""

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="entries", verbose_name=_("interview")
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    epoch = models.PositiveIntegerField(_("epoch"))
    device = models.JSONField(_("device"), default=dict)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = OfInterviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry into the room")
        verbose_name_plural = _("entries into the room")
        ordering = ["interview", "epoch"]
        constraints = [models.UniqueConstraint(fields=["interview", "epoch"], name="one_entry_per_epoch")]
        indexes = [models.Index(fields=["at", "id"], name="entry_by_time")]

    def __str__(self) -> str:
        return f"{self.interview_id} · {self.epoch}"


class SegmentQuerySet(ScopedQuerySet):
    department_lookup = "answer__interview__application__opening__department"


class Segment(models.Model):
    """One run of the recorder. It belongs to the page (epoch) that opened it.

    `number` is unique within the answer. `listed_chunks` is how many chunks the candidate's page named when the answer
    was finished, and the server verified; None until then. `standing` says whether it is part of the answer.
    `deletion_due` is when the opening's policy deletes it: the database keeps it, here and when the policy changes.
    """

    answer = models.ForeignKey(
        Answer,
        on_delete=models.CASCADE,
        related_name="segments",
        verbose_name=pgettext_lazy("of a candidate", "answer"),
    )
    number = models.PositiveSmallIntegerField(_("number"))
    epoch = models.PositiveIntegerField(_("epoch"))
    mime = models.CharField(_("type as the recorder named it"), max_length=100, blank=True)
    opened_at = models.DateTimeField(_("opened at"), auto_now_add=True)
    deletion_due = models.DateTimeField(_("deletion"), null=True, editable=False)
    listed_chunks = models.PositiveIntegerField(_("chunks of the finished answer"), null=True, blank=True)
    standing = models.CharField(_("standing"), max_length=10, choices=Standing, default=Standing.TAKEN)
    deletion_reason = models.CharField(
        _("deleted because"), max_length=10, choices=DeletionReason, blank=True
    )
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("segment of a recording")
        verbose_name_plural = _("segments of recordings")
        ordering = ["answer", "number"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="one_segment_per_number"),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | ~Q(deletion_reason=""), name="deleted_segment_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["opened_at"], name="segment_with_bytes", condition=Q(deleted_at__isnull=True)
            ),
            models.Index(fields=["opened_at", "id"], name="segment_by_time"),
            models.Index(
                fields=["deletion_due", "id"], name="segment_due", condition=Q(deleted_at__isnull=True)
            ),
            models.Index(
                fields=["deleted_at", "id"], name="segment_deleted", condition=Q(deleted_at__isnull=False)
            ),
            models.Index(
                fields=["id"],
                name="segment_marked",
                condition=Q(deleted_at__isnull=True) & ~Q(deletion_reason=""),
            ),
            models.Index(fields=["standing", "id"], name="segment_by_standing"),
            models.Index(fields=["deletion_reason", "id"], name="segment_by_reason"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="segment_due",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("opened_at"),
                func="""
                    NEW.deletion_due = NEW.opened_at + make_interval(days => (
                        SELECT o.recording_days FROM recruitment_answer a
                        JOIN recruitment_interview i ON i.id = a.interview_id
                        JOIN recruitment_application p ON p.id = i.application_id
                        JOIN recruitment_opening o ON o.id = p.opening_id
                        WHERE a.id = NEW.answer_id));
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.answer} · {self.number}"

    @property
    def medium(self) -> str:
        """Video or audio, as far as the recorder's type tells; "" when it does not."""
        kind = self.mime.partition("/")[0]
        return kind if kind in (Medium.VIDEO, Medium.AUDIO) else ""


class Chunk(models.Model):
    """A few seconds as the recorder gave them, in storage under a generated name before this row exists.

    `set_aside`: it came after its answer was finished, so it is kept but is no part of the answer. `stored_name` is
    empty once the bytes are deleted: the fact that they existed stays.
    """

    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, related_name="chunks", verbose_name=_("segment")
    )
    seq = models.PositiveIntegerField(_("number"))
    bytes = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    stored_name = models.CharField(_("stored as"), max_length=200, blank=True)
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)
    set_aside = models.BooleanField(_("set aside"), default=False)

    class Meta:
        verbose_name = _("chunk")
        verbose_name_plural = _("chunks")
        ordering = ["segment", "seq"]
        constraints = [models.UniqueConstraint(fields=["segment", "seq"], name="one_chunk_per_number")]
        indexes = [models.Index(fields=["stored_name"], name="chunk_by_name", condition=~Q(stored_name=""))]

    def __str__(self) -> str:
        return f"{self.segment_id} · {self.seq}"


class RecordingQuerySet(ScopedQuerySet):
    department_lookup = "segment__answer__interview__application__opening__department"

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """HR: all. A manager: those of the own tree whose opening lets managers play recordings. Others: none."""
        rows = super().visible_to(user)
        if is_hr(user):
            return rows
        return rows.filter(segment__answer__interview__application__opening__managers_see_recordings=True)


class Recording(models.Model):
    """A segment made playable: the longest run of chunks without a gap, in a container that can be sought in.

    `seconds` is None until it was probed, and when nothing can be said. `chunks` is how many are in the file. It goes
    back to pending when more chunks come; the old file is served until the new one is there.
    """

    segment = models.OneToOneField(
        Segment, on_delete=models.CASCADE, related_name="recording", verbose_name=_("segment of a recording")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=RecordingState, default=RecordingState.PENDING
    )
    chunks = models.PositiveIntegerField(_("chunks in the file"), default=0)
    stored_name = models.CharField(_("stored as"), max_length=200, blank=True)
    mime = models.CharField(_("type"), max_length=100, blank=True)
    bytes = models.PositiveBigIntegerField(_("bytes"), null=True, blank=True)
    seconds = models.FloatField(_("seconds"), null=True, blank=True)
    note = models.CharField(_("why it does not play"), max_length=300, blank=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["segment"]
        indexes = [
            models.Index(
                fields=["changed_at"], name="recording_pending", condition=Q(state=RecordingState.PENDING)
            ),
            models.Index(fields=["stored_name"], name="recording_by_name", condition=~Q(stored_name="")),
        ]

    def __str__(self) -> str:
        return f"{self.segment}"


class RecordingAccess(models.Model):
    """Somebody played or fetched a recording: one row per playback, however many ranges the player asked for."""

    recording = models.ForeignKey(
        Recording, on_delete=models.CASCADE, related_name="accesses", verbose_name=_("recording")
    )
    user = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("person")
    )
    who = models.CharField(_("name"), max_length=200)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    last_at = models.DateTimeField(_("last request"), auto_now=True)
    range_start = models.PositiveBigIntegerField(_("from byte"), default=0)

    class Meta:
        verbose_name = _("access to a recording")
        verbose_name_plural = _("accesses to recordings")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["recording", "user", "last_at"], name="access_by_person"),
            models.Index(fields=["at", "id"], name="access_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.recording_id} · {self.who}"
