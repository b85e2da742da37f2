"""The log of who looked at what and took what away, as the lead reads it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.history.models import Look, LookKind
from people.enums import Role
from tests.factories import people, recruitment

pytestmark = pytest.mark.django_db
LOG = reverse("admin:history_look_changelist")
CANDIDATES = "admin:recruitment_candidate"


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def rows(client: Client, query: str = "") -> list[list[str]]:
    """What stands in the list, row by row, without the time."""
    changes = client.get(LOG + query).context["cl"]
    page = changes.model_admin
    return [
        [str(getattr(page, name)(row)) for name in ("who", "way", "record", "how_many", "columns", "reason")]
        for row in changes.result_list
    ]  # fmt: skip


@pytest.fixture
def scene() -> Any:
    """A recruiter opened one candidate, took the list away, saw a number in full; a trainer took a report."""
    recruiter = people.recruiter(name="李招聘", username="li")
    candidate = recruitment.candidate("张三", phone="13800138000")
    client = signed_in(recruiter)
    client.get(reverse(f"{CANDIDATES}_change", args=[candidate.pk]))
    client.post(reverse(f"{CANDIDATES}_export") + "?q=张三", {"format": "csv"})
    Look.objects.create(
        by_id=recruiter.pk, kind=LookKind.CONTACT, model="recruitment.candidate",
        object_id=str(candidate.pk), facts={"why": "call"},
    )  # fmt: skip
    trainer = people.trainer(name="王培训", username="wang")
    assert signed_in(trainer).get("/api/v1/reports/efficiency.xlsx").status_code == 200
    return candidate


def test_the_lead_reads_who_what_how_many_which_columns_and_why(scene: Any) -> None:
    lead = signed_in(people.lead())
    link = f'<a href="/admin/recruitment/candidate/{scene.pk}/change/">候选人“张三”</a>'
    report = rows(lead)[0]
    assert (report[0], report[1], report[2], report[4]) == ("王培训", "导出 · xlsx", "招聘效率", "None")
    assert rows(lead)[1:] == [
        ["李招聘", "完整联系方式", link, "None", "None", "与本人联系"],
        ["李招聘", "导出 · csv", "候选人", "1", "姓名、电话、邮箱、应聘、最新阶段、标签、创建时间", "None"],
        ["李招聘", "页面", link, "None", "None", "None"],
    ]


def test_exports_stand_by_themselves_and_a_page_says_how_the_list_was_narrowed(scene: Any) -> None:
    lead = signed_in(people.lead())
    assert [row[2] for row in rows(lead, "?kind__exact=export")] == ["招聘效率", "候选人"]
    who = Look.objects.get(kind=LookKind.CONTACT).by_id
    assert len(rows(lead, f"?by__id__exact={who}")) == 3
    assert len(rows(lead, "?q=王培训")) == 1
    taken = Look.objects.get(kind=LookKind.EXPORT, model="recruitment.candidate")
    page = lead.get(reverse("admin:history_look_change", args=[taken.pk])).content.decode()
    for said in ("csv", "搜索词", "姓名、电话、邮箱"):
        assert said in page
    assert "张三" not in page, "what was looked for is not kept"
    seen = Look.objects.filter(kind=LookKind.CONTACT).get()
    assert "“张三”" in lead.get(reverse("admin:history_look_change", args=[seen.pk])).content.decode()


def test_nobody_but_the_lead_reads_it(scene: Any) -> None:
    others = [people.recruiter, people.trainer, people.manager, lambda: people.user(Role.ADMINISTRATOR)]
    assert {signed_in(make()).get(LOG).status_code for make in others} <= {302, 403}
    lead, one = signed_in(people.lead()), Look.objects.latest("pk")
    lead.post(LOG, {"action": "delete_selected", "_selected_action": one.pk, "post": "yes"})
    assert lead.post(reverse("admin:history_look_delete", args=[one.pk]), {"post": "yes"}).status_code == 403
    assert Look.objects.count() == 4


def test_the_log_asks_as_often_however_long_it_is(scene: Any) -> None:
    lead = signed_in(people.lead())

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert lead.get(LOG).status_code == 200
        return len(queries)

    asked()
    few = asked()
    for name in ("李四", "王五"):
        other = recruitment.candidate(name)
        lead.get(reverse(f"{CANDIDATES}_change", args=[other.pk]))
    assert asked() == few
