"""Every page's history in sentences, and how a record stood on a day; for whom the page is, and nobody else."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from core.history import past
from core.history.context import acting, because
from core.history.models import Change
from people.models import User
from recruitment.admin.candidates import CandidateAdmin
from recruitment.models import Application, Candidate, OpeningSkill
from tests.factories import people
from tests.factories import recruitment as make
from tests.hrsuite.api import story
from training.models import TrainingPlan

pytestmark = pytest.mark.django_db


def address(row: Any, **asked: str) -> str:
    found = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_history", args=[row.pk])
    return found + ("?" + "&".join(f"{name}={value}" for name, value in asked.items()) if asked else "")


@pytest.fixture
def lead(client: Client) -> Any:
    person = people.lead(name="王敏")
    client.force_login(person)
    return person


def dated_back(**ago: float) -> None:
    """All that was written until now was written earlier."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL hrsuite.history_open = 'on'")
        cursor.execute("UPDATE history_change SET at = at - %s", [timedelta(**ago)])
        cursor.execute("SET LOCAL hrsuite.history_open = 'off'")


def test_a_change_is_a_sentence_with_its_person_place_and_reason(lead: Any, client: Client) -> None:
    row = make.application(planned_start=date(2026, 12, 1))
    source = f"page:/admin/recruitment/application/{row.pk}/steps/reject/"
    with acting(source=source, by=lead.pk), because("部门推迟了项目"):
        Application.objects.filter(pk=row.pk).update(planned_start=date(2026, 12, 8))
    page = client.get(address(row)).content.decode()
    field = Application._meta.get_field("planned_start").verbose_name
    assert f"王敏 把“{field}”从 2026-12-01 改为 2026-12-08" in page
    assert "原因：部门推迟了项目" in page and "通过操作“" in page
    with translation.override("en"):
        client.cookies["django_language"] = "en"
        page = client.get(address(row)).content.decode()
    assert "王敏 changed “planned start” from 2026-12-01 to 2026-12-08" in page
    assert "Reason: 部门推迟了项目" in page


def test_a_step_taken_on_its_page_tells_who_and_why(lead: Any, client: Client) -> None:
    row = make.application(stage="screening")
    answer = client.post(
        reverse("admin:recruitment_application_step", args=[row.pk, "reject"]),
        {"reason": "技能与岗位不符", "end_reason": "skills"},
    )
    if answer.status_code == 422:
        pytest.fail(str(answer.context["form"].errors))
    page = client.get(address(row)).content.decode()
    assert "王敏 把" in page and "原因：技能与岗位不符" in page
    assert Change.objects.filter(model="recruitment.application", object_id=str(row.pk), by=lead).exists()


def test_parts_of_a_page_are_told_with_it_also_those_that_are_gone(lead: Any, client: Client) -> None:
    opening = make.opening()
    with acting(
        source=f"page:{reverse('admin:recruitment_opening_pipeline', args=[opening.pk])}", by=lead.pk
    ):
        part = OpeningSkill.objects.filter(opening=opening).first() or OpeningSkill.objects.create(
            opening=opening, skill=make.skill(), required_level=2
        )
        OpeningSkill.objects.filter(pk=part.pk).update(required_level=5)
        OpeningSkill.objects.filter(pk=part.pk).delete()
    entries = client.get(address(opening)).context["entries"]
    said = [sentence for entry in entries for sentence in entry.sentences]
    # Every page of a kind of record is said by its name, never by its address.
    assert [entry.where for entry in entries if entry.where.startswith("/")] == []
    kind = OpeningSkill._meta.verbose_name
    assert [sentence for sentence in said if sentence.startswith("王敏 删除了" + str(kind))] != []


def test_one_of_several_is_told_by_its_own_name(lead: Any, client: Client) -> None:
    opening = make.opening()
    stays, goes = people.recruiter(username="gao", name="高远"), people.recruiter(username="he", name="何芳")
    opening.interviewers.add(stays, goes)
    opening.interviewers.remove(goes)
    page = client.get(address(opening)).content.decode()
    assert page.count("添加了面试官“高远”") == 1
    assert page.count("删除了面试官“何芳”") == 1
    assert "关系" not in page


