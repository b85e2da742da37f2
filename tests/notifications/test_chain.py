"""Each thing that happens to an interview, and the whole set of messages that it makes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from core.events import relay
from core.events.models import Event, Reaction
from messaging import delivery
from messaging.models import Message
from notifications import receivers
from people.actors import Party
from recruitment.models import Interview, Offer
from recruitment.services import endings, follow_ups, interviews, overdue, scheduling
from tests.factories import notifications as make
from tests.factories import onboarding, recruitment, training
from tests.factories.notifications import told
from tests.notifications.happening import all_reactions_done, come_back, leave

pytestmark = pytest.mark.django_db


def test_an_announced_exit_is_told_to_all_at_once() -> None:
    interview = make.house()

    leave(interview)

    assert told(interview) == [
        ("candidate", "interrupted", "planned"),
        ("manager", "interrupted", "planned"),
        ("specialist", "follow_up", "planned"),
        ("specialist", "interrupted", "planned"),
    ]
    assert Message.objects.filter(due_at__gt=timezone.now()).count() == 0
    all_reactions_done()


def test_colleagues_hear_of_a_silent_exit_after_five_minutes_and_not_at_all_when_it_was_short() -> None:
    interview = make.house()
    leave(interview, announced=False)
    interview.refresh_from_db()
    due = dict(Message.objects.values_list("audience", "due_at"))
    assert due["candidate"] <= timezone.now()
    assert due["specialist"] == due["manager"] == interview.interrupted_at + timedelta(minutes=5)
    delivery.deliver_due()

    come_back(interview)

    assert told(interview) == [
        ("candidate", "interrupted", "accepted"),
        ("manager", "interrupted", "cancelled"),
        ("specialist", "follow_up", "cancelled"),
        ("specialist", "interrupted", "cancelled"),
    ]
    all_reactions_done()


def test_a_silent_exit_that_lasts_is_told_and_so_is_the_return() -> None:
    interview = make.house()
    leave(interview, announced=False)
    delivery.deliver_due()
    assert {state for audience, _kind, state in told(interview) if audience != "candidate"} == {"planned"}

    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        delivery.deliver_due()
        come_back(interview)

    assert told(interview) == [
        ("candidate", "interrupted", "accepted"),
        ("manager", "interrupted", "accepted"),
        ("manager", "resumed", "planned"),
        ("specialist", "follow_up", "accepted"),
        ("specialist", "interrupted", "accepted"),
        ("specialist", "resumed", "planned"),
    ]


def test_a_candidate_who_is_back_before_the_mail_left_is_not_asked_to_return() -> None:
    interview = make.house()
    leave(interview)

    come_back(interview)

    assert ("candidate", "interrupted", "cancelled") in told(interview)
    assert ("manager", "interrupted", "planned") in told(interview)
    assert ("manager", "resumed", "planned") in told(interview)


def test_one_interruption_notice_per_audience_in_half_an_hour() -> None:
    interview = make.house()
    for _time in range(3):
        leave(interview)
        delivery.deliver_due()
        come_back(interview)
        delivery.deliver_due()

    notices = [row for row in told(interview) if row[1] == "interrupted"]
    assert notices == [
        ("candidate", "interrupted", "accepted"),
        ("candidate", "interrupted", "coalesced"),
        ("candidate", "interrupted", "coalesced"),
        ("manager", "interrupted", "accepted"),
        ("manager", "interrupted", "coalesced"),
        ("manager", "interrupted", "coalesced"),
        ("specialist", "interrupted", "accepted"),
        ("specialist", "interrupted", "coalesced"),
        ("specialist", "interrupted", "coalesced"),
    ]
    first = Message.objects.get(audience="manager", kind="interrupted", state="accepted")
    merged = Message.objects.filter(audience="manager", state="coalesced")
    assert set(merged.values_list("coalesced_into", flat=True)) == {first.pk}
    assert [row for row in told(interview) if row[1] == "resumed"] == [
        ("manager", "resumed", "accepted"),
        ("specialist", "resumed", "accepted"),
    ]

    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        leave(interview)
    assert sum(row == ("manager", "interrupted", "planned") for row in told(interview)) == 1


def test_a_late_reaction_says_what_is_true_now() -> None:
    interview = make.house()
    leave(interview, announced=False)
    come_back(interview)
    reactions = Reaction.objects.filter(name__startswith="notifications.tell")
    before = sorted(Message.objects.values_list("id", "state"))

    for reaction in reactions.order_by("event", "id"):
        relay.run_again(reaction_id=reaction.pk)

    assert sorted(Message.objects.values_list("id", "state")) == before
    all_reactions_done()


def test_the_candidate_hears_that_the_interview_is_complete() -> None:
    interview = make.house()
    for number in (1, 2, 3):
        recruitment.saved_stage(interview, number)
    interview.refresh_from_db()
    with transaction.atomic():
        interviews.complete_if_finished(Interview.objects.select_for_update().get(pk=interview.pk))

    assert told(interview) == [("candidate", "completed", "planned")]


def test_rescheduled_tells_when_and_how_and_sends_the_guide_for_the_new_window() -> None:
    interview = make.house()
    leave(interview)
    delivery.deliver_due()
    now = timezone.now()

    scheduling.reschedule(
        interview_id=interview.pk,
        opens_at=now + timedelta(hours=2),
        closes_at=now + timedelta(days=2),
        by=interview.application.opening.specialist,
    )

    assert told(interview) == [
        ("candidate", "guide", "planned"),
        ("candidate", "interrupted", "accepted"),
        ("candidate", "rescheduled", "planned"),
        ("manager", "interrupted", "accepted"),
        ("specialist", "follow_up", "accepted"),
        ("specialist", "interrupted", "accepted"),
        ("specialist", "rescheduled", "planned"),
    ]


def test_given_up_is_told_as_the_end_and_not_as_an_interruption() -> None:
    interview = make.house()

    interviews.leave(
        interview_id=interview.pk, epoch=1, choice="give_up", cause="unwilling", note="", by=Party.CANDIDATE
    )

    assert [row for row in told(interview) if row[1] != "follow_up"] == [
        ("candidate", "abandoned", "planned"),
        ("manager", "abandoned", "planned"),
        ("specialist", "abandoned", "planned"),
    ]
    body = Message.objects.get(audience="candidate").body
    assert "按您离开时的选择" in body
    all_reactions_done()


def test_missed_and_cancelled() -> None:
    now = timezone.now()
    missed = make.house(
        "scheduled", window_opens_at=now - timedelta(days=2), window_closes_at=now - timedelta(days=1)
    )
    cancelled = make.house("scheduled")

    endings.miss(interview_id=missed.pk)
    endings.cancel(interview_id=cancelled.pk, by=cancelled.application.opening.specialist)

    assert told(missed) == [
        ("candidate", "missed", "planned"),
        ("manager", "missed", "planned"),
        ("specialist", "follow_up", "planned"),
        ("specialist", "missed", "planned"),
    ]
    assert told(cancelled) == [("candidate", "cancelled", "planned")]


def _offered(interview: Interview, state: str) -> None:
    now = timezone.now()
    Offer.objects.create(
        application=interview.application, made_by=interview.application.opening.specialist, state=state,
        salary=Decimal(9000), start_on=timezone.localdate(), answer_by=now, sent_at=now,
        letter=b"%PDF", signed_name="林晓" if state == "accepted" else "",
        approved_at=now, ended_at=now if state == "accepted" else None,
    )  # fmt: skip


@pytest.mark.parametrize("state", [None, "draft", "withdrawn"])
def test_a_start_that_moves_before_an_offer_named_it_is_the_houses_own_plan(state: str | None) -> None:
    interview = make.house()
    onboarding.case(interview)
    if state:
        _offered(interview, state)
    leave(interview)
    delivery.deliver_due()
    come_back(interview)

    assert [row for row in told(interview) if row[1].startswith("start")] == [
        ("manager", "start_changed", "accepted"),
        ("manager", "start_restored", "planned"),
        ("onboarding", "start_changed", "accepted"),
        ("onboarding", "start_restored", "planned"),
    ]
    all_reactions_done()


@pytest.mark.parametrize("state", ["sent", "accepted"])
def test_a_start_that_moves_and_comes_back(state: str) -> None:
    interview = make.house()
    case = onboarding.case(interview)
    _offered(interview, state)
    leave(interview)
    delivery.deliver_due()

    moved = [row for row in told(interview) if row[1].startswith("start")]
    assert moved == [
        ("candidate", "start_changed", "accepted"),
        ("manager", "start_changed", "accepted"),
        ("onboarding", "start_changed", "accepted"),
    ]
    case.refresh_from_db()
    body = Message.objects.get(audience="onboarding", kind="start_changed").body
    assert f"{case.forecast_start.month}月{case.forecast_start.day}日" in body

    come_back(interview)

    assert [row for row in told(interview) if row[1] == "start_restored"] == [
        ("candidate", "start_restored", "planned"),
        ("manager", "start_restored", "planned"),
        ("onboarding", "start_restored", "planned"),
    ]
    all_reactions_done()


def test_a_short_silent_exit_moves_no_start_in_anybodys_mind() -> None:
    interview = make.house()
    onboarding.case(interview)
    leave(interview, announced=False)
    delivery.deliver_due()
    come_back(interview)

    assert [row for row in told(interview) if row[1].startswith("start")] == [
        ("manager", "start_changed", "cancelled"),
        ("onboarding", "start_changed", "cancelled"),
    ]


def test_a_training_plan_without_a_course_for_a_skill_says_which() -> None:
    interview = make.house()
    recruitment.written_test(interview.application, "excel", 40)

    leave(interview)

    all_reactions_done()
    body = Message.objects.get(kind="training_plan_changed").body
    assert "还没有合适课程的能力" in body and "Excel" in body


def test_a_training_plan_that_changed_is_told_once_with_its_courses() -> None:
    interview = make.house()
    training.course()
    recruitment.written_test(interview.application, score=30)
    onboarding.case(interview)
    recruitment.saved_stage(interview, 1)

    leave(interview)
    delivery.deliver_due()

    rows = [row for row in told(interview) if row[1] == "training_plan_changed"]
    assert [row[2] for row in rows if row[2] != "cancelled"] == ["accepted"]
    body = Message.objects.get(kind="training_plan_changed", state="accepted").body
    assert "办公软件进阶课程" in body
    all_reactions_done()


def test_the_clock_is_watched() -> None:
    interview = make.house()
    colleague = recruitment.opening().specialist
    leave(interview)
    delivery.deliver_due()
    now = timezone.now()

    with time_machine.travel(now + timedelta(hours=20, minutes=1), tick=False):
        overdue.watch()
    asked = Message.objects.get(kind="follow_up_colleague")
    assert (asked.user, asked.audience, asked.state) == (colleague, "specialist", "planned")
    assert not Message.objects.filter(kind="follow_up_late").exists()

    with time_machine.travel(now + timedelta(hours=24, minutes=1), tick=False):
        overdue.watch()
    assert [row for row in told(interview) if row[1].startswith("follow_up_")] == [
        ("candidate", "follow_up_late", "planned"),
        ("lead", "follow_up_late", "planned"),
        ("specialist", "follow_up_colleague", "cancelled"),
    ]

    task = interview.follow_ups.get()
    follow_ups.close(follow_up_id=task.pk, outcome="reached", by=interview.application.opening.specialist)
    assert {row[2] for row in told(interview) if row[1] == "follow_up_late"} == {"cancelled"}


def test_who_asks_for_contact_is_passed_on_at_once() -> None:
    interview = make.house()

    follow_ups.ask(interview_id=interview.pk, note="网络太慢，能改期吗？")

    assert told(interview) == [("specialist", "asked", "planned")]
    assert "网络太慢，能改期吗？" in Message.objects.get().body


def test_a_receiver_asks_little_of_the_database(django_assert_max_num_queries: Any) -> None:
    interview = make.house()
    leave(interview, announced=False)
    Message.objects.all().delete()
    event = Event.objects.get(kind="interview_interrupted")
    with django_assert_max_num_queries(12):
        receivers.tell_candidate(event)
    with django_assert_max_num_queries(12):
        receivers.tell_staff(event)
    with django_assert_max_num_queries(10):
        receivers.tell_staff(event)
