"""Two people at one form: nothing is undone unseen, and both values are shown."""

import json
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from messaging.models import SmsConnection, WeComConnection
from notifications.models import WaitBeforeTelling, Wording
from onboarding.models import OnboardingTemplate
from people.models import CalendarDay, Department, SecondFactorRule
from people.services import calendar
from recruitment.models import (
    Competency,
    Experiment,
    LetterTemplate,
    Mailbox,
    Opening,
    OpeningSkill,
    Stage,
    StagePromise,
    Vendor,
)
from recruitment.offers.services import letter_templates
from tests.core.admin.pages import address_of, filled, shown_in_full
from tests.factories import people
from tests.factories import recruitment as make
from tests.factories import training as learn

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client):
    return people.lead(username="wang", name="王主管")


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


def opened(client, row) -> tuple[str, dict[str, Any]]:
    """The page of a row, and what it would send back."""
    return address_of(row), filled(client.get(address_of(row)))


def codes(errors) -> list[str]:
    return [error.code for error in errors]


def form_of(answer):
    return answer.context["adminform"].form


def formset_of(answer, prefix):
    (found,) = [
        each.formset for each in answer.context["inline_admin_formsets"] if each.formset.prefix == prefix
    ]
    return found


def _day():
    calendar.load_year(year=2026, by=people.lead())
    return CalendarDay.objects.get(date=date(2026, 10, 1))


def _stage():
    return make.plan(published=False).draft.stages.first()


def _wait():
    return WaitBeforeTelling.objects.first()


def _letter():
    letter_templates.ensure_one()
    return LetterTemplate.objects.get()


def _question():
    return _stage().questions.first()


# Every page with a form: a row of it, a field, what the other writes there, what I type.
PAGES: dict[str, tuple[Any, str, Any, Any]] = {
    "notifications.waitbeforetelling": (_wait, "hours", 7, 9),
    "notifications.wording": (
        lambda: Wording.objects.get(kind="completed", audience="candidate", language="zh-hans"),
        "text",
        "甲\n{{ candidate }}",
        "乙\n{{ candidate }}",
    ),
    "people.user": (lambda: people.recruiter(username="zhao", name="赵"), "name", "赵一", "赵二"),
    "people.department": (lambda: people.department("甲"), "name", "乙", "丙"),
    "people.employee": (people.employee, "position", "分析师", "经理"),
    "people.secondfactorrule": (SecondFactorRule.objects.get, "grace_days", 3, 5),
    "people.calendarday": (_day, "note", "甲", "乙"),
    "recruitment.opening": (make.opening, "headcount", 7, 5),
    "recruitment.stagepromise": (
        lambda: StagePromise.objects.create(stage="offer", within=3),
        "within",
        7,
        5,
    ),
    "recruitment.candidate": (make.candidate, "name", "李四", "王五"),
    "recruitment.interviewplan": (make.plan, "name", "甲", "乙"),
    "recruitment.planversion": (lambda: make.plan(published=False).draft, "resume_hours", 48, 24),
    "recruitment.stage": (_stage, "minutes", 7, 9),
    "recruitment.question": (_question, "text", "甲?", "乙?"),
    "recruitment.competency": (make.competency, "name", "甲", "乙"),
    "recruitment.skill": (make.skill, "name", "甲", "乙"),
    "messaging.wecomconnection": (
        lambda: WeComConnection.objects.create(corp_id="甲", agent_id=1),
        "corp_id",
        "乙",
        "丙",
    ),
    "messaging.smsconnection": (
        lambda: SmsConnection.objects.create(provider="aliyun", key_id="k", signature="甲"),
        "signature",
        "乙",
        "丙",
    ),
    "recruitment.lettertemplate": (_letter, "name", "甲", "乙"),
    "recruitment.mailbox": (
        lambda: Mailbox.objects.create(name="甲", host="imap.example.com", account="jobs@example.com"),
        "name",
        "乙",
        "丙",
    ),
    "recruitment.experiment": (
        lambda: Experiment.objects.create(name="甲", subject="guide", leaves_out=True),
        "name",
        "乙",
        "丙",
    ),
    "recruitment.vendor": (lambda: Vendor.objects.create(code="v", name="甲"), "name", "乙", "丙"),
    "onboarding.onboardingtemplate": (
        lambda: OnboardingTemplate.objects.create(name="甲"),
        "name",
        "乙",
        "丙",
    ),
    "training.course": (learn.course, "title", "甲", "乙"),
}
# An application's own fields move by steps; its page keeps evidence in rows.
ROWS_ONLY = {"recruitment.application"}
# Machinery below the product: the library's own pages.
OTHERS = {"django_q"}


