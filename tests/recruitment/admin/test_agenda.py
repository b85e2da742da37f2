"""The interview calendar: what is arranged when, narrowed by its address, by the reader's clock, bounded by day."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recruitment.models import Interview, Round, SlotOffer
from recruitment.rounds.services import slots
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.factories.rounds import HOUR, planned

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 7, 50, tzinfo=SHANGHAI)
ADDRESS = "/admin/recruitment/interview/calendar/"


@pytest.fixture(autouse=True)
def in_november() -> Any:
    with time_machine.travel(NOW, tick=True):
        api.calendar(2026, 2027)
        yield


@pytest.fixture
def hr(client: Client) -> Client:
    client.force_login(people.recruiter(name="李招聘"))
    return client


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def window(
    opens: datetime, closes: datetime, name: str = "张三", state: str = "scheduled", **more: Any
) -> Interview:
    of = make.application(candidate=make.candidate(name), **more)
    return make.interview(of, state=state, window_opens_at=opens, window_closes_at=closes)


def held(name: str, begins: datetime, *interviewers: Any, room: str = "301") -> Round:
    of = make.application(candidate=make.candidate(name), stage="second_round")
    return planned(*interviewers, of=of, at=begins, room=room)


def offered(name: str, *begins: datetime, by: Any, interviewers: Any, room: str = "305") -> SlotOffer:
    of = make.application(candidate=make.candidate(name), stage="second_round")
    make.interview(of, state="completed", window_opens_at=at(2, 9), window_closes_at=at(2, 18))
    return slots.offer_round(
        application_id=of.pk, times=[(begin, begin + HOUR) for begin in begins], choose_by=at(24, 18),
        place=slots.Place(interviewers=[one.pk for one in interviewers], room=room), by=by,
    )  # fmt: skip


def lines(client: Client, query: str = "") -> dict[str, list[tuple[str, str, str]]]:
    page = client.get(ADDRESS + query)
    assert page.status_code == 200
    return {
        str(one["day"]): [(entry.what, entry.clock, entry.who) for entry in one["entries"]]
        for one in page.context["days"]
        if one["entries"]
    }


def test_a_month_has_windows_rounds_and_offered_times_each_with_its_page(hr: Client) -> None:
    boss = people.manager(name="孙经理")
    long = window(at(24, 9), at(26, 18), "张三")
    short = window(at(25, 9), at(25, 12), "李四")
    round_ = held("王五", at(25, 14), boss)
    offer = offered("赵六", at(26, 10), at(27, 10), by=people.lead(), interviewers=[boss])
    window(at(25, 9), at(25, 12), "已取消", state="cancelled")
    assert lines(hr, "?on=2026-11-24") == {
        "2026-11-02": [("within", "09:00–18:00", "赵六")],
        "2026-11-24": [("opens", "09:00", "张三")],
        "2026-11-25": [("within", "09:00–12:00", "李四"), ("round", "14:00–15:00", "王五")],
        "2026-11-26": [("offered", "10:00–11:00", "赵六"), ("closes", "18:00", "张三")],
        "2026-11-27": [("offered", "10:00–11:00", "赵六")],
    }
    html = hr.get(ADDRESS).content.decode()
    for row in (long, short, round_.interview):
        assert reverse("admin:recruitment_interview_change", args=[row.pk]) in html
    assert reverse("admin:recruitment_slotoffer_change", args=[offer.pk]) in html
    for words in (
        "孙经理 · 301",
        "孙经理 · 305",
        "AI 面试时段截止",
        "休息日",
        'aria-current="date"',
        "2026年11月",
    ):
        assert words in html
    assert len(hr.get(ADDRESS).context["days"]) == 42


def test_a_week_and_a_day_are_cut_at_the_readers_own_midnight_and_each_leads_to_the_next(
    client: Client,
) -> None:
    person = people.lead(time_zone="Europe/Berlin")
    client.force_login(person)
    # Four in the morning in Shanghai is nine in the evening of the day before in Berlin.
    window(at(30, 4), at(30, 9), "张三")
    assert lines(client, "?view=week&on=2026-11-25") == {"2026-11-29": [("opens", "21:00", "张三")]}
    assert lines(client, "?view=week&on=2026-11-30") == {"2026-11-30": [("closes", "02:00", "张三")]}
    sunday = client.get(f"{ADDRESS}?view=day&on=2026-11-29")
    assert [(one.what, one.clock) for one in sunday.context["days"][0]["entries"]] == [("opens", "21:00")]
    assert "本页所有时间均为您所在时区（Europe/Berlin）的时间" in sunday.content.decode()
    assert "view=day&on=2026-11-30" in sunday.context["later"]
    week = client.get(f"{ADDRESS}?view=week&on=2026-11-25").context
    assert [str(week["days"][0]["day"]), str(week["days"][-1]["day"])] == ["2026-11-23", "2026-11-29"]
    assert "on=2026-11-18" in week["earlier"]
    month = client.get(f"{ADDRESS}?on=2026-12-31").context
    assert ("on=2026-11-01" in month["earlier"], "on=2027-01-01" in month["later"]) == (True, True)


def test_it_is_narrowed_by_opening_specialist_interviewer_and_room_and_says_what_that_leaves_out(
    hr: Client,
) -> None:
    boss, other = people.manager(name="孙经理"), people.manager(name="钱经理")
    theirs = make.opening(specialist=people.recruiter(name="周专员"))
    window(at(25, 9), at(25, 12), "窗口", of=theirs)
    held("一", at(25, 14), boss)
    held("二", at(25, 15), other, room="302")
    offered("三", at(25, 16), by=people.lead(), interviewers=[boss], room="302")

    def shown(query: str) -> list[str]:
        return [who for day in lines(hr, f"?view=day&on=2026-11-25&{query}").values() for _w, _c, who in day]

    assert shown("") == ["窗口", "一", "二", "三"]
    assert shown(f"opening={theirs.pk}") == shown(f"specialist={theirs.specialist_id}") == ["窗口"]
    assert shown(f"interviewer={boss.pk}") == ["一", "三"]
    assert shown("room=302") == ["二", "三"]
    assert shown(f"room=302&interviewer={boss.pk}") == ["三"]
    # What is no number, and what there is not, narrows nothing, or to nothing; nothing of it is an error.
    assert shown("opening=x&specialist=-1&interviewer=") == shown("")
    assert shown(f"opening={10**18 - 1}") == shown("room=nowhere") == []
    assert hr.get(f"{ADDRESS}?view=year&on=heute").context["view"] == "month"
    page = hr.get(f"{ADDRESS}?view=week&interviewer={boss.pk}")
    assert "AI 面试没有面试官" in page.content.decode()
    boxes = {box["name"]: box for box in page.context["choices"]}
    assert boxes["room"]["options"] == [("301", "301"), ("302", "302")]
    assert (boss.pk, "孙经理") in boxes["interviewer"]["options"]
    assert (boxes["interviewer"]["chosen"], boxes["opening"]["chosen"]) == (boss.pk, None)
    # Each way on keeps what the page is narrowed to.
    assert all(f"interviewer={boss.pk}" in page.context[way] for way in ("earlier", "later", "today"))


def test_a_day_is_bounded_and_says_how_many_more(hr: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recruitment.admin.agenda.VIEWS", {"month": ("月", 2), "day": ("日", 3)})
    for number in range(5):
        window(at(25, 9 + number), at(25, 16), f"候选{number}")
    page = hr.get(ADDRESS)
    (day,) = [one for one in page.context["days"] if one["entries"]]
    assert ([one.who for one in day["entries"]], day["more"]) == (["候选0", "候选1"], 3)
    assert "另有 3 条" in page.content.decode()
    assert "另有 2 项，请缩小筛选范围后查看" in hr.get(f"{ADDRESS}?view=day&on=2026-11-25").content.decode()


def test_an_empty_stretch_says_what_to_do_next(hr: Client) -> None:
    assert "前往应聘列表" in hr.get(ADDRESS).content.decode()
    narrowed = hr.get(f"{ADDRESS}?room=301").content.decode()
    assert "这段时间没有符合条件的安排" in narrowed and "前往应聘列表" not in narrowed


@pytest.mark.parametrize("who", [people.manager, people.user, None])
def test_it_is_closed_to_everybody_else_and_only_read(client: Client, who: Any) -> None:
    if who:
        client.force_login(who())
    assert client.get(ADDRESS).status_code == 302
    client.force_login(people.recruiter())
    assert client.post(ADDRESS).status_code == 405


def test_it_costs_as_much_for_many_as_for_none_of_each(hr: Client) -> None:
    boss = people.manager(name="孙经理")

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert hr.get(ADDRESS).status_code == 200
        return len(captured)

    def more(hour: int) -> None:
        window(at(24, 9), at(26, 18))
        held("王五", at(25, hour), boss)
        offered("赵六", at(26, 10), by=people.lead(), interviewers=[boss])

    hr.get(ADDRESS)
    none = cost()
    more(9)
    one = cost()
    more(11)
    more(14)
    assert (cost(), one - none) == (one, 2)
    # What stands around every page of the back office, its menu's numbers included, is the rest.
    assert one <= 15


def test_the_list_and_the_menu_lead_there(hr: Client) -> None:
    page = hr.get("/admin/recruitment/interview/").content.decode()
    assert page.count(f'href="{ADDRESS}"') == 2


def test_a_far_off_moment_is_not_read(hr: Client) -> None:
    window(at(25, 9) + timedelta(days=60), at(25, 12) + timedelta(days=60))
    assert lines(hr) == {}
