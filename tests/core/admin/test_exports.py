"""Every list can be taken away as it is shown: its rows, its columns, its order; nothing else, by nobody else."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.admin import exporting
from core.admin.exports import plain
from core.admin.lists import Lean
from core.exchange import reading
from core.exchange.models import Export
from core.history.models import Look
from core.jobs import retention
from people.models import User
from recruitment.models import Application
from tests.factories import people, recruitment
from tests.factories.works import work_off
from tests.recruitment.admin.conftest import broken_off

pytestmark = pytest.mark.django_db
APPLICATIONS, CANDIDATES = "admin:recruitment_application", "admin:recruitment_candidate"


def export(client: Client, page: str, query: str = "", kind: str = "xlsx", why: str = "") -> Any:
    return client.post(f"{reverse(f'{page}_export')}{query}", {"format": kind, "why": why})


def table(answer: Any) -> list[list[Any]]:
    assert answer.status_code == 200, answer
    return [list(line.cells) for line in reading.lines(answer.content)]


@pytest.fixture
def recruiter(client: Client) -> Client:
    client.force_login(people.recruiter())
    return client


def test_a_list_is_taken_away_as_it_is_shown(recruiter: Client) -> None:
    opening = recruitment.opening(title="数据分析师")
    for number, (name, stage) in enumerate([("张三", "applied"), ("李四", "screening"), ("王五", "applied")]):
        made = recruitment.application(opening, candidate=recruitment.candidate(name), stage=stage)
        Application.objects.filter(pk=made.pk).update(stage_since=timezone.now() - timedelta(days=number))
    shown = recruiter.get(reverse(f"{APPLICATIONS}_changelist")).context["cl"].list_display
    query = f"?stage__exact=applied&o={list(shown).index('stage_since')}"

    found = table(export(recruiter, APPLICATIONS, query))

    changes = recruiter.get(reverse(f"{APPLICATIONS}_changelist") + query).context["cl"]
    assert (
        [row[0] for row in found[1:]]
        == [row.candidate.name for row in changes.result_list]
        == ["王五", "张三"]
    )
    assert found[0][:4] == ["候选人", "招聘需求", "阶段", "进入当前阶段的时间"]
    assert found[1][1:3] == ["数据分析师", "已投递"]
    # A time as a time.
    assert found[1][3].date() == timezone.localdate() - timedelta(days=2)


def test_both_kinds_say_the_same_and_neither_runs(recruiter: Client) -> None:
    recruitment.candidate("=1+1", phone="", email="x@example.com")
    as_text = table(export(recruiter, CANDIDATES, kind="csv"))
    as_book = table(export(recruiter, CANDIDATES))
    assert as_text[0] == as_book[0] == ["姓名", "电话", "邮箱", "应聘", "最新阶段", "标签", "创建时间"]
    assert (as_text[1][0], as_book[1][0]) == ("'=1+1", "=1+1")
    assert as_text[1][2] == as_book[1][2] == "x***@example.com"


def test_how_people_are_reached_goes_with_who_takes_care_of_them_and_each_export_is_logged(
    client: Client,
) -> None:
    recruitment.candidate("张三", phone="13800138000", email="x@example.com")
    headings = {}
    for who in ("recruiter", "trainer"):
        person = getattr(people, who)()
        client.force_login(person)
        found = table(export(client, CANDIDATES, "?q=张三"))
        headings[who] = found[0]
        assert len(found) == 2
        look = Look.objects.latest("pk")
        assert (look.by_id, look.kind, look.model, look.count) == (
            person.pk,
            "export",
            "recruitment.candidate",
            1,
        )
        assert look.facts["by"] == ["q"]
        assert "张三" not in str(look.facts)
    assert headings["recruiter"][1:3] == ["电话", "邮箱"]
    assert headings["trainer"] == ["姓名", "应聘", "最新阶段", "标签", "创建时间"]


def test_numbers_and_addresses_are_masked_unless_somebody_says_what_they_are_needed_in_full_for(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until now one click took every number of the house away, where the page of one asks for a reason."""
    recruitment.candidate("张三", phone="13800138000", email="x@example.com")
    client.force_login(people.recruiter())

    def taken(why: str) -> tuple[Any, Any, Any]:
        row = table(export(client, CANDIDATES, kind="csv", why=why))[1]
        return row[1], row[2], Look.objects.latest("pk").facts.get("why")

    hidden, full = ("138****8000", "x***@example.com"), ("138 0013 8000", "x@example.com")
    assert taken("") == (*hidden, None)
    assert taken("call") == (*full, "call")
    assert [taken(why) for why in ("other", "contract", "x")] == [(*hidden, None)] * 3
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 0)
    for why in ("", "asked"):
        export(client, CANDIDATES, kind="csv", why=why)
    work_off()
    files = [bytes(one.content or b"").decode() for one in Export.objects.order_by("pk")]
    assert [("138 0013 8000" in one, "138****8000" in one) for one in files] == [(False, True), (True, False)]
    assert "完整（与本人联系）" in client.get(reverse(f"{CANDIDATES}_changelist")).content.decode()
    client.force_login(people.trainer())
    assert "138" not in export(client, CANDIDATES, kind="csv", why="call").content.decode()
    assert 'name="why"' not in client.get(reverse(f"{CANDIDATES}_changelist")).content.decode()


