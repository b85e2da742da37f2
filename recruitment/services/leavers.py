"""Whoever has left calls nobody: what they were to do returns to the queue, for somebody who is there."""

from django.db import transaction
from django.db.models import QuerySet

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
    return sum(_hand_on(follow_up_id) for follow_up_id in waiting)


def _hand_on(follow_up_id: int) -> bool:
    with transaction.atomic():
        follow_up = locking.follow_up(follow_up_id)
        was = User.objects.get(pk=follow_up.assignee_id)
        acting = acting_recruiter(follow_up.interview.application.opening.specialist)
        if was.is_active or follow_up.state == FollowUpState.CLOSED or acting is None:
            return False
        if follow_up.state == FollowUpState.CLAIMED:
            follow_up.release()
        follow_up.assignee, follow_up.claimed_at = acting, None
        follow_up.save(update_fields=["state", "assignee", "claimed_at"])
        signals.follow_up_released.emit(
            subject=follow_up,
            origin=follow_up.interview,
            facts={"was": was.pk, "assignee": acting.pk},
            by=actor_label(Party.SYSTEM),
        )
        return True
