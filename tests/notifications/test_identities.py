"""A hire is asked for identity document and address, and once more before the first day; not who has given them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from messaging import kinds
from messaging.delivery import deliver_due
from messaging.models import Message
from notifications.tasks import ask_for_identities
from onboarding.models import OnboardingCase
from onboarding.services import identities, steps
from people.actors import Party
from recruitment.enums import ApplicationStage
from recruitment.models import Application
from recruitment.services import applications
from tests.factories import onboarding, people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER, HOME = "11010519491231002X", "广东省深圳市南山区科苑路 1 号 402 室"
# A Monday at eleven in Shanghai; the start is two weeks ahead.
NOW = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(in_november: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


def hired(name: str = "张三", stage: str = ApplicationStage.HIRED, **candidate: Any) -> OnboardingCase:
    """Accepted this minute, after an interview."""
    row = make.application(stage=stage, candidate=make.candidate(name, **candidate))
    make.interview(row, state="completed", completed_at=NOW - timedelta(days=3))
    case = onboarding.case(row)
    Application.objects.filter(pk=row.pk).update(stage_since=NOW)
    return case


def give(case: OnboardingCase) -> None:
    identities.give(case_id=case.pk, kind="resident", number=NUMBER, address=HOME, by=Party.CANDIDATE)


def told() -> list[tuple[str, str, str]]:
    rows = Message.objects.filter(kind__in=("identity_asked", "identity_reminder")).order_by("pk")
    return list(rows.values_list("recipient_name", "kind", "state"))


def send() -> None:
    while deliver_due():
        pass


def test_an_hour_after_accepting_and_once_more_before_the_first_day(clock: time_machine.Traveller) -> None:
    case = hired()
    assert (ask_for_identities(), told()) == (0, []), "whoever accepts on the own page is asked there"
    clock.shift(timedelta(hours=1))
    assert (ask_for_identities(), ask_for_identities()) == (1, 0)
    send()
    assert told() == [("张三", "identity_asked", "accepted")]
    # 14 December is a Monday; three working days before it is Wednesday the 9th.
    clock.move_to(datetime(2026, 12, 8, 3, 0, tzinfo=UTC))
    assert ask_for_identities() == 0
    clock.move_to(datetime(2026, 12, 9, 3, 0, tzinfo=UTC))
    assert (ask_for_identities(), ask_for_identities()) == (1, 0)
    send()
    assert told()[1:] == [("张三", "identity_reminder", "accepted")]
    clock.move_to(datetime(2026, 12, 13, 3, 0, tzinfo=UTC))
    assert ask_for_identities() == 0, "once"
    asked, reminder = Message.objects.order_by("pk").filter(kind__startswith="identity")
    assert "12月14日" in asked.body and "12月14日" in reminder.body
    assert asked.topic_id == case.pk and "{room_link}" in asked.body


def test_who_has_given_it_is_not_asked(clock: time_machine.Traveller) -> None:
    give(hired())
    clock.shift(timedelta(days=10))
    assert (ask_for_identities(), told()) == (0, [])


def test_what_waits_is_called_off_once_it_is_there(clock: time_machine.Traveller) -> None:
    """At night nobody is written to; by the morning it was given."""
    case = hired()
    clock.move_to(datetime(2026, 11, 30, 15, 0, tzinfo=UTC))
    ask_for_identities()
    send()
    assert told() == [("张三", "identity_asked", "planned")]
    give(case)
    assert told() == [("张三", "identity_asked", "cancelled")]
    clock.shift(timedelta(hours=12))
    send()
    clock.move_to(datetime(2026, 12, 9, 3, 0, tzinfo=UTC))
    assert (ask_for_identities(), told()) == (0, [("张三", "identity_asked", "cancelled")])


def test_one_that_is_about_to_go_out_is_asked_whether_it_is_true(clock: time_machine.Traveller) -> None:
    case = hired()
    clock.shift(timedelta(hours=1))
    ask_for_identities()
    message = Message.objects.get(kind="identity_asked")
    assert kinds.kind(message.kind).holds(message)
    applications.take_step(
        application_id=case.application_id, step="fall_through", by=people.lead(), reason="毁约"
    )
    assert not kinds.kind(message.kind).holds(message)
    send()
    assert told() == [("张三", "identity_asked", "cancelled")]


@pytest.mark.parametrize("why", ["offer", "no interview", "first day is here", "started"])
def test_nobody_else_is_asked(clock: time_machine.Traveller, why: str) -> None:
    case = hired(stage=ApplicationStage.OFFER if why == "offer" else ApplicationStage.HIRED)
    if why == "no interview":
        case.application.interviews.all().delete()
    elif why == "first day is here":
        clock.move_to(datetime(2026, 12, 14, 3, 0, tzinfo=UTC))
    elif why == "started":
        lead = people.lead()
        for step in case.steps.exclude(kind="first_day"):
            steps.complete_step(step_id=step.pk, by=lead)
        steps.mark_started(case_id=case.pk, by=lead)
    clock.shift(timedelta(hours=2))
    assert (ask_for_identities(), told()) == (0, [])


def test_whoever_was_asked_only_just_now_is_not_reminded_at_once(clock: time_machine.Traveller) -> None:
    clock.move_to(datetime(2026, 12, 10, 1, 0, tzinfo=UTC))
    case = hired()
    Application.objects.update(stage_since=datetime(2026, 12, 10, 1, 0, tzinfo=UTC))
    clock.shift(timedelta(hours=2))
    assert ask_for_identities() == 1
    send()
    clock.shift(timedelta(hours=20))
    assert ask_for_identities() == 0
    clock.shift(timedelta(hours=5))
    assert ask_for_identities() == 1
    assert case.pk == Message.objects.get(kind="identity_reminder").topic_id


def test_the_link_leads_to_what_is_asked_until_the_first_day(clock: time_machine.Traveller) -> None:
    hired()
    clock.shift(timedelta(hours=1))
    ask_for_identities()
    message = Message.objects.get(kind="identity_asked")
    fill = next(one.fill for one in kinds.placeholders() if one.mark == "{room_link}")
    link = fill(message)
    assert link is not None
    clock.move_to(datetime(2026, 12, 14, 3, 0, tzinfo=UTC))
    path = link[link.index("/i/") :]
    assert Client().get(path).status_code == 200
    clock.move_to(datetime(2026, 12, 15, 3, 0, tzinfo=UTC))
    assert Client().get(path).status_code != 200


def test_many_cost_no_more_to_look_for(clock: time_machine.Traveller, django_assert_num_queries: Any) -> None:
    for number in range(3):
        give_or_not = hired(f"张{number}", phone=f"+861380013800{number}", email="")
        if number:
            identities.give(
                case_id=give_or_not.pk,
                kind="passport",
                number=f"E1234567{number}",
                address=HOME,
                by=Party.CANDIDATE,
            )
    with django_assert_num_queries(3):
        assert ask_for_identities() == 0
