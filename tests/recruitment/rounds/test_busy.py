"""Whoever books over a time at which somebody is busy is asked, for one and for many, and says why: it is kept."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.days import midnight
from core.history.models import Change
from people.models import User
from people.services import calendar
from recruitment.models import BusyTime, FollowUp, Interview, OutsideCalendar, Round
from recruitment.rounds import busy
from recruitment.rounds.services import outside
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.factories.rounds import HOUR, noon, planned
from tests.factories.works import work_off

pytestmark = pytest.mark.django_db
INTERVIEWS, APPLICATIONS = "/admin/recruitment/interview/", "/admin/recruitment/application/"


@pytest.fixture(autouse=True)
def known_years(settings: Any) -> Iterator[None]:
    """A Sunday: the five days that follow are worked."""
    today = timezone.localtime().replace(hour=10)
    with time_machine.travel(today + timedelta(days=6 - today.weekday())):
        api.calendar()
        settings.VENDOR_NETWORKS = ["127.0.0.0/8"]
        yield


@pytest.fixture
def boss() -> User:
    return people.manager(name="孙经理")


@pytest.fixture
def hr(client: Client) -> Client:
    client.force_login(people.lead())
    return client


def busy_from(person: User, begin: datetime, end: datetime) -> None:
    """Somebody who is busy elsewhere, as a reading would have left it."""
    row = outside.of_person(person) or outside.heed(address="http://127.0.0.1:9/x.ics", by=person)
    BusyTime.objects.create(calendar=row, slot=(begin, end))


def typed(at: datetime, *, hours: float = 1, **more: Any) -> dict[str, Any]:
    opens = timezone.localtime(at)
    closes = opens + hours * HOUR
    return {"opens_at": f"{opens:%Y-%m-%dT%H:%M}", "closes_at": f"{closes:%Y-%m-%dT%H:%M}", **more}


def chosen(client: Client, where: str, step: str, *rows: Any) -> str:
    """The page on which a selection is looked at beforehand."""
    answer = client.post(where, {"action": f"many_{step}", "_selected_action": [row.pk for row in rows]})
    return answer["Location"]


def agreed(page: Any, values: dict[str, Any], why: str = "") -> dict[str, Any]:
    """The same once more, with "yes, really"."""
    return {**values, "sure": page.context["form"].sure, **({"why": why} if why else {})}


def reasons() -> set[str]:
    """Why what was changed was changed, as the history keeps it."""
    return set(Change.objects.exclude(why="").values_list("why", flat=True))


def test_whoever_plans_over_a_busy_time_is_asked_named_whose_it_is_and_says_why(
    hr: Client, boss: User
) -> None:
    of = make.application(stage="second_round")
    busy_from(boss, noon(4), noon(4) + HOUR)
    stale = people.manager(name="钱经理")
    outside.heed(address="http://127.0.0.1:9/x.ics", by=stale)
    OutsideCalendar.objects.filter(person=stale).update(failing_since=timezone.now() - timedelta(days=2))
    where = f"{APPLICATIONS}{of.pk}/steps/plan-round/"
    values = typed(
        noon(4) + HOUR / 2, room="305", interviewers=[boss.pk, stale.pk], competencies=[make.competency().pk]
    )
    page = hr.post(where, values)
    words = page.content.decode()
    assert ("孙经理当时在自己的日历中有安排" in words, "钱经理的日历自" in words) == (True, True)
    assert ('name="why"' in words, Round.objects.count()) == (True, 0)
    for why in ("", "   ", "长" * 301):
        refused = hr.post(where, agreed(page, values, why))
        assert (refused.status_code, "请说明原因" in refused.content.decode()) == (422, True)
        assert " checked>" in refused.content.decode()
    assert (Round.objects.count(), reasons()) == (0, set())
    assert hr.post(where, agreed(page, values, "孙经理  已同意")).status_code == 302
    interview = Round.objects.get().interview_id
    assert reasons() == {"孙经理 已同意"}
    assert "孙经理 已同意" in hr.get(f"{INTERVIEWS}{interview}/history/").content.decode()


def test_whoever_moves_a_round_over_a_busy_time_is_asked_too_and_of_an_unread_calendar_no_reason(
    hr: Client, boss: User
) -> None:
    held = planned(boss, at=noon(3))
    busy_from(boss, noon(4), noon(4) + HOUR)
    for step, more in (("reschedule", {}), ("arrange", {"interviewers": [boss.pk], "room": "301"})):
        where = f"{INTERVIEWS}{held.interview_id}/steps/{step}/"
        assert "孙经理当时在自己的日历中有安排" in hr.post(where, typed(noon(4), **more)).content.decode()
    held.refresh_from_db()
    assert held.slot.lower == noon(3)
    OutsideCalendar.objects.update(failing_since=timezone.now() - timedelta(days=2))
    page = hr.post(where, typed(noon(5), **more))
    assert (len(page.context["form"].warned), 'name="why"' in page.content.decode()) == (1, False)
    assert hr.post(where, agreed(page, typed(noon(5), **more))).status_code == 302


def test_many_rounds_are_moved_over_busy_times_for_a_reason_that_each_of_them_keeps(
    hr: Client, boss: User
) -> None:
    other = people.manager(name="钱经理")
    rounds = [planned(boss, at=noon(3)), planned(other, at=noon(3), room="302")]
    room = make.interview(window_opens_at=noon(3), window_closes_at=noon(4))
    busy_from(boss, noon(5), noon(5) + HOUR)
    busy_from(other, noon(5) + HOUR, noon(5) + 2 * HOUR)
    rows = [*(held.interview for held in rounds), room]
    where, values = chosen(hr, INTERVIEWS, "reschedule", *rows), typed(noon(5))
    page = hr.post(where, values)
    name = str(rounds[0].interview)
    assert [one for one in page.context["form"].warned if "孙经理" in one] == page.context["form"].warned
    assert page.context["form"].warned[0].startswith(f"{name} · 孙经理当时在自己的日历中有安排")
    assert hr.post(where, agreed(page, values)).status_code == 422
    assert set(Interview.objects.values_list("window_opens_at", flat=True)) == {noon(3)}
    done = hr.post(where, agreed(page, values, "全体面试官已确认"), follow=True)
    assert "仍然这样安排的原因：全体面试官已确认" in done.content.decode()
    assert set(Interview.objects.values_list("window_opens_at", flat=True)) == {noon(5)}
    changed = Change.objects.filter(why="全体面试官已确认", model="recruitment.interview")
    assert set(changed.values_list("object_id", flat=True)) == {str(row.pk) for row in rows}


def test_it_says_which_of_many_will_meet_another_round_one_of_the_same_choice_included(
    hr: Client, boss: User
) -> None:
    first, second = planned(boss, at=noon(3)), planned(boss, at=noon(4), room="302")
    elsewhere = planned(people.manager(name="钱经理"), at=noon(5), room="301")
    # In the order of the list, the newest first, a day apart: each goes where the other still stands.
    meets, taken = "孙经理届时已有另一场面试：", "会议室 301 届时已被占用："
    for at, expected in ((noon(3), [meets, meets]), (noon(4), [taken])):
        where = chosen(hr, INTERVIEWS, "reschedule", first.interview, second.interview)
        values = typed(at + HOUR / 2, every=24 * 60, together=1)
        page = hr.post(where, values)
        warned = [one.split(" · ")[-1].partition("：")[0] + "：" for one in page.context["form"].warned]
        assert (warned, 'name="why"' in page.content.decode()) == (expected, False)
        answer = hr.post(where, agreed(page, values), follow=True)
        assert answer.context["counts"]["refused"] == len(expected)
    for held, stands in ((first, noon(3)), (second, noon(4) + HOUR / 2), (elsewhere, noon(5))):
        held.refresh_from_db()
        assert held.slot.lower == stands


def test_they_may_change_places_one_after_the_other(boss: User) -> None:
    first, second = planned(boss, at=noon(3)), planned(boss, at=noon(4))

    def to(held: Round, at: datetime) -> busy.Booking:
        return busy.Booking(
            opens_at=at, closes_at=at + HOUR, interviewers=[boss.pk], room="301", held=held.pk
        )

    assert busy.warnings_of_many([to(first, noon(5)), to(second, noon(3)), to(first, noon(4))]) == []
    assert len(busy.warnings_of_many([to(second, noon(3)), to(first, noon(5))])) == 1
    assert len(busy.warnings_of_many([to(second, noon(6)), to(first, noon(6))])) == 1


def test_as_many_queries_for_thirty_as_for_one_and_twenty_are_named(boss: User) -> None:
    busy_from(boss, noon(5), noon(6))
    one = busy.Booking(
        opens_at=noon(5), closes_at=noon(5) + HOUR, interviewers=[boss.pk], room="301", whose="张三"
    )

    def asked(bookings: list[busy.Booking]) -> tuple[int, list[str]]:
        with CaptureQueriesContext(connection) as found:
            said = busy.warnings_of_many(bookings)
        return len(found), [str(each) for each in said]

    few, said = asked([one])
    assert len(said) == 1
    many, said = asked([one] * 30)
    assert (many, len(said), said[-1]) == (few, 21, "另有 10 条同类提示")


@pytest.mark.parametrize("many", [False, True])
def test_who_is_expected_at_an_interview_by_people_is_asked_about_as_well(
    hr: Client, boss: User, many: bool
) -> None:
    opening = make.opening(title="数据分析师")
    opening.interviewers.set([boss])
    row = make.application(opening, stage="second_round")
    busy_from(boss, noon(4), noon(4) + HOUR)
    planned(boss, at=noon(5))
    where = chosen(hr, APPLICATIONS, "schedule", row) if many else f"{APPLICATIONS}{row.pk}/steps/schedule/"
    for at, words in (
        (noon(4), "孙经理当时在自己的日历中有安排"),
        (noon(5), "孙经理在这段时间已有另一场面试"),
    ):
        page = hr.post(where, typed(at, kind="people", round=1))
        assert (page.status_code, words in page.content.decode()) == (422, True)
        assert 'name="why"' in page.content.decode()
    # What is longer is no appointment, and nobody but the candidate sits in the room.
    assert Interview.objects.filter(application=row).count() == 0
    answer = hr.post(where, typed(noon(4), hours=1, kind="room", round=1))
    assert (answer.status_code, Interview.objects.filter(application=row).count()) == (302, 1)


@pytest.mark.usefixtures("in_november")
def test_a_round_that_a_new_day_off_moves_is_asked_about(hr: Client, boss: User) -> None:
    day = date(2026, 12, 10)
    held = planned(boss, at=midnight(day) + 12 * HOUR)
    calendar.set_day(day=day, is_working=False, note="公司假", by=people.lead())
    work_off()
    call = FollowUp.objects.get(kind="day_off")
    busy_from(boss, midnight(day) + 24 * HOUR, midnight(day) + 48 * HOUR)
    where = f"/admin/recruitment/followup/{call.pk}/steps/move/"
    page = hr.post(where)
    assert "孙经理当时在自己的日历中有安排" in page.content.decode()
    assert hr.post(where, agreed(page, {}, "已与经理确认")).status_code == 302
    held.refresh_from_db()
    assert (timezone.localdate(held.slot.lower), reasons()) == (date(2026, 12, 11), {"已与经理确认"})
