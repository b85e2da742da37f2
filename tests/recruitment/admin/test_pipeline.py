"""The board of an opening: who stands where, since when, what comes next; a move asks, or says why it cannot be."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.many.models import ManyRun
from core.seen import version_of
from people.actors import Party
from recruitment import next_steps
from recruitment.models import Application, Opening
from recruitment.services import applications
from tests.factories import api, people, recruitment
from tests.recruitment.admin.stepping import said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


@pytest.fixture
def opening() -> Opening:
    api.calendar()
    return recruitment.opening()


@pytest.fixture
def lead(client: Client) -> Client:
    client.force_login(people.lead())
    return client


def board(opening: Opening) -> str:
    return f"/admin/recruitment/opening/{opening.pk}/pipeline/"


def applied(opening: Opening, name: str, days: int = 0, **fields: Any) -> Application:
    row = recruitment.application(opening, candidate=recruitment.candidate(name), **fields)
    Application.objects.filter(pk=row.pk).update(stage_since=timezone.now() - timedelta(days=days, hours=1))
    return Application.objects.get(pk=row.pk)


def move(client: Client, row: Application, to: str, *, seen: str = "") -> Any:
    asked = {"application": row.pk, "to": to, "seen": seen or version_of(row)}
    return client.post(f"{board(row.opening)}move/", asked)


def columns(client: Client, opening: Opening, query: str = "") -> dict[str, list[str]]:
    page = client.get(board(opening) + query)
    assert page.status_code == 200
    return {
        one.stage: [str(card.row.candidate) for card in one.cards]
        for one in page.context["columns"]
        if one.count
    }


def test_who_has_waited_longest_stands_on_top_and_others_openings_are_not_there(
    lead: Client, opening: Opening
) -> None:
    applied(opening, "甲", 2)
    applied(opening, "乙", 9)
    applied(opening, "丙", 1, stage="offer")
    recruitment.application()
    page = lead.get(board(opening))
    shown = {one.stage: one for one in page.context["columns"]}
    assert columns(lead, opening) == {"applied": ["乙", "甲"], "offer": ["丙"]}
    assert (shown["applied"].count, shown["applied"].oldest_days, shown["hired"].count) == (2, 9, 0)
    assert "已等待 9 天" in page.content.decode()


def test_a_column_is_bounded_and_says_how_many_more(
    lead: Client, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recruitment.admin.pipeline.IN_COLUMN", 2)
    for number in range(5):
        applied(opening, f"候选{number}", number)
    (column,) = [one for one in lead.get(board(opening)).context["columns"] if one.count]
    assert ([card.days for card in column.cards], column.count, column.more) == ([4, 3], 5, 3)


def test_filters_by_waiting_by_the_promised_day_and_by_name(lead: Client, opening: Opening) -> None:
    applied(opening, "张三", 1)
    applied(opening, "李四", 8, promised_by=timezone.localdate() - timedelta(days=1))
    assert columns(lead, opening, "?waited=7") == {"applied": ["李四"]}
    assert columns(lead, opening, "?late=1") == {"applied": ["李四"]}
    assert columns(lead, opening, "?q=zhangsan") == {"applied": ["张三"]}
    assert columns(lead, opening, "?q=王") == {}
    assert columns(lead, opening, "?waited=x") == {"applied": ["李四", "张三"]}


def test_a_move_asks_first_comes_back_and_takes_the_step(lead: Client, opening: Opening) -> None:
    row = applied(opening, "张三")
    asks = move(lead, row, "rejected")["Location"]
    assert Application.objects.get().stage == "applied"
    page = lead.get(asks)
    assert (page.context["taken_count"], page.context["list_url"]) == (1, board(opening))
    lead.post(asks, {"reason": "不合适"})
    assert Application.objects.get().stage == "rejected"
    back = move(lead, Application.objects.get(), "applied")["Location"]
    lead.post(back, {"reason": "误操作"})
    assert Application.objects.get().stage == "applied"


@pytest.mark.parametrize(
    ("stage", "to", "step"), [("offer", "hired", "hire"), ("hired", "fell_through", "fall_through")]
)
def test_a_decision_about_one_person_is_asked_on_the_applications_own_page(
    lead: Client, opening: Opening, stage: str, to: str, step: str
) -> None:
    row = applied(opening, "张三", stage=stage)
    address = move(lead, row, to)["Location"]
    assert address.startswith(f"/admin/recruitment/application/{row.pk}/steps/{step}/?next=")
    assert lead.get(address).status_code == 200


def test_where_no_step_leads_the_board_says_so(lead: Client, opening: Opening) -> None:
    answer = move(lead, applied(opening, "张三"), "offer")
    assert (answer["Location"], said(answer)) == (
        board(opening),
        ["不能从「已投递」直接移动到「录用通知」。"],
    )
    assert ManyRun.objects.count() == 0


def test_a_board_that_is_out_of_date_is_told_and_moves_nobody(lead: Client, opening: Opening) -> None:
    row = applied(opening, "张三")
    before = version_of(row)
    applications.take_step(application_id=row.pk, step="screen", by=Party.SYSTEM)
    answer = move(lead, row, "rejected", seen=before)
    assert said(answer) == ["看板已过期：这份应聘刚刚有了变化。"]
    assert (Application.objects.get().stage, ManyRun.objects.count()) == ("screening", 0)


def test_who_may_not_recruit_here_sees_no_menu_and_moves_nobody(client: Client, opening: Opening) -> None:
    row = applied(opening, "张三")
    for person in (people.trainer(), people.recruiter(department=people.department())):
        client.force_login(person)
        assert "draggable" not in client.get(board(opening)).content.decode()
        assert move(client, row, "rejected").status_code == 403
    client.force_login(people.user())
    assert client.get(board(opening)).status_code in (302, 403)
    assert Application.objects.get().stage == "applied"


@pytest.mark.parametrize(
    "asked", [{"application": "x"}, {"application": "9" * 30}, {"to": "nowhere"}, {"application": ""}]
)
def test_what_makes_no_sense_is_not_found(lead: Client, opening: Opening, asked: dict[str, str]) -> None:
    row = applied(opening, "张三")
    values = {"application": row.pk, "to": "rejected", "seen": version_of(row), **asked}
    assert lead.post(f"{board(opening)}move/", values).status_code == 404
    assert lead.get(f"{board(opening)}move/").status_code == 405
    assert lead.get("/admin/recruitment/opening/999999/pipeline/").status_code == 404


def test_what_comes_next_and_who_owes_it(opening: Opening) -> None:
    rows = {
        "applied": applied(opening, "甲"),
        "ahead": applied(opening, "乙", stage="screening"),
        "left": applied(opening, "丙", stage="interviewing"),
        "offer": applied(opening, "丁", stage="offer"),
        "over": applied(opening, "戊", stage="rejected"),
        "again": applied(opening, "己", stage="second_round"),
    }
    recruitment.interview(rows["ahead"])
    left = recruitment.interview(rows["left"], state="interrupted")
    recruitment.follow_up(left)
    comes = next_steps.of(rows.values())
    specialist = str(opening.specialist)
    assert {name: (comes[row.pk].what, comes[row.pk].owes) for name, row in rows.items()} == {
        "applied": ("筛选简历", specialist),
        "ahead": ("参加面试", "乙"),
        "left": ("致电候选人", specialist),
        "offer": ("等待候选人答复录用", specialist),
        "over": ("已结束，无后续", ""),
        "again": ("安排复试", specialist),
    }


def test_the_board_asks_the_database_as_often_for_many_as_for_one_and_twelve_times_at_most(
    lead: Client, opening: Opening
) -> None:
    lead.get(board(opening))  # a session that is new is noted
    counts = set()
    for number in range(2):
        for stage in ("applied", "screening", "second_round", "offer"):
            row = applied(opening, f"{stage}{number}", stage=stage)
            recruitment.interview(row)
        with CaptureQueriesContext(connection) as queries:
            lead.get(board(opening))
        counts.add(len(queries))
    assert len(counts) == 1
    assert max(counts) <= 12
