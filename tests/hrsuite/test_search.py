"""Ctrl+K: whoever is on the phone is found by anything they say, with where they stand, by who may see them."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.actors import Party
from recruitment.models import Application, Enquiry
from recruitment.services import applications, endings
from tests.factories import api, people, recruitment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


SAY = "可以这样说：简历已收到，正在筛选，有进展会主动联系您。"


@pytest.fixture
def lead(client: Client) -> Client:
    api.calendar()
    client.force_login(people.lead())
    return client


def found(client: Client, term: str) -> list[tuple[str, str, str]]:
    answer = client.get("/admin/search/", {"s": term})
    assert answer.status_code == 200
    if not answer.context:
        return []
    return [(str(one.title), one.description, one.link) for one in answer.context["results"]]


def zhang() -> Application:
    person = recruitment.candidate("张三", phone="13800001234", email="zhang@example.com")
    return recruitment.application(recruitment.opening(), candidate=person)


@pytest.mark.parametrize("term", ["张三", "zhangsan", "1234", "13800001234", "zhang@example.com", "{pk}"])
def test_by_whatever_they_say(lead: Client, term: str) -> None:
    row = zhang()
    ((title, said, link),) = found(lead, term.format(pk=row.pk))
    assert (title, link) == (f"张三 · {row.pk}", f"/admin/recruitment/application/{row.pk}/change/")
    assert said == f"{row.opening} · 已投递\n下一步：筛选简历, {row.opening.specialist}\n138****1234\n{SAY}"


def test_what_was_last_told_is_said_as_the_deliveries_say(lead: Client) -> None:
    row = zhang()
    interview = recruitment.interview(row)
    applications.take_step(application_id=row.pk, step="screen", by=Party.SYSTEM)
    endings.cancel(interview_id=interview.pk, by=Party.SYSTEM)
    ((_title, said, _link),) = found(lead, "张三")
    assert "最近通知：" in said


def test_the_newest_application_and_who_has_none(lead: Client) -> None:
    row = zhang()
    newer = recruitment.application(recruitment.opening(), candidate=row.candidate, stage="offer")
    alone = recruitment.candidate("张四")
    titles = [(title, link) for title, _said, link in found(lead, "zhang")]
    assert titles == [
        (f"张三 · {newer.pk}", f"/admin/recruitment/application/{newer.pk}/change/"),
        ("张四", f"/admin/recruitment/candidate/{alone.pk}/change/"),
    ]


def test_openings_lead_to_their_board(lead: Client) -> None:
    opening = recruitment.opening(title="算法工程师")
    ((title, _said, link),) = found(lead, "算法")
    assert (title, link) == (str(opening), f"/admin/recruitment/opening/{opening.pk}/pipeline/")


def test_that_they_asked_is_noted_by_one_press(lead: Client) -> None:
    row = zhang()
    page = lead.get("/admin/search/", {"s": "张三"}).content.decode()
    address = f"/admin/recruitment/application/{row.pk}/steps/enquiry/"
    assert re.findall(r'<form method="post" action="([^"]+)">', page) == [address]
    assert lead.post(address).status_code == 302
    assert list(Enquiry.objects.values_list("application", "way")) == [(row.pk, "colleague")]


@pytest.mark.parametrize(
    ("term", "title", "link"),
    [("日程", "面试日程", "/admin/recruitment/interview/calendar/"), ("报表", "报表", "/admin/reports/")],
)
def test_pages_that_are_no_list_are_found_too(lead: Client, term: str, title: str, link: str) -> None:
    assert (title, link) in [(name, where) for name, _said, where in found(lead, term)]


def test_who_is_found_by_nobody_is_said(lead: Client) -> None:
    assert "没有找到" in lead.get("/admin/search/", {"s": "没有这个人"}).content.decode()


def test_nobody_finds_more_than_is_theirs_and_nothing_is_kept(client: Client) -> None:
    api.calendar()
    row = zhang()
    client.force_login(people.manager())
    assert client.get("/admin/search/", {"s": "张三"}).status_code == 302
    client.force_login(people.lead())
    before = found(client, "张三")
    applications.take_step(application_id=row.pk, step="screen", by=Party.SYSTEM)
    assert found(client, "张三") != before


@pytest.mark.parametrize("term", ["", " ", "%", "9" * 40, "a\x00", "'"])
def test_what_makes_no_sense_finds_nobody(lead: Client, term: str) -> None:
    zhang()
    answer = lead.get("/admin/search/", {"s": term})
    assert answer.status_code in (200, 422)
    assert b"/admin/recruitment/application/" not in answer.content


def test_as_often_for_many_as_for_one(lead: Client) -> None:
    found(lead, "x")
    counts = set()
    for number in (1, 4):
        for each in range(number):
            row = recruitment.application(
                recruitment.opening(), candidate=recruitment.candidate(f"李{number}{each}")
            )
            recruitment.interview(row)
        with CaptureQueriesContext(connection) as queries:
            assert found(lead, "李")
        counts.add(len(queries))
    assert len(counts) == 1