def test_as_of_a_day_every_change_since_is_taken_back(lead: Any, client: Client) -> None:
    row = make.application(planned_start=date(2026, 12, 1))
    dated_back(days=10)
    Application.objects.filter(pk=row.pk).update(planned_start=date(2026, 12, 8))
    dated_back(days=5)
    Application.objects.filter(pk=row.pk).update(planned_start=None)
    today = timezone.localdate()

    def then(days: int) -> Any:
        found = past.as_of(Application, row.pk, timezone.now() - timedelta(days=days))
        return found and found["planned_start"]

    assert (then(0), then(1), then(7), then(20)) == (None, "2026-12-08", "2026-12-01", None)
    page = client.get(address(row, on=(today - timedelta(days=7)).isoformat()))
    field = Application._meta.get_field("planned_start").verbose_name
    assert [(line.then, line.now) for line in page.context["lines"] if line.label == field] == [
        ("2026-12-01", "（空）")
    ]
    assert "当时还没有这条记录" in client.get(address(row, on="2020-01-01")).content.decode()
    assert "日期无效" in client.get(address(row, on="2026-13-45")).content.decode()


def test_what_a_page_hides_its_history_hides(
    lead: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make.candidate(phone="+8613900000001")
    Candidate.objects.filter(pk=row.pk).update(phone="+8613900000002")
    assert "139****0001" in client.get(address(row)).content.decode()
    monkeypatch.setattr(CandidateAdmin, "hides", ("phone",))
    for asked in ({}, {"on": timezone.localdate().isoformat()}):
        page = client.get(address(row, **asked)).content.decode()
        assert "139****000" not in page and "1390000000" not in page and "•••" in page


def test_who_may_not_see_the_page_may_not_read_its_history(client: Client) -> None:
    row = make.application()
    manager = people.manager()
    client.force_login(manager)
    assert client.get(address(row)).status_code in (302, 403, 404)
    client.logout()
    assert client.get(address(row)).status_code == 302
    client.force_login(people.lead())
    assert client.get(reverse("admin:recruitment_application_history", args=[10**9])).status_code == 302


def test_a_long_history_is_read_page_by_page_with_the_same_number_of_queries(
    lead: Any, client: Client
) -> None:
    row = make.application()

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(row)).status_code == 200
        return len(queries)

    with acting(source="job:n1", by=people.user().pk):
        Application.objects.filter(pk=row.pk).update(planned_start=date(2027, 1, 1))
    asked()
    few = asked()
    for day in range(2, 29):
        with acting(source=f"job:n{day}", by=people.user().pk):
            Application.objects.filter(pk=row.pk).update(planned_start=date(2027, 1, day))
            Application.objects.filter(pk=row.pk).update(planned_start=date(2027, 2, day))
    page = client.get(address(row))
    assert asked() == few
    assert len([s for e in page.context["entries"] for s in e.sentences]) == 50
    rest = client.get(address(row, before=str(page.context["earlier"])))
    assert [s for e in rest.context["entries"] for s in e.sentences][-1].endswith("新建了这条记录")


@pytest.mark.usefixtures("lead")
def test_a_history_speaks_in_words_and_leaves_out_what_the_program_notes_for_itself(client: Client) -> None:
    opening = make.opening()
    skill = OpeningSkill.objects.create(opening=opening, skill=make.skill(), required_level=2)
    colleague = people.recruiter(name="高远")
    User.objects.filter(pk=colleague.pk).update(roles=["lead", "training"])
    User.objects.filter(pk=colleague.pk).update(sessions_ended=7)
    OpeningSkill.objects.filter(pk=skill.pk).update(required_level=5)

    def read(row: Any) -> tuple[list[str], dict[str, str]]:
        found = client.get(address(row, on=timezone.localdate().isoformat())).context
        said = [sentence for entry in found["entries"] for sentence in entry.sentences]
        return said, {line.label: line.now for line in found["lines"]}

    said, lines = read(colleague)
    assert any("改为 HR 负责人、培训专员" in sentence for sentence in said)
    assert lines["角色"] == "HR 负责人、培训专员"
    assert not {"Search key", "search key", "Sessions ended", "sessions ended"} & set(lines)
    assert any(sentence.endswith("修改了系统自用的数据") for sentence in said)
    said, lines = read(opening)
    assert any(re.search("把所需技能“[^“]+”的“[^“]+”从 2 改为 5", sentence) for sentence in said)
    client.cookies["django_language"] = "en"
    _said, lines = read(opening)
    assert {"Headcount", "Place of work"} <= set(lines)


def test_what_is_a_list_of_things_is_told_shortly(client: Client) -> None:
    """A plan's items rest on evidence: a list with a name, a figure and a source each."""
    told = story.left()
    client.force_login(people.lead(is_superuser=True))
    plan = TrainingPlan.objects.get(application=told.application)
    page = client.get(reverse("admin:training_trainingplan_history", args=[plan.pk]))
    assert page.status_code == 200
    assert page.text.count("<li") > 0
