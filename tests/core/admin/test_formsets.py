"""Rows of an inline: they may swap, they are numbered by their order, and none stands twice."""

import pytest
from django.contrib import admin
from django.db.models import Deferrable, UniqueConstraint
from django.forms import DecimalField, FloatField
from django.forms.models import _get_foreign_key
from django.urls import reverse

from core.admin.fields import DecimalField as WrittenNumber
from core.admin.formsets import CheckedFormSet
from onboarding.models import OnboardingTemplate, TemplateStep
from recruitment.models import AdvanceRule, OpeningSkill, Question, Stage, WrittenTest
from tests.core.admin.pages import address_of, filled, saved
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_lead(client):
    client.force_login(people.lead())
    return client


def order_of(rows):
    return dict(rows.order_by("number").values_list("title", "number"))


def template(*kinds):
    found = OnboardingTemplate.objects.create(name="几步")
    for number, kind in enumerate(kinds, 1):
        TemplateStep.objects.create(
            template=found, number=number, kind=kind, title=f"步骤{number}", offset_working_days=-5
        )
    return found


def codes_of(answer, prefix, row):
    """The errors of one row of an inline, by field."""
    (formset,) = [
        inline.formset
        for inline in answer.context["inline_admin_formsets"]
        if inline.formset.prefix == prefix
    ]
    return {
        field: [error.code for error in errors]
        for field, errors in formset.forms[row].errors.as_data().items()
    }


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ({0: 2, 1: 1}, "213"),
        ({0: 3, 2: 1}, "321"),
        # A place that another has: before it on the way up, behind it on the way down.
        ({2: 1}, "312"),
        ({0: 3}, "231"),
        ({0: 2}, "213"),
        # Dragged by a script that counts from 0; a place that nobody has; none.
        ({0: 1, 1: 2, 2: 0}, "312"),
        ({0: 900}, "231"),
        ({0: ""}, "231"),
        ({0: -4, 1: "x"}, "132"),
    ],
)
def test_stages_stand_where_they_are_put(as_lead, typed, order):
    plan = make.plan(published=False).draft
    stages = list(plan.stages.order_by("number"))
    changes = {f"stages-{row}-number": number for row, number in typed.items()}
    assert saved(as_lead, plan, **changes).status_code == 302
    assert dict(Stage.objects.filter(version=plan).values_list("pk", "number")) == {
        stages[int(row) - 1].pk: place for place, row in enumerate(order, 1)
    }


