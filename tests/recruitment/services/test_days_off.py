"""Windows on days that become days off: named to the specialist, moved with one click, never moved silently."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.days import midnight
from core.errors import DomainError
from messaging.models import Message
from people.actors import Party
from people.calendar import turned_off
from people.models import CalendarYear
from people.services import calendar
from people.services.calendar import Day
from recruitment.models import FollowUp, Interview
from recruitment.services import days_off, endings, follow_ups, interviews, overdue, scheduling, window_calls
from tests.factories import people
from tests.factories import recruitment as make
from tests.factories.rounds import planned
from tests.factories.works import work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
# A Monday to a Friday, and the Monday after it.
MON, TUE, WED, THU, FRI, NEXT = (date(2026, 12, day) for day in (7, 8, 9, 10, 11, 14))


def at(day: date, hour: int) -> datetime:
    return midnight(day) + timedelta(hours=hour)


def window(first: date, last: date, *, opens: int = 9, closes: int = 18) -> Interview:
    return scheduling.schedule(
        application_id=make.application().pk,
        opens_at=at(first, opens),
        closes_at=at(last, closes),
        by=Party.SYSTEM,
    )


def take_off(*days: date) -> None:
    lead = people.lead()
    for day in days:
        calendar.set_day(day=day, is_working=False, note="公司假", by=lead)
    work_off()


def named() -> list[tuple[int, str, str]]:
    rows = FollowUp.objects.filter(kind="day_off").order_by("pk")
    return list(rows.values_list("interview_id", "state", "outcome"))


def test_windows_that_end_or_lie_wholly_on_new_days_off_are_named_and_nothing_is_moved() -> None:
    rows = {
        "one day": window(THU, THU),
        "ends on it": window(MON, THU),
        "wholly, over two": window(THU, FRI),
        "spans it": window(WED, NEXT),
        "begins on it": window(THU, NEXT),
        "before it": window(MON, WED),
        "until its midnight": window(MON, THU, closes=0),
    }
    windows = {pk: (opens, closes) for pk, opens, closes in _windows()}
    take_off(THU, FRI)
    found = {row.interview_id for row in FollowUp.objects.filter(kind="day_off", state="open")}
    assert {name for name, row in rows.items() if row.pk in found} == {
        "one day", "ends on it", "wholly, over two",
    }  # fmt: skip
    assert {pk: (opens, closes) for pk, opens, closes in _windows()} == windows
    told = Message.objects.filter(kind="window_on_day_off")
    assert {(row.origin_id, row.audience) for row in told} == {(pk, "specialist") for pk in found}
    assert not Message.objects.filter(audience="candidate", kind="rescheduled").exists()
    # Once more names nobody twice.
    window_calls.name_windows(year=2026, ids=[row.pk for row in rows.values()])
    assert len(named()) == 3


def _windows() -> list[tuple[int, datetime, datetime]]:
    return list(Interview.objects.values_list("pk", "window_opens_at", "window_closes_at"))


def test_one_click_moves_it_to_the_same_hours_on_working_days_and_says_so(client) -> None:
    one, until, both, night = (
        window(THU, THU),
        window(MON, THU),
        window(THU, FRI),
        window(THU, FRI, opens=22, closes=8),
    )
    take_off(THU, FRI)
    hr = people.recruiter()
    for row in FollowUp.objects.filter(kind="day_off"):
        window_calls.move(follow_up_id=row.pk, by=hr)
    assert {pk: (opens, closes) for pk, opens, closes in _windows()} == {
        one.pk: (at(NEXT, 9), at(NEXT, 18)),
        until.pk: (at(MON, 9), at(NEXT, 18)),
        both.pk: (at(NEXT, 9), at(NEXT, 18)),
        night.pk: (at(NEXT, 22), at(date(2026, 12, 15), 8)),
    }
    assert {(state, outcome) for _pk, state, outcome in named()} == {("closed", "rescheduled")}
    told = Message.objects.filter(audience="candidate", kind="rescheduled").values_list(
        "origin_id", flat=True
    )
    assert set(told) == {one.pk, until.pk, both.pk, night.pk}
    with pytest.raises(DomainError) as refused:
        window_calls.move(follow_up_id=FollowUp.objects.filter(interview=one)[0].pk, by=hr)
    assert refused.value.code == "follow_up_closed"


def test_a_round_that_people_hold_is_named_too_and_moved_with_its_interviewers_or_not_at_all() -> None:
    boss, hr = people.manager(name="孙经理"), people.recruiter()
    held = planned(boss, at=at(FRI, 14), room="301")
    other = planned(boss, at=at(NEXT, 14), room="302")
    take_off(FRI)
    assert named() == [(held.interview_id, "open", "")]
    assert Message.objects.filter(kind="window_on_day_off").count() == 1
    (row,) = FollowUp.objects.filter(kind="day_off")
    # The first working day after it is taken: nothing is half done, and the specialist reads by what.
    with pytest.raises(DomainError) as refused:
        window_calls.move(follow_up_id=row.pk, by=hr)
    assert refused.value.code == "interviewer_busy"
    assert named() == [(held.interview_id, "open", "")]
    endings.cancel(interview_id=other.interview_id, by=hr)
    window_calls.move(follow_up_id=row.pk, by=hr)
    held.refresh_from_db()
    assert (held.slot.lower, held.is_booked) == (at(NEXT, 14), True)
    assert list(held.cards.values_list("slot", "is_booked")) == [(held.slot, True)]
    assert named() == [(held.interview_id, "closed", "rescheduled")]
    told = Message.objects.filter(origin_id=held.interview_id, recipient_name="孙经理").exclude(
        state="called_off"
    )
    assert "12月14日" in told.latest("pk").body


def test_what_was_left_as_it_is_is_named_again_only_for_another_day() -> None:
    row = window(THU, FRI)
    take_off(FRI)
    (named_once,) = FollowUp.objects.filter(kind="day_off")
    window_calls.leave(follow_up_id=named_once.pk, by=people.recruiter())
    assert named() == [(row.pk, "closed", "kept")]
    assert not named_once.contact_attempts.exists()
    calendar.set_day(day=FRI, is_working=False, note="另一个名字", by=people.lead())
    take_off(WED)
    assert named() == [(row.pk, "closed", "kept")]
    take_off(THU)
    assert named() == [(row.pk, "closed", "kept"), (row.pk, "open", "")]


def test_a_window_that_was_given_on_a_known_day_off_is_nobodys_question() -> None:
    take_off(THU)
    window(THU, THU)
    window(date(2026, 12, 12), date(2026, 12, 12))
    take_off(TUE)
    calendar.load_year(year=2026, days=calendar.published_days(2026) | {THU: Day(False)}, by=people.lead())
    work_off()
    assert named() == []


def test_a_year_that_is_loaded_and_a_make_up_day_that_is_dropped_name_theirs() -> None:
    lead, saturday = people.lead(), date(2026, 12, 12)
    calendar.set_day(day=saturday, is_working=True, by=lead)
    of_saturday, of_thursday = window(saturday, saturday), window(THU, THU)
    calendar.clear_day(day=saturday, by=lead)
    work_off()
    assert named() == [(of_saturday.pk, "open", "")]
    calendar.load_year(year=2026, days=calendar.published_days(2026) | {THU: Day(False)}, by=lead)
    work_off()
    assert named() == [(of_saturday.pk, "open", ""), (of_thursday.pk, "open", "")]


def test_a_day_that_is_worked_again_and_an_interview_that_goes_on_or_ends_ask_nobody() -> None:
    again, begun, called_off = window(THU, THU), window(MON, FRI), window(FRI, FRI)
    take_off(THU, FRI)
    assert len(named()) == 3
    calendar.clear_day(day=THU, by=people.lead())
    work_off()
    Interview.objects.filter(pk=begun.pk).update(window_opens_at=timezone.now() - timedelta(hours=1))
    interviews.enter(interview_id=begun.pk, by=Party.SYSTEM)
    interviews.interrupt(
        interview_id=begun.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
    )
    endings.cancel(interview_id=called_off.pk, by=people.recruiter())
    assert named() == [
        (again.pk, "closed", "kept"), (begun.pk, "closed", "kept"), (called_off.pk, "closed", "cancelled"),
    ]  # fmt: skip
    assert turned_off(FRI, FRI).keys() == {FRI}
    assert CalendarYear.objects.get(year=2026).turned_off.keys() == {"2026-12-10", "2026-12-11"}


def test_nobody_was_promised_anything_so_nobody_is_late() -> None:
    row = window(THU, THU)
    take_off(THU)
    FollowUp.objects.update(due_at=timezone.now() - timedelta(days=2))
    assert overdue.watch() == 0
    asked = follow_ups.ask(interview_id=row.pk, note="请打电话")
    with pytest.raises(DomainError) as refused:
        follow_ups.close(follow_up_id=asked.pk, outcome="kept", by=people.recruiter())
    assert refused.value.code == "outcome_not_offered"
    with pytest.raises(DomainError) as refused:
        window_calls.move(follow_up_id=FollowUp.objects.get(kind="day_off").pk, by=people.manager())
    assert refused.value.code == "not_permitted"


def test_the_page_and_the_queue_offer_both_and_say_where_it_would_go(client) -> None:
    window(THU, THU)
    take_off(THU)
    (row,) = FollowUp.objects.filter(kind="day_off")
    client.force_login(people.recruiter())
    page = client.get(f"/admin/recruitment/followup/{row.pk}/change/").content.decode()
    queue = client.get("/admin/recruitment/followup/").content.decode()
    for text in ("面试时段遇新增休息日", "顺延到工作日", "维持原时段", "12-10"):
        assert (text, text in page, text in queue) == (text, True, True)
    assert "12-11" in page and "请在此前处理" in page
    answer = client.post(reverse("admin:recruitment_followup_step", args=[row.pk, "move"]), follow=True)
    assert "面试已改到" in answer.content.decode()
    assert Interview.objects.get().window_opens_at == at(FRI, 9)


def test_windows_are_judged_with_the_same_queries_however_many() -> None:
    def judged() -> int:
        with CaptureQueriesContext(connection) as found:
            days_off.fallen(list(Interview.objects.all()))
        return len(found)

    window(THU, THU)
    take_off(THU)
    few = judged()
    for _more in range(3):
        window(TUE, TUE)
    take_off(TUE)
    assert judged() == few
