"""Recordings after they came: one that broke off is kept as far as it goes; consent withdrawn and deletion by HR."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_q.tasks import async_task

from core.errors import Refused
from core.events import effect
from core.events.running import Left, leave, on_receipt_of, shared_step
from people.actors import Actor, Party
from recruitment.enums import DeletionReason, InterviewState, RecordingState, Standing
from recruitment.evaluation.services import forgetting
from recruitment.models import Answer, Consent, Interview, Recording, Segment, Transcript
from recruitment.recordings import retention
from recruitment.recordings.services import faces
from recruitment.rules import require_recruiting
from recruitment.services import locking
from recruitment.services.arriving import CONSENT_VERSION


def keep_what_came(*, interview_id: int) -> None:
    """Bring the recordings to the interview's present state, with those of the whole chain: broken off or over, what
    came so far is made playable.

    A row and a job per unfinished answer with a recording; an interview that runs (again) needs nothing.
    """
    leave(settle, interview_id)


def settle(left: list[Left]) -> None:
    """`keep_what_came` for all of these. One query where nothing was recorded."""
    with shared_step():
        interviews = locking.interviews_of(one.what for one in left)
        runs = (InterviewState.IN_PROGRESS, InterviewState.SCHEDULED)
        over = {one.what: one.reaction for one in left if interviews[one.what].state not in runs}
        unfinished = Segment.objects.filter(
            answer__interview__in=over, standing=Standing.TAKEN, deletion_reason="", listed_chunks=None
        ).exclude(recording__state=RecordingState.PENDING)
        answers: dict[int, Answer] = {}
        if over:
            for segment in unfinished.select_related("answer", "recording"):
                _make_pending(segment)
                answers[segment.answer_id] = segment.answer
        for answer in answers.values():
            _owe(answer)
            with on_receipt_of(over[answer.interview_id]):
                effect(answer, gettext_noop("Recording kept as far as it came"))


def keep_what_comes_later(segment: Segment) -> None:
    """The first piece of a segment came after its interview broke off: it is made playable like the others.

    In the transaction of its row, on a locked interview.
    """
    _make_pending(segment)
    _owe(segment.answer)


def _make_pending(segment: Segment) -> None:
    Recording.objects.update_or_create(segment=segment, defaults={"state": RecordingState.PENDING})


def _owe(answer: Answer) -> None:
    """The answer has a recording that is to be made playable, and the job that does it."""
    answer.media = RecordingState.PENDING
    answer.save(update_fields=["media"])
    async_task("recruitment.tasks.assemble_answer", answer.pk, group="recordings")


def withdraw_consent(*, interview_id: int, by: Actor) -> int:
    """The candidate no longer agrees to be recorded: the word is kept, every recording is marked and then deleted.

    It binds every attempt that agreed: a page of an earlier one still has its queue.
    What was written down of them goes at once, and what scores quote of it; answers in text, scores and the fact that
    something was recorded stay.
    HR notes it, or the candidate says it.
    Returns how many segments go. Refused: nothing_agreed.
    """
    if by is not Party.CANDIDATE:
        require_recruiting(by, Interview, interview_id)
    with transaction.atomic():
        interview = locking.interview(interview_id)
        agreed = set(
            interview.consents.filter(kind="recording", given=True).values_list("attempt", flat=True)
        )
        if not agreed:
            raise Refused("nothing_agreed", _("No recording was agreed to."))
        Consent.objects.bulk_create(
            Consent(
                interview=interview,
                attempt=attempt,
                kind="recording",
                version=CONSENT_VERSION,
                given=False,
            )
            for attempt in sorted(agreed | {interview.attempt})
        )
        marked = retention.mark(Segment.objects.filter(answer__interview=interview), DeletionReason.CONSENT)
        # Also of recordings whose bytes went long ago: what was written down of them is a copy.
        Transcript.objects.filter(recording__segment__answer__interview=interview).delete()
        forgetting.forget_spoken(interview)
        faces.take_back(interview)
        async_task("recruitment.tasks.delete_recordings", group="recordings")
        return marked


def delete_now(*, segment_id: int, by: Actor) -> None:
    """HR deletes one recording before its time: nothing is served from here on, the bytes go with the next job."""
    require_recruiting(by, Segment, segment_id)
    with transaction.atomic():
        if not retention.mark(Segment.objects.filter(pk=segment_id, deleted_at=None), DeletionReason.BY_HR):
            raise Refused("recording_deleted", _("This recording was deleted."))
        async_task("recruitment.tasks.delete_recordings", group="recordings")
