"""Importing in the back office: a table is sent, looked at, confirmed, taken back; others find no trace of it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.exchange import reading
from core.exchange.models import Import, Matching
from recruitment.models import Application
from tests.core.exchange.files import workbook
from tests.factories import people, recruitment
from tests.factories.works import work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
ADD = "admin:exchange_import_add"
HEADINGS = ["姓名", "手机", "岗位"]


@pytest.fixture
def recruiter(client: Client) -> Client:
    recruitment.opening(title="数据分析师")
    client.force_login(people.recruiter())
    return client


def send(client: Client, *rows: list[str], headings: list[str] = HEADINGS) -> Any:
    file = SimpleUploadedFile("名单.xlsx", workbook([headings, *rows]))
    return client.post(reverse(ADD), {"kind": "candidates", "file": file})


def page(client: Client, query: str = "") -> str:
    answer = client.get(reverse("admin:exchange_import_change", args=[Import.objects.get().pk]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def step(client: Client, taken: str, **data: str) -> Any:
    return client.post(reverse("admin:exchange_import_step", args=[Import.objects.get().pk, taken]), data)


def test_from_the_file_to_the_applications_and_back(recruiter: Client) -> None:
    form = recruiter.get(reverse(ADD)).content.decode()
    assert 'enctype="multipart/form-data"' in form
    answer = send(recruiter, ["张三", "13800138000", "数据分析师"], ["李四", "12345", "数据分析师"])
    assert answer.status_code == 302
    shown = recruiter.get(answer["Location"])
    assert (shown["Refresh"], "检查中" in shown.content.decode()) == ("3", True)
    work_off()
    shown = recruiter.get(answer["Location"])
    assert "Refresh" not in shown
    text = shown.content.decode()
    assert "电话：“12345”不是有效的电话号码" in text
    assert "张三" in page(recruiter, "?fate=new")
    # What will happen stands beside the button that says yes to it, and on no page of its own.
    assert "新增 1 行。" in text and "1 行有误，不导入。" in text and "/steps/confirm/" in text
    address = reverse("admin:exchange_import_step", args=[Import.objects.get().pk, "confirm"])
    assert recruiter.get(address).status_code == 405
    assert Application.objects.count() == 0

    step(recruiter, "confirm")
    work_off()

    assert Application.objects.get().candidate.name == "张三"
    assert "已导入" in page(recruiter) and "/steps/confirm/" not in page(recruiter)
    step(recruiter, "undo")
    work_off()
    assert Application.objects.count() == 0
    assert "已撤销" in page(recruiter)
    refused = recruiter.get(reverse("admin:exchange_import_refused", args=[Import.objects.get().pk]))
    assert [line.cells[0] for line in reading.lines(refused.content)] == ["姓名", "李四"]


def test_columns_that_nobody_knows_are_matched_on_the_page(recruiter: Client) -> None:
    send(recruiter, ["张三", "13800138000", "数据分析师"], headings=["谁", "号", "何职"])
    assert "表格中没有可识别的列" in page(recruiter)
    form = recruiter.get(reverse("admin:exchange_import_step", args=[Import.objects.get().pk, "match"]))
    assert "何职" in form.content.decode()
    assert step(recruiter, "match", name="谁", phone="号").status_code == 422
    assert step(recruiter, "match", name="谁", phone="号", opening="何职").status_code == 302
    work_off()
    step(recruiter, "confirm")
    assert Matching.objects.get().places == {"name": 0, "phone": 1, "opening": 2}


def test_a_file_that_is_none_stays_on_the_form(recruiter: Client) -> None:
    bad = SimpleUploadedFile("x.xlsm", b"%PDF-1.7")
    answer = recruiter.post(reverse(ADD), {"kind": "candidates", "file": bad})
    assert (answer.status_code, "这不是表格文件" in answer.content.decode()) == (422, True)
    assert recruiter.post(reverse(ADD), {"kind": "candidates"}).status_code == 422
    assert Import.objects.count() == 0


def test_the_template_is_filled_in_and_read(recruiter: Client) -> None:
    answer = recruiter.get(reverse("admin:exchange_import_template", args=["candidates"]))
    (heading,) = [list(line.cells) for line in reading.lines(answer.content)]
    assert heading == ["姓名*", "电话", "邮箱", "招聘需求*", "来源", "计划入职日期", "语言", "其他联系方式"]
    assert recruiter.get(reverse("admin:exchange_import_template", args=["horses"])).status_code == 404


@pytest.mark.parametrize("who", ["onboarder", "trainer"])
def test_others_find_no_trace(who: str, recruiter: Client) -> None:
    send(recruiter, ["张三", "13800138000", "数据分析师"])
    recruiter.force_login(getattr(people, who)())
    pk = Import.objects.get().pk
    answers = {
        recruiter.get(reverse(name, args=args)).status_code
        for name, args in (
            ("admin:exchange_import_changelist", []),
            (ADD, []),
            ("admin:exchange_import_template", ["candidates"]),
            ("admin:exchange_import_refused", [pk]),
        )
    }
    assert answers <= {403, 404}
    for name in ("confirm", "undo", "match"):
        assert step(recruiter, name).status_code in (403, 404)
    assert Import.objects.get().state == "checking"
    other = people.recruiter()
    recruiter.force_login(other)
    assert recruiter.get(reverse("admin:exchange_import_refused", args=[pk])).status_code == 404
    assert step(recruiter, "confirm").status_code == 404
    assert ">名单.xlsx</a>" not in recruiter.get(reverse("admin:exchange_import_changelist")).content.decode()


def test_a_hundred_rows_at_a_time_and_as_many_queries(
    recruiter: Client, django_assert_max_num_queries: Any
) -> None:
    send(recruiter, *[[f"候选{n}", f"1380013{n:04}", "数据分析师"] for n in range(120)])
    work_off()
    with django_assert_max_num_queries(16):
        first = page(recruiter)
    assert first.count("<td>候选") == 100
    assert "候选119" in page(recruiter, "?fate=new&after=101")
    assert page(recruiter, "?fate=<script>&after=x").count("<td>候选") == 100


@pytest.mark.parametrize("of", ["candidate", "application"])
def test_the_lists_of_people_lead_to_the_import_for_whoever_may(recruiter: Client, of: str) -> None:
    address = reverse(f"admin:recruitment_{of}_changelist")
    link = f'href="{reverse(ADD)}?kind=candidates"'
    assert link in recruiter.get(address).content.decode()
    recruiter.force_login(people.trainer())
    assert link not in recruiter.get(address).content.decode()
