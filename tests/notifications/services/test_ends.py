"""Each end of an application is told in its own words, after the time that is set, and not at all when taken back."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from messaging import delivery
from messaging.channels import Outcome
from messaging.models import Message
from notifications.enums import HOURS_TO_WAIT, End
from notifications.models import WaitBeforeTelling
from notifications.services import guides
from people.actors import Party
from recruitment.enums import ApplicationStage
from recruitment.models import Application, FollowUp, Interview
from recruitment.services import applications, endings, follow_ups, interviews
from tests.factories import notifications as make
from tests.factories import people, recruitment

pytestmark = pytest.mark.django_db
SHANGHAI = timezone.get_default_timezone()
NOW = datetime(2026, 11, 24, 10, tzinfo=SHANGHAI)
# step → stage before, code of the word, what the candidate's and the manager's words hold
STEPS = {
    "make_offer": ("second_round", "offer", "我们正在为您准备录用通知", "进入录用环节"),
    "hire": ("offer", "hired", "欢迎加入我们", "已接受"),
    "reject": ("evaluating", "rejected", "这个结果只针对这次应聘", "已淘汰"),
    "withdraw": ("evaluating", "withdrawn", "已为您撤回", "撤回了"),
    "fall_through": ("offer", "fell_through", "不再入职", "录用已经终止"),
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def take(application: Application, step: str, reason: str = "岗位冻结") -> Application:
    return applications.take_step(application_id=application.pk, step=step, by=people.lead(), reason=reason)


def words(*audiences: str) -> list[tuple[str, str, str]]:
    rows = Message.objects.filter(kind__in=End.values, audience__in=audiences or ("candidate", "manager"))
    return sorted(rows.values_list("audience", "kind", "state"))


def pass_time(clock, **time: int) -> None:
    """Later, with everything sent that was due on the way."""
    clock.shift(timedelta(**time))
    delivery.deliver_due()


@pytest.mark.parametrize("step", STEPS)
def test_an_end_is_told_in_its_own_words_after_its_time(clock, mail, step: str) -> None:
    stage, code, candidate, manager = STEPS[step]
    application = make.house("completed", stage=stage).application

    take(application, step)

    assert words() == [("candidate", code, "planned"), ("manager", code, "planned")]
    assert {row.due_at for row in Message.objects.filter(kind=code)} == {
        NOW + timedelta(hours=HOURS_TO_WAIT[End(code)])
    }
    said = {row.audience: row.body for row in Message.objects.filter(kind=code)}
    assert candidate in said["candidate"]
    assert manager in said["manager"]
    assert "岗位冻结" not in said["candidate"] + said["manager"]
    pass_time(clock, hours=HOURS_TO_WAIT[End(code)], seconds=-1)
    assert words() == [("candidate", code, "planned"), ("manager", code, "planned")]
    pass_time(clock, seconds=1)
    assert words() == [("candidate", code, "accepted"), ("manager", code, "accepted")]


@pytest.mark.parametrize("step", STEPS)
def test_who_was_told_nothing_yet_never_hears_of_what_was_taken_back(clock, mail, step: str) -> None:
    application = make.house("completed", stage=STEPS[step][0]).application
    take(application, step)
    clock.shift(timedelta(minutes=59))

    take(application, "reject" if step == "make_offer" else "reopen")

    pass_time(clock, days=2)
    code = STEPS[step][1]
    assert [row for row in words() if row[1] == code] == [
        ("candidate", code, "cancelled"), ("manager", code, "cancelled"),
    ]  # fmt: skip
    assert not [row for row in words() if row[1] == "reopened"]


@pytest.mark.parametrize("step", ["hire", "reject", "withdraw", "fall_through"])
def test_who_was_told_hears_that_it_was_taken_back_once(clock, mail, step: str) -> None:
    application = make.house("completed", stage=STEPS[step][0]).application
    take(application, step)
    pass_time(clock, days=2)

    take(application, "reopen", "点错了人")

    delivery.deliver_due()
    code = STEPS[step][1]
    both = [
        (audience, kind, "accepted") for audience in ("candidate", "manager") for kind in (code, "reopened")
    ]
    assert words() == sorted(both)
    said = dict(Message.objects.filter(kind="reopened").values_list("audience", "body"))
    label = str(ApplicationStage(code).label)
    assert f"“{label}”" in said["manager"]
    # What colleagues call it is no word to a candidate.
    assert ("已经更正" in said["candidate"], f"“{label}”" in said["candidate"]) == (True, False)
    assert "点错了人" not in "".join(said.values())
    take(application, step)
    take(application, "reopen")
    pass_time(clock, days=2)
    assert sorted(row[2] for row in words("candidate")) == ["accepted", "accepted", "cancelled"]


def test_an_end_that_comes_again_is_told_again(clock, mail) -> None:
    application = make.house("completed").application
    for step in ("reject", "reopen", "reject"):
        take(application, step)
        pass_time(clock, days=2)
    assert sorted(row[1:] for row in words("candidate")) == [
        ("rejected", "accepted"), ("rejected", "accepted"), ("reopened", "accepted"),
    ]  # fmt: skip


def test_the_wait_is_what_hr_has_set(clock, mail, client) -> None:
    row = WaitBeforeTelling.objects.get(kind="rejected")
    client.force_login(people.recruiter())
    address = reverse("admin:notifications_waitbeforetelling_change", args=[row.pk])
    assert client.post(address, {"hours": "169"}).status_code == 200
    assert client.post(address, {"hours": "3", "kind": "offer"}).status_code == 302
    assert WaitBeforeTelling.objects.get(pk=row.pk).hours == 3
    assert {one.kind for one in WaitBeforeTelling.objects.all()} == set(End.values)

    take(make.house("completed").application, "reject")

    assert {one.due_at for one in Message.objects.filter(kind="rejected")} == {NOW + timedelta(hours=3)}


def test_quiet_hours_hold_a_rejection_until_the_morning(clock, mail) -> None:
    clock.move_to(datetime(2026, 11, 24, 22, tzinfo=SHANGHAI))
    take(make.house("completed").application, "reject")
    assert {row.due_at for row in Message.objects.filter(kind="rejected")} == {
        datetime(2026, 11, 26, 9, tzinfo=SHANGHAI)
    }


def test_who_withdraws_in_the_room_is_told_so_at_once_and_nothing_of_a_cancelled_interview(mail) -> None:
    row = make.house("scheduled")
    epoch = interviews.enter(interview_id=row.pk, by=Party.CANDIDATE).epoch
    interviews.leave(
        interview_id=row.pk, epoch=epoch, choice="withdraw", cause="", note="", by=Party.CANDIDATE
    )
    delivery.deliver_due()
    told = Message.objects.filter(audience="candidate").values_list("kind", "state")
    assert sorted(told) == [("withdrawn", "accepted")]


def test_a_rejected_candidate_is_not_told_of_a_cancelled_interview(clock, mail) -> None:
    row = make.house("scheduled")
    take(row.application, "reject")
    pass_time(clock, days=2)
    assert Interview.objects.get(pk=row.pk).state == "cancelled"
    told = Message.objects.filter(audience="candidate").values_list("kind", "state")
    assert sorted(told) == [("rejected", "accepted")]


def test_an_interview_that_hr_alone_calls_off_is_told_as_such(mail) -> None:
    row = make.house("scheduled")
    endings.cancel(interview_id=row.pk, by=people.lead())
    delivery.deliver_due()
    told = Message.objects.filter(audience="candidate").values_list("kind", "state")
    assert sorted(told) == [("cancelled", "accepted")]


def test_whoever_was_half_way_reads_how_to_go_on(clock, mail) -> None:
    row = make.house("interrupted")
    take(row.application, "reject")
    pass_time(clock, days=2)

    take(row.application, "reopen")

    body = Message.objects.get(kind="reopened", audience="candidate").body
    assert "从上次停下的地方继续面试" in body
    assert "{room_link}" in body
    assert "11月29日（周日）10:00之前" in body


def test_a_guide_that_was_called_off_comes_when_the_interview_stands_again(clock, mail) -> None:
    opens = NOW + timedelta(hours=20)
    row = make.house("scheduled", window_opens_at=opens, window_closes_at=opens + timedelta(hours=9))
    guides.align(interview_id=row.pk)
    for step in ("reject", "reopen"):
        take(row.application, step)
    delivery.deliver_due()
    told = Message.objects.filter(audience="candidate", kind="guide").order_by("id")
    assert list(told.values_list("state", flat=True)) == ["cancelled", "accepted"]


def test_an_application_without_an_interview_is_told_too(clock, mail) -> None:
    interview = make.house("completed")
    application = Application.objects.create(
        opening=interview.application.opening, candidate=recruitment.candidate("李四"), stage="screening"
    )
    take(application, "reject")
    pass_time(clock, days=2)
    assert words() == [("candidate", "rejected", "accepted"), ("manager", "rejected", "accepted")]


def test_an_invitation_that_was_heard_is_not_said_again_when_the_application_comes_back(clock, mail) -> None:
    application = make.house("completed", stage="evaluating").application
    held = Application.objects.get(pk=application.pk)
    applications.advance(held, by=Party.SYSTEM, facts={}, origin=held.interviews.get())
    delivery.deliver_due()
    for step in ("reject", "reopen"):
        take(application, step)
        pass_time(clock, minutes=5)
    invited = Message.objects.filter(audience="candidate", kind="second_round")
    assert list(invited.values_list("state", flat=True)) == ["accepted"]


def test_who_heard_of_the_end_by_telephone_hears_that_it_was_taken_back(clock, mail) -> None:
    application = make.house("completed").application
    mail.outcomes = [Outcome(state="failed", code="no_address")] * 9
    take(application, "reject")
    pass_time(clock, days=2)
    call = FollowUp.objects.get(interview__application=application)
    assert (call.kind, Message.objects.get(kind="rejected", audience="candidate").state) == ("call", "failed")
    follow_ups.close(follow_up_id=call.pk, outcome="reached", note="", by=people.lead())
    mail.outcomes = []

    take(application, "reopen")

    delivery.deliver_due()
    assert ("candidate", "reopened", "accepted") in words("candidate")
