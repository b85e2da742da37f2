"""Windows that end: who did not come is missed, who did not return is abandoned once somebody tried to reach them."""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.db.models import Q

from core.jobs.sets import in_sets
from core.trouble import wall
from recruitment.enums import InterviewKind, InterviewState
from recruitment.models import Interview
from recruitment.models.interviews import LEASE_ELSEWHERE
from recruitment.services import endings, locking


def end_windows(*, limit: int = 500) -> int:
    """Take the steps that are due, in sets; safe to run twice. Returns how many interviews moved.

    Whom somebody else holds at the moment is left for the next time. An interrupted interview that nobody tried to
    reach is left as it is: its follow-up is red and escalates. While the clock is a day or less away from where it was
    set forward, nothing ends by it that would not have ended otherwise.
    """
    now = wall.earliest()
    missed = Interview.objects.filter(state=InterviewState.SCHEDULED, window_closes_at__lte=now).exclude(
        Q(kind=InterviewKind.PEOPLE)
        | Q(kind=InterviewKind.VENDOR, window_closes_at__gt=now - LEASE_ELSEWHERE)
    )
    ended = Interview.objects.filter(
        state=InterviewState.INTERRUPTED,
        resume_until__lte=now,
    ).filter(endings.since_this_exit())
    due_to_miss = missed.order_by("window_closes_at").values_list("pk", flat=True)[:limit]
    due_to_abandon = ended.order_by("resume_until").values_list("pk", flat=True)[:limit]
    moved = in_sets(list(due_to_miss), partial(_miss, now), what="window of interview")
    return moved + in_sets(list(due_to_abandon), partial(_abandon, now), what="time to return to interview")


def _miss(now: datetime, interview_ids: Collection[int]) -> int:
    return endings.miss_all(locking.free_interviews(interview_ids), now=now)


def _abandon(now: datetime, interview_ids: Collection[int]) -> int:
    return endings.abandon_all_ended(locking.free_interviews(interview_ids), now=now)