def test_gaps_close(as_lead):
    plan = make.plan(published=False).draft
    Stage.objects.filter(version=plan, number=1).delete()
    assert saved(as_lead, plan).status_code == 302
    assert list(plan.stages.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_questions_swap(as_lead):
    stage = make.plan(published=False).draft.stages.get(number=2)
    one, two = stage.questions.order_by("number")
    assert saved(as_lead, stage, **{"questions-0-number": 2, "questions-1-number": 1}).status_code == 302
    assert dict(Question.objects.filter(stage=stage).values_list("pk", "number")) == {two.pk: 1, one.pk: 2}


def test_steps_of_a_template_swap_and_their_kinds_too(as_lead):
    found = template("first_day", "contract", "access")
    assert saved(as_lead, found, **{"steps-0-number": 2, "steps-1-number": 1}).status_code == 302
    assert order_of(found.steps) == {"步骤2": 1, "步骤1": 2, "步骤3": 3}
    # The first day goes to the row that is saved before the one that has it.
    changes = {"steps-0-kind": "first_day", "steps-1-kind": "contract"}
    assert saved(as_lead, found, **changes).status_code == 302
    assert dict(found.steps.values_list("title", "kind")) == {
        "步骤2": "first_day", "步骤1": "contract", "步骤3": "access"
    }  # fmt: skip
    answer = saved(as_lead, found, **{"steps-2-kind": "first_day"})
    assert codes_of(answer, "steps", 2) == {"__all__": ["duplicate_row"]}


def test_skills_of_an_opening_and_of_tests_swap(as_lead):
    opening = make.opening(skills={"excel": 3, "sql": 4})
    excel, sql = make.skill("excel"), make.skill("sql")
    rows = list(opening.skills.order_by("pk"))
    swap = {"skills-0-skill": rows[1].skill_id, "skills-1-skill": rows[0].skill_id}
    assert saved(as_lead, opening, **swap).status_code == 302
    assert dict(OpeningSkill.objects.values_list("skill__code", "required_level")) == {"excel": 4, "sql": 3}
    application = make.application(opening)
    for skill, score in ((excel, 60), (sql, 70)):
        WrittenTest.objects.create(application=application, skill=skill, score=score, taken_on="2026-11-02")
    swap = {"written_tests-0-skill": sql.pk, "written_tests-1-skill": excel.pk}
    assert saved(as_lead, application, **swap).status_code == 302
    assert dict(WrittenTest.objects.values_list("skill__code", "score")) == {"excel": 70, "sql": 60}


def test_a_row_deleted_and_one_added_in_its_place(as_lead):
    opening = make.opening(skills={"excel": 3})
    new = {
        "skills-TOTAL_FORMS": 2, "skills-0-DELETE": "on",
        "skills-1-skill": make.skill("excel").pk, "skills-1-required_level": 5,
    }  # fmt: skip
    assert saved(as_lead, opening, **new).status_code == 302
    assert list(opening.skills.values_list("skill__code", "required_level")) == [("excel", 5)]
    found = template("contract", "access")
    new = {
        "steps-TOTAL_FORMS": 3, "steps-0-DELETE": "on", "steps-2-number": 1, "steps-2-kind": "first_day",
        "steps-2-title": "报到", "steps-2-offset_working_days": 0, "steps-2-owner_role": "onboarding",
    }  # fmt: skip
    assert saved(as_lead, found, **new).status_code == 302
    assert order_of(found.steps) == {"报到": 1, "步骤2": 2}


def test_a_new_row_without_a_place_comes_last_and_a_place_alone_is_no_row(as_lead):
    found = template("contract", "access")
    new = {
        "steps-TOTAL_FORMS": 4, "steps-2-kind": "first_day", "steps-2-title": "报到",
        "steps-2-offset_working_days": 0, "steps-2-owner_role": "onboarding",
        "steps-3-number": 4, "steps-3-owner_role": "onboarding",
    }  # fmt: skip
    assert saved(as_lead, found, **new).status_code == 302
    assert order_of(found.steps) == {"步骤1": 1, "步骤2": 2, "报到": 3}


def test_a_skill_twice_is_refused_in_words_beside_its_row(as_lead):
    opening = make.opening(skills={"excel": 3, "sql": 4})
    rows = list(opening.skills.order_by("pk"))
    answer = saved(as_lead, opening, **{"skills-1-skill": rows[0].skill_id})
    assert codes_of(answer, "skills", 1) == {"skill": ["duplicate_row"]}
    assert set(opening.skills.values_list("skill__code", flat=True)) == {"excel", "sql"}


def test_a_row_that_somebody_else_made_meanwhile_is_no_server_error(as_lead):
    opening = make.opening(threshold=None)
    values = filled(as_lead.get(address_of(opening)))
    skill = make.skill("excel")
    OpeningSkill.objects.create(opening=opening, skill=skill, required_level=2)
    AdvanceRule.objects.create(opening=opening, threshold=70)
    values |= {
        "skills-TOTAL_FORMS": 1, "skills-0-skill": skill.pk, "skills-0-required_level": 4,
        "advance_rule-TOTAL_FORMS": 1, "advance_rule-0-threshold": 60,
        "advance_rule-0-second_round_within": 3,
    }  # fmt: skip
    answer = as_lead.post(address_of(opening), values)
    assert codes_of(answer, "advance_rule", 0)["__all__"] == ["row_exists"]
    assert codes_of(answer, "skills", 0) == {"skill": ["row_exists"]}
    assert opening.skills.get().required_level == 2


def test_a_number_typed_on_a_rows_own_page_is_refused_in_words(as_lead):
    plan = make.plan(published=False).draft
    values = {
        "plan": plan.pk, "number": 1, "title": "提问", "minutes": 5, "competencies": [make.competency().pk],
        "questions-TOTAL_FORMS": 0, "questions-INITIAL_FORMS": 0,
    }  # fmt: skip
    answer = as_lead.post(reverse("admin:recruitment_stage_add"), values)
    assert answer.context["adminform"].form.errors
    assert plan.stages.count() == 3


def test_every_inline_with_rows_told_apart_checks_them(rf):
    """The kind: an inline whose rows are unique within their page has the formset, and its rule can be deferred."""
    request = rf.get("/")
    request.user = people.lead(is_superuser=True, is_staff=True)
    wrong = []
    for page in admin.site._registry.values():
        for inline in page.get_inline_instances(request):
            if not inline.has_change_permission(request):
                continue
            key = _get_foreign_key(page.model, inline.model, inline.fk_name)
            rules = [
                rule
                for rule in inline.model._meta.constraints
                if isinstance(rule, UniqueConstraint) and key.name in rule.fields
            ]
            checked = issubclass(inline.formset, CheckedFormSet)
            swaps = all(rule.condition or rule.deferrable is Deferrable.DEFERRED for rule in rules)
            if (rules or key.unique) and not (checked and swaps):
                wrong.append(type(inline).__name__)
    assert wrong == []


def test_every_form_takes_numbers_as_people_write_them(rf):
    """1e2 is no threshold, nor a test's score or a course's hours: wherever a page asks for a decimal number."""
    request = rf.get("/")
    request.user = people.lead(is_superuser=True, is_staff=True)
    asked, wrong = set(), []
    for page in admin.site._registry.values():
        forms = [page.get_form(request)] if page.has_add_permission(request) else []
        forms += [each.get_formset(request).form for each in page.get_inline_instances(request)]
        forms += [step.form for step in getattr(page, "steps", ()) if step.form]
        for form in forms:
            for name, field in form.base_fields.items():
                if isinstance(field, DecimalField | FloatField):
                    asked.add(name)
                    if not isinstance(field, WrittenNumber):
                        wrong.append(f"{page.model._meta.label}: {name}")
    assert (wrong, {"threshold", "score", "hours"} - asked) == ([], set())
