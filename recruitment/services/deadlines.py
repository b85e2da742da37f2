"""Windows that end: who did not come is missed, who did not return is abandoned once somebody tried to reach them."""

from django.db.models import Q
from django.utils import timezone

from recruitment.enums import InterviewKind, InterviewState
from recruitment.models import Interview
from recruitment.models.interviews import LEASE_ELSEWHERE
from recruitment.services import endings


def end_windows(*, limit: int = 500) -> int:
    """Take the steps that are due, one transaction each; safe to run twice. Returns how many interviews moved.

    An interrupted interview that nobody tried to reach is left as it is: its follow-up is red and escalates.
    """
    now = timezone.now()
    missed = Interview.objects.filter(state=InterviewState.SCHEDULED, window_closes_at__lte=now).exclude(
        Q(kind=InterviewKind.PEOPLE)
        | Q(kind=InterviewKind.VENDOR, window_closes_at__gt=now - LEASE_ELSEWHERE)
    )
    ended = Interview.objects.filter(
        state=InterviewState.INTERRUPTED,
        resume_until__lte=now,
    ).filter(endings.since_this_exit())
    moved = 0
    for interview_id in list(missed.order_by("window_closes_at").values_list("pk", flat=True)[:limit]):
        moved += endings.miss(interview_id=interview_id)
    for interview_id in list(ended.order_by("resume_until").values_list("pk", flat=True)[:limit]):
        moved += endings.abandon_ended(interview_id=interview_id)
    return moved