def test_every_page_that_can_be_edited_is_walked_below(rf):
    request = rf.get("/")
    request.user = people.lead(is_superuser=True, is_staff=True)
    found = {
        model._meta.label_lower
        for model, page in admin.site._registry.items()
        if page.has_change_permission(request) and model._meta.app_label not in OTHERS
    }
    assert found == set(PAGES) | ROWS_ONLY


@pytest.mark.parametrize("label", sorted(PAGES))
def test_no_page_undoes_what_somebody_else_saved(client, label):
    client.force_login(people.lead(is_superuser=True, is_staff=True))
    make_row, field, theirs, mine = PAGES[label]
    row = make_row()
    rows = type(row)._default_manager.filter(pk=row.pk)
    address, values = opened(client, row)
    rows.update(**{field: theirs})
    answer = client.post(address, {**values, field: mine})
    assert answer.status_code == 200
    (error,) = form_of(answer).errors.as_data()[field]
    assert (error.code, str(theirs) in error.messages[0], str(mine) in error.messages[0]) == (
        "changed_meanwhile", True, True
    )  # fmt: skip
    assert rows.values_list(field, flat=True).get() == theirs
    # Mine, after both were seen.
    assert client.post(address, filled(answer)).status_code == 302
    assert rows.values_list(field, flat=True).get() == mine


def test_theirs_can_be_taken(as_lead):
    opening = make.opening()
    address, values = opened(as_lead, opening)
    Opening.objects.filter(pk=opening.pk).update(headcount=7)
    answer = as_lead.post(address, {**values, "headcount": 5, "title": "高级分析师"})
    assert 'name="_theirs" value="headcount"' in answer.content.decode()
    again = {**filled(answer), "headcount": 5, "_theirs": "headcount"}
    assert as_lead.post(address, again).status_code == 302
    opening.refresh_from_db()
    assert (opening.headcount, opening.title) == (7, "高级分析师")


def test_what_the_other_alone_changed_is_shown_and_kept(as_lead):
    opening = make.opening(skills={"excel": 3})
    address, values = opened(as_lead, opening)
    colleague = people.recruiter(name="陈同事")
    Opening.objects.filter(pk=opening.pk).update(headcount=7, specialist=colleague)
    answer = as_lead.post(address, {**values, "title": "高级分析师"})
    assert codes(form_of(answer).errors.as_data()["__all__"]) == ["changed_meanwhile"] * 3
    assert "陈同事" in "".join(form_of(answer).non_field_errors())
    opening.refresh_from_db()
    assert (opening.headcount, opening.specialist, opening.title) == (7, colleague, values["title"])
    again = filled(answer)
    assert (again["title"], int(again["headcount"])) == ("高级分析师", 7)
    assert as_lead.post(address, again).status_code == 302
    opening.refresh_from_db()
    assert (opening.headcount, opening.specialist, opening.title) == (7, colleague, "高级分析师")


def test_a_third_save_between_the_two_looks_is_seen_too(as_lead):
    opening = make.opening()
    address, values = opened(as_lead, opening)
    Opening.objects.filter(pk=opening.pk).update(headcount=7)
    answer = as_lead.post(address, {**values, "headcount": 5})
    Opening.objects.filter(pk=opening.pk).update(headcount=9)
    answer = as_lead.post(address, filled(answer))
    assert codes(form_of(answer).errors.as_data()["headcount"]) == ["changed_meanwhile"]
    assert Opening.objects.get(pk=opening.pk).headcount == 9


def test_the_same_change_twice_and_an_untouched_row_are_no_conflict(as_lead):
    opening = make.opening(skills={"excel": 3})
    address, values = opened(as_lead, opening)
    assert as_lead.post(address, values).status_code == 302
    Opening.objects.filter(pk=opening.pk).update(headcount=7)
    assert as_lead.post(address, {**values, "headcount": 7}).status_code == 302