def test_a_page_that_one_may_not_see_is_not_exported_and_a_link_takes_nothing_away(client: Client) -> None:
    recruitment.candidate()
    address = reverse(f"{CANDIDATES}_export")
    assert client.post(address).status_code == 302
    client.force_login(people.manager())
    assert client.post(address).status_code == 302
    client.force_login(people.recruiter())
    assert client.get(address).status_code == 405
    users = client.post(reverse("admin:people_user_export"))
    assert users.status_code == (
        200 if client.get(reverse("admin:people_user_changelist")).status_code == 200 else 403
    )
    wrong = client.post(f"{address}?password__startswith=a")
    assert (wrong.status_code, Look.objects.filter(model="recruitment.candidate").count()) == (302, 0)


def test_every_list_has_its_export_and_no_cell_holds_markup(client: Client) -> None:
    broken_off()
    client.force_login(people.lead(is_superuser=True))
    refused = {}
    for model, page in admin.site._registry.items():
        if not isinstance(page, Lean):
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_export"
        answer = client.post(reverse(name), {"format": "csv"})
        if answer.status_code != 200:
            refused[model._meta.label_lower] = answer.status_code
            continue
        text = answer.content.decode("utf-8-sig")
        assert "hs-" not in text and "</" not in text and "formaction" not in text, model
    assert refused == {}


def test_as_many_queries_for_many_rows_as_for_few(recruiter: Client) -> None:
    opening = recruitment.opening()
    asked = []
    export(recruiter, APPLICATIONS)
    for count in (2, 20):
        for _number in range(count):
            recruitment.application(opening)
        with CaptureQueriesContext(connection) as captured:
            export(recruiter, APPLICATIONS)
        asked.append(len(captured))
    assert asked[0] == asked[1]


def test_a_long_list_is_made_beside_for_whoever_asked_and_is_gone_a_day_later(
    recruiter: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 2)
    for name in ("张三", "李四", "王五"):
        recruitment.candidate(name)
    shown = recruiter.get(reverse(f"{CANDIDATES}_changelist")).context["cl"].list_display
    newest = f"?o=-{list(shown).index('created_at')}"
    page = export(recruiter, CANDIDATES, newest)["Location"]
    asked = Export.objects.get()
    assert page == reverse("admin:exchange_export_change", args=[asked.pk])
    assert export(recruiter, CANDIDATES, newest)["Location"] == page
    assert recruiter.get(page)["Refresh"] == "3"
    file = reverse("admin:exchange_export_file", args=[asked.pk])
    assert recruiter.get(file).status_code == 404

    work_off()

    assert "Refresh" not in recruiter.get(page)
    assert [row[0] for row in table(recruiter.get(file))][1:] == ["王五", "李四", "张三"]
    assert Look.objects.get().count == 3
    other = Client()
    other.force_login(people.lead())
    assert (other.get(file).status_code, other.get(page).status_code) == (404, 302)
    Export.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert recruiter.get(file).status_code == 404
    retention.forget_all()
    assert Export.objects.count() == 0


def test_who_left_meanwhile_gets_no_file(recruiter: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 0)
    recruitment.candidate()
    export(recruiter, CANDIDATES)
    User.objects.update(is_active=False)
    work_off()
    assert (Export.objects.get().error, Export.objects.get().content) == ("not_permitted", None)
    assert Look.objects.count() == 0


def test_what_a_cell_says_without_how_it_looks() -> None:
    from django.utils.safestring import SafeString

    assert plain(SafeString("<b class='hs-red'>3 &lt; 4</b><br><small>后一行</small>")) == "3 < 4 后一行"
    assert plain(SafeString("<span><b>87</b><small>61</small></span>")) == "87 61"
    assert [plain(value) for value in (None, "–", True, 3, ("warning", "待处理"), io)][:5] == [
        None,
        None,
        "是",
        3,
        "待处理",
    ]
