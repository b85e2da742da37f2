"""Planning rounds: who and where is booked once, who is told, and what changes nothing tells nobody."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from icalendar import Calendar

from core.errors import DomainError, Forbidden, Invalid, Refused
from core.events.models import Event, Reaction
from messaging import kinds
from messaging.models import Message
from notifications import calendars
from notifications.services import round_reminders
from people.actors import Party
from people.models import User
from recruitment.models import Application, Interview, Round, Scorecard
from recruitment.rounds.services import planning
from recruitment.services import applications, endings, scheduling
from tests.factories import people
from tests.factories import recruitment as make
from tests.factories.rounds import HOUR, noon, planned

pytestmark = pytest.mark.django_db


def arranged(held: Round, **changes: Any) -> Round:
    """The round as it is, but for these."""
    as_it_is = {
        "opens_at": held.slot.lower,
        "closes_at": held.slot.upper,
        "interviewers": list(held.cards.filter(is_called=True).values_list("interviewer", flat=True)),
        "room": held.room,
        "meeting_link": held.meeting_link,
        "by": Party.SYSTEM,
    }
    return planning.arrange(interview_id=held.interview_id, **{**as_it_is, **changes})


def told(held: Round) -> list[tuple[str, str, str]]:
    """What was or will be said about it: kind, reader, state."""
    rows = Message.objects.filter(origin_id=held.interview_id).order_by("pk")
    return [(row.kind, row.recipient_name, row.state) for row in rows]


def booked() -> list[tuple[str, bool, bool]]:
    rows = Scorecard.objects.order_by("pk").select_related("interviewer")
    return [(str(row.interviewer), row.is_called, row.is_booked) for row in rows]


def test_a_round_is_an_interview_with_place_cards_and_messages() -> None:
    boss, other = people.manager(name="孙经理"), people.recruiter(name="李招聘")
    held = planned(boss, other, room=" 会议室  ３０１ ", meeting_link="https://meet.example/1")

    interview = held.interview
    assert (interview.kind, interview.round, interview.state) == ("people", 1, "scheduled")
    assert (held.room, held.sequence, held.is_booked, held.outcome) == ("会议室 301", 0, True, "open")
    assert (held.slot.lower, held.slot.upper) == (interview.window_opens_at, interview.window_closes_at)
    assert booked() == [("孙经理", True, True), ("李招聘", True, True)]
    assert {card.scores.count() for card in held.cards.all()} == {held.competencies.count()} == {5}
    assert told(held) == [
        ("scheduled", "张三", "planned"),
        ("round", "孙经理", "planned"),
        ("round", "李招聘", "planned"),
    ]
    to_candidate, to_boss, _to_other = Message.objects.order_by("pk")
    assert "地点：会议室 301" in to_candidate.body and "面试官：孙经理、李招聘" in to_candidate.body
    assert (
        f"/admin/rounds/{held.cards.first().pk}/" in to_boss.body and "https://meet.example/1" in to_boss.body
    )  # type: ignore[union-attr]
    assert set(Reaction.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"interviewers": []}, "interviewers_missing"),
        ({"interviewers": [10**9]}, "interviewer_unknown"),
        ({"room": " ", "meeting_link": ""}, "place_missing"),
        ({"meeting_link": "javascript:alert(1)"}, "link_invalid"),
        ({"competencies": [10**9]}, "competencies_missing"),
        ({"closes_at": noon()}, "window_without_length"),
    ],
)
def test_what_cannot_be_planned_leaves_nothing_behind(asked: dict[str, Any], code: str) -> None:
    of = make.application(stage="second_round")
    whole = {
        "opens_at": noon(), "closes_at": noon() + HOUR, "interviewers": [people.manager().pk], "room": "301",
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        planning.plan(application_id=of.pk, by=Party.SYSTEM, **{**whole, **asked})
    assert refused.value.code == code
    assert not Interview.objects.exists() and not Round.objects.exists() and not Event.objects.exists()


def test_only_in_the_second_round_and_only_by_whoever_recruits_there() -> None:
    boss = people.manager()
    with pytest.raises(Refused, match="not_in_second_round"):
        planned(boss, of=make.application(stage="evaluating"))
    with pytest.raises(Forbidden, match="not_permitted"):
        planned(boss, by=boss)
    with pytest.raises(Invalid, match="interviewer_unknown"):
        planned(people.manager(is_active=False))
    with pytest.raises(Invalid, match="interviewer_unknown"):
        planned(people.user())  # an account that may see nothing
    assert not Round.objects.exists()


def test_nobody_and_no_room_is_booked_twice_and_the_clash_is_named() -> None:
    boss, other = people.manager(name="孙经理"), people.manager(name="钱经理")
    planned(boss)
    half_past = noon() + timedelta(minutes=30)

    with pytest.raises(Refused) as busy:
        planned(boss, at=half_past, room="302")
    with pytest.raises(Refused) as taken:
        planned(other, at=half_past)
    assert (busy.value.code, taken.value.code) == ("interviewer_busy", "room_taken")
    assert "孙经理" in str(busy.value.message) and "12:00 – 13:00" in str(busy.value.message)
    assert "301" in str(taken.value.message)
    # One right after the other is no clash, and a link is no room.
    planned(boss, at=noon() + HOUR)
    planned(other, room="", meeting_link="https://meet.example/1")
    assert Round.objects.count() == 3


def test_the_database_refuses_it_too() -> None:
    boss = people.manager()
    held, later = planned(boss), planned(boss, at=noon(3))
    with pytest.raises(IntegrityError, match="interviewer_booked_once"), transaction.atomic():
        Scorecard.objects.filter(round=later).update(slot=held.slot)
    with pytest.raises(IntegrityError, match="room_booked_once"), transaction.atomic():
        Round.objects.filter(pk=later.pk).update(slot=held.slot)


def test_a_step_that_changes_nothing_tells_nobody() -> None:
    held = planned(people.manager())
    before, events = told(held), Event.objects.count()
    arranged(held)
    assert (told(held), Event.objects.count()) == (before, events)


def test_another_interviewer_and_room_are_told_to_everybody_concerned() -> None:
    old, stays, new = (people.manager(name=name) for name in ("旧经理", "留经理", "新经理"))
    held = planned(old, stays)
    Message.objects.update(state="accepted", accepted_at=timezone.now())

    held = arranged(held, interviewers=[stays.pk, new.pk], room="302")

    assert booked() == [("旧经理", False, False), ("留经理", True, True), ("新经理", True, True)]
    assert told(held)[3:] == [
        ("rescheduled", "张三", "planned"),
        ("round_off", "旧经理", "planned"),
        ("round", "留经理", "planned"),
        ("round", "新经理", "planned"),
    ]
    planned(old, room="303")  # has the time again
    arranged(held, interviewers=[stays.pk], room="301")
    with pytest.raises(Refused, match="interviewer_busy"):
        arranged(Round.objects.get(pk=held.pk), interviewers=[old.pk])


def test_moved_with_new_people_only_the_new_time_counts() -> None:
    busy, held = people.manager(name="忙经理"), planned(people.manager())
    planned(busy, room="302")  # at the old time
    moved = arranged(held, interviewers=[busy.pk], opens_at=noon(4), closes_at=noon(4) + HOUR)
    assert (moved.slot.lower, moved.is_booked) == (noon(4), True)
    assert moved.cards.get(interviewer=busy).slot.lower == noon(4)
    assert moved.interview.window_opens_at == noon(4)


@pytest.mark.parametrize("way", ["arrange", "reschedule"])
def test_whichever_step_moves_it_the_bookings_follow_and_a_clash_is_refused(way: str) -> None:
    boss = people.manager()
    held, _other = planned(boss), planned(boss, at=noon(3), room="302")

    def move(days: int) -> None:
        at = {"opens_at": noon(days), "closes_at": noon(days) + HOUR}
        if way == "arrange":
            arranged(held, **at)
        else:
            scheduling.reschedule(interview_id=held.interview_id, by=Party.SYSTEM, **at)

    with pytest.raises(Refused, match="interviewer_busy"):
        move(3)
    assert Interview.objects.get(pk=held.interview_id).window_opens_at == noon(2)
    move(5)
    held.refresh_from_db()
    assert (held.slot.lower, held.sequence) == (noon(5), 1)
    assert [row[0] for row in told(held)].count("round") == 2


def test_called_off_it_books_nothing_and_comes_back_only_while_everybody_is_free() -> None:
    boss = people.manager(name="孙经理")
    held = planned(boss)
    application_id = held.interview.application_id
    applications.take_step(application_id=application_id, step="reject", by=Party.SYSTEM, reason="不合适")
    assert booked() == [("孙经理", True, False)]
    assert ("round_off", "孙经理", "planned") in told(held)
    instead = planned(boss)

    applications.take_step(application_id=application_id, step="reopen", by=Party.SYSTEM, reason="点错了")
    assert Interview.objects.get(pk=held.interview_id).state == "cancelled"
    assert Application.objects.get(pk=application_id).stage == "second_round"
    assert set(Reaction.objects.values_list("state", flat=True)) == {"done"}

    endings.cancel(interview_id=instead.interview_id, by=Party.SYSTEM)
    assert not Scorecard.objects.filter(is_booked=True).exists()


def test_the_calendar_keeps_its_entry_and_counts_its_changes() -> None:
    boss = people.manager()
    held = planned(boss)

    def entry(kind: str) -> tuple[str, Any]:
        message = Message.objects.filter(kind=kind, user=boss).latest("pk")
        attached = calendars.of_round(message)
        assert attached is not None
        calendar = Calendar.from_ical(attached.content)
        [event] = calendar.events
        assert f"method={calendar['method']}" in attached.type
        return str(calendar["method"]), event

    method, first = entry("round")
    assert (method, first["sequence"], first.start, first["location"]) == ("REQUEST", 0, noon(), "301")
    assert str(first["attendee"]) == f"mailto:{boss.email}"
    arranged(held, opens_at=noon(5), closes_at=noon(5) + HOUR)
    _method, second = entry("round")
    assert (second["uid"], second["sequence"], second.start) == (first["uid"], 1, noon(5))
    endings.cancel(interview_id=held.interview_id, by=Party.SYSTEM)
    method, last = entry("round_off")
    assert (method, last["uid"], last["sequence"]) == ("CANCEL", first["uid"], 2)
    alone = make.interview(kind="people")
    assert calendars.of_round(Message(origin_type="recruitment.interview", origin_id=alone.pk)) is None


def at(held: Round, **before: float) -> None:
    """The round begins in so long from now, whatever its messages were planned for."""
    opens = timezone.now() + timedelta(**before)
    Interview.objects.filter(pk=held.interview_id).update(
        window_opens_at=opens, window_closes_at=opens + HOUR
    )


def test_reminders_once_each_an_hour_before(monkeypatch: pytest.MonkeyPatch) -> None:
    held = planned(people.manager(name="孙经理"))
    assert round_reminders.send_due() == 0
    at(held, minutes=50)
    assert (round_reminders.send_due(), round_reminders.send_due()) == (2, 0)
    assert [row[:2] for row in told(held)][-2:] == [("round_reminder", "张三"), ("round_reminder", "孙经理")]


@pytest.mark.usefixtures("in_november")
def test_the_day_before_interviewers_are_reminded_by_day() -> None:
    held = planned(people.manager(name="孙经理"), at=noon(1) - 3 * HOUR)
    assert (round_reminders.send_due(), round_reminders.send_due()) == (1, 0)
    assert told(held)[-1][:2] == ("round_reminder", "孙经理")


def test_cards_that_are_owed_are_asked_for_and_then_told_to_the_specialist() -> None:
    held = planned(people.manager(name="孙经理"))
    at(held, hours=-6)
    assert (round_reminders.send_due(), round_reminders.send_due()) == (1, 0)
    at(held, hours=-30)
    assert (round_reminders.send_due(), round_reminders.send_due()) == (1, 0)
    assert [row[:2] for row in told(held)][-2:] == [("card_due", "孙经理"), ("card_late", "李招聘")]
    assert [kinds.kind(row.kind).holds(row) for row in Message.objects.filter(kind__startswith="card")] == [
        True,
        True,
    ]
    other = planned(people.manager(), room="302")
    Scorecard.objects.filter(round=other).update(handed_in_at=timezone.now())
    at(other, hours=-30)
    assert round_reminders.send_due() == 0


def test_who_sees_which_rounds() -> None:
    boss, stranger = people.manager(), people.manager()
    held = planned(boss)

    def seen(person: User) -> tuple[int, int]:
        return Round.objects.visible_to(person).count(), Scorecard.objects.visible_to(person).count()

    assert [seen(one) for one in (boss, stranger, people.trainer(), people.user())] == [
        (1, 1), (0, 0), (1, 1), (0, 0),
    ]  # fmt: skip
    arranged(held, interviewers=[stranger.pk])
    assert (seen(boss), seen(stranger)) == ((0, 0), (1, 1))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_book_one_interviewer_at_once_one_wins(django_db_blocker: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    boss = people.manager()
    applications_ = [make.application(stage="second_round") for _one in range(2)]
    begin = Barrier(2)

    def book(number: int) -> str:
        try:
            begin.wait(10)
            planned(boss, of=applications_[number], room=str(number))
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "booked"

    with ThreadPoolExecutor(2) as both:
        results = sorted(both.map(book, range(2)))
    assert results in (["booked", "interviewer_busy"], ["booked", "taken_meanwhile"])
    assert (Round.objects.count(), Interview.objects.count()) == (1, 1)