def test_the_earlier_save_is_named_with_who_and_when(client, lead):
    client.force_login(lead)
    department = people.department("甲")
    address, values = opened(client, department)
    client.force_login(people.lead(username="li", name="李主管"))
    assert client.post(address, {**values, "name": "乙"}).status_code == 302
    client.force_login(lead)
    answer = client.post(address, {**values, "name": "丙"})
    assert "，李主管于 " in form_of(answer).non_field_errors()[0]
    assert Department.objects.get(pk=department.pk).name == "乙"
    # A change that no page made has no name; an older save of a page is not blamed for it.
    address, values = opened(client, department)
    Department.objects.filter(pk=department.pk).update(name="丁")
    answer = client.post(address, {**values, "name": "丙"})
    assert "主管" not in form_of(answer).non_field_errors()[0]


def test_rows_of_an_inline_are_held_to_it_too(as_lead):
    opening = make.opening(skills={"excel": 3})
    row = opening.skills.get()
    address, values = opened(as_lead, opening)
    OpeningSkill.objects.filter(pk=row.pk).update(required_level=5)
    answer = as_lead.post(address, {**values, "skills-0-required_level": 4})
    errors = formset_of(answer, "skills").forms[0].errors.as_data()
    assert codes(errors["required_level"]) == codes(errors["__all__"]) == ["changed_meanwhile"]
    assert OpeningSkill.objects.get(pk=row.pk).required_level == 5
    taken = {**filled(answer), "_theirs": "skills-0-required_level"}
    assert as_lead.post(address, taken).status_code == 302
    assert OpeningSkill.objects.get(pk=row.pk).required_level == 5
    # The row that the other changed and I delete: said once, then done.
    address, values = opened(as_lead, opening)
    OpeningSkill.objects.filter(pk=row.pk).update(required_level=2)
    answer = as_lead.post(address, {**values, "skills-0-DELETE": "on"})
    assert codes(formset_of(answer, "skills").non_form_errors().as_data()).count("changed_meanwhile") == 2
    assert OpeningSkill.objects.filter(pk=row.pk).exists()
    assert as_lead.post(address, {**filled(answer), "skills-0-DELETE": "on"}).status_code == 302
    assert not OpeningSkill.objects.filter(pk=row.pk).exists()


def test_evidence_of_an_application_is_held_to_it(as_lead):
    application = make.application()
    test = make.written_test(application)
    address, values = opened(as_lead, application)
    type(test).objects.filter(pk=test.pk).update(score=90)
    answer = as_lead.post(address, {**values, "written_tests-0-score": "40"})
    assert "changed_meanwhile" in codes(
        formset_of(answer, "written_tests").forms[0].errors.as_data()["score"]
    )
    test.refresh_from_db()
    assert test.score == 90


def test_a_row_that_somebody_deleted_meanwhile_does_not_come_back(as_lead):
    plan = make.plan(published=False).draft
    address, values = opened(as_lead, plan)
    Stage.objects.filter(version=plan, number=3).delete()
    answer = as_lead.post(address, {**values, "stages-0-title": "开场"})
    assert codes(formset_of(answer, "stages").non_form_errors().as_data()) == ["changed_meanwhile"]
    assert Stage.objects.filter(version=plan, title="开场").count() == 0
    assert as_lead.post(address, filled(answer)).status_code == 302
    assert list(plan.stages.order_by("number").values_list("title", flat=True)) == ["开场", "专业问题"]


@pytest.mark.parametrize(
    "carried", ["", "no json", "[]", '{"": 3}', '{"": {"headcount": null}, "@": {"at": "x"}}']
)
def test_marks_that_are_none_hold_nobody_up(as_lead, carried):
    opening = make.opening()
    address, values = opened(as_lead, opening)
    assert as_lead.post(address, {**values, "_opened_with": carried}).status_code == 302


def test_a_page_carries_marks_and_no_values(as_lead):
    candidate = make.candidate("王小明")
    shown_in_full(as_lead, candidate)
    _address, values = opened(as_lead, candidate)
    assert "王小明" not in values["_opened_with"]
    assert set(json.loads(values["_opened_with"])[""]) == {
        "name", "phone", "email", "other_contacts", "language"
    }  # fmt: skip


def test_a_new_record_carries_none(as_lead):
    page = as_lead.get(reverse("admin:recruitment_competency_add"))
    assert "_opened_with" not in page.content.decode()
    assert not Competency.objects.exists()
