"""Whoever has left calls nobody: follow-ups of closed accounts return to the queue."""

import pytest

from core.errors import Refused
from messaging.models import Message
from people.actors import Party
from people.models import User
from recruitment.models import FollowUp, Interview
from recruitment.services import follow_ups, interviews, leavers
from tests.factories import notifications as make
from tests.factories import people

pytestmark = pytest.mark.django_db


def left_half_way() -> FollowUp:
    interview = make.house("in_progress")
    interviews.interrupt(
        interview_id=interview.pk, cause="network", evidence={}, by=Party.SYSTEM, announced=True
    )
    return FollowUp.objects.get()


def close_account(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def told(kind: str) -> list[int | None]:
    return list(Message.objects.filter(kind=kind).order_by("pk").values_list("user", flat=True))


def test_what_a_leaver_took_on_is_open_again_for_whoever_acts_now() -> None:
    follow_up, leaver, other = left_half_way(), people.recruiter(name="走了"), people.recruiter(name="还在")
    follow_ups.claim(follow_up_id=follow_up.pk, by=leaver)
    specialist = Interview.objects.get().application.opening.specialist
    close_account(leaver)

    assert leavers.hand_on() == 1
    assert leavers.hand_on() == 0

    follow_up = FollowUp.objects.get()
    assert (follow_up.state, follow_up.assignee, follow_up.claimed_at) == ("open", specialist, None)
    follow_ups.claim(follow_up_id=follow_up.pk, by=other)
    assert FollowUp.objects.get().assignee == other


def test_with_the_specialist_gone_another_recruiter_is_told() -> None:
    follow_up, other = left_half_way(), people.recruiter(name="还在")
    close_account(follow_up.assignee)
    assert leavers.hand_on() == 1
    assert (FollowUp.objects.get().state, FollowUp.objects.get().assignee) == ("open", other)
    assert told("follow_up") == [follow_up.assignee_id, other.pk]


def test_before_the_job_has_run_a_leavers_follow_up_can_be_claimed() -> None:
    follow_up, leaver, other = left_half_way(), people.recruiter(), people.recruiter()
    follow_ups.claim(follow_up_id=follow_up.pk, by=leaver)
    with pytest.raises(Refused, match="already_claimed"):
        follow_ups.claim(follow_up_id=follow_up.pk, by=other)
    close_account(leaver)
    assert follow_ups.claim(follow_up_id=follow_up.pk, by=other).assignee == other


def test_where_nobody_is_left_it_stays() -> None:
    follow_up = left_half_way()
    User.objects.update(is_active=False)
    assert leavers.hand_on() == 0
    assert FollowUp.objects.get().assignee == follow_up.assignee
