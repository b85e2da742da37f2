"""Whoever has left calls nobody: what they were to do returns to the queue, for somebody who is there."""

from collections.abc import Collection

from django.db.models import QuerySet

from core.bulk import save_stepped
from core.events.signal import Happened
from core.jobs.sets import in_sets
from people.actors import Party, actor_label
from people.colleagues import acting_recruiter
from people.models import User
from recruitment import signals
from recruitment.enums import FollowUpState
from recruitment.models import FollowUp
from recruitment.services import locking


def of_leavers() -> "QuerySet[FollowUp]":
    """The unfinished follow-ups of closed accounts."""
    return FollowUp.objects.filter(state__in=FollowUpState.unfinished, assignee__is_active=False)


def hand_on(*, limit: int = 200) -> int:
    """Bring the unfinished follow-ups of closed accounts back into the queue, for whoever acts for the opening's
    specialist; they are told. Safe to run twice. Returns how many were handed on; without anybody to act they stay.
    """
    waiting = list(of_leavers().order_by("due_at", "pk").values_list("pk", flat=True)[:limit])
    return in_sets(waiting, _hand_on, what="follow-up of a closed account")


def _hand_on(follow_up_ids: Collection[int]) -> int:
    happened, held = [], locking.free_follow_ups(follow_up_ids)
    are_there = User.objects.filter(pk__in=[row.assignee_id for row in held], is_active=True)
    present = set(are_there.values_list("pk", flat=True))
    for follow_up in held:
        was, acting = (
            follow_up.assignee_id,
            acting_recruiter(follow_up.interview.application.opening.specialist),
        )
        if was in present or follow_up.state == FollowUpState.CLOSED or acting is None:
            continue
        if follow_up.state == FollowUpState.CLAIMED:
            follow_up.release()
        follow_up.assignee, follow_up.claimed_at = acting, None
        happened.append(Happened(follow_up, {"was": was, "assignee": acting.pk}, follow_up.interview))
    save_stepped([one.subject for one in happened], ("state", "assignee", "claimed_at"))
    signals.follow_up_released.emit_all(happened, by=actor_label(Party.SYSTEM))
    return len(happened)
