"""What people keep by hand: openings with their rule, plans with questions and points."""

import pytest
from django.urls import reverse

from people.models import User
from recruitment.models import (
    AdvanceRule,
    InterviewPlan,
    MentionPoint,
    Opening,
    Question,
    Stage,
)
from recruitment.services import plans
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def opening_values(**changes) -> dict:
    values = {
        "title": "数据分析师",
        "department": people.department().pk,
        "headcount": 2,
        "target_month": "2026-12-15",
        "interview_plan": make.plan().pk,
        "specialist": people.recruiter().pk,
        "state": "open",
        "richest_medium": "audio",
        "recording_days": 30,
        "managers_see_recordings": "on",
        "skills-TOTAL_FORMS": 1,
        "skills-INITIAL_FORMS": 0,
        "skills-0-skill": make.skill().pk,
        "skills-0-required_level": 4,
        "advance_rule-TOTAL_FORMS": 1,
        "advance_rule-INITIAL_FORMS": 0,
        "advance_rule-0-threshold": "80",
        "advance_rule-0-second_round_within": 3,
        "stage_promises-TOTAL_FORMS": 1,
        "stage_promises-INITIAL_FORMS": 0,
        "stage_promises-0-stage": "screening",
        "stage_promises-0-within": 5,
    }
    return values | changes


def test_an_opening_is_made_with_its_skills_and_rule(as_hr):
    assert as_hr.post(reverse("admin:recruitment_opening_add"), opening_values()).status_code == 302
    opening = Opening.objects.get()
    assert (
        str(opening.target_month),
        opening.skills.get().required_level,
        opening.advance_rule.threshold,
    ) == (
        "2026-12-01",
        4,
        80,
    )
    assert list(opening.stage_promises.values_list("stage", "within")) == [("screening", 5)]


def test_an_opening_has_its_texts_in_english_where_somebody_writes_them(as_hr):
    english = {"title_en": "Data analyst", "location_en": "Shanghai", "description_en": "Tidy data."}
    values = opening_values(**english)
    assert as_hr.post(reverse("admin:recruitment_opening_add"), values).status_code == 302
    assert Opening.objects.values(*english).get() == english
    make.opening(title="出纳")
    listed = reverse("admin:recruitment_opening_changelist")
    found = {
        (language, asked): [
            word
            for word in ("数据分析师", "Data analyst", "出纳")
            if f">{word}</a>" in as_hr.get(listed, {"q": asked}, headers={"accept-language": language}).text
        ]
        for language in ("zh-hans", "en")
        for asked in ("", "analyst", "分析")
    }
    assert found == {
        ("zh-hans", ""): ["数据分析师", "出纳"],
        ("zh-hans", "analyst"): ["数据分析师"],
        ("zh-hans", "分析"): ["数据分析师"],
        ("en", ""): ["Data analyst", "出纳"],
        ("en", "analyst"): ["Data analyst"],
        ("en", "分析"): ["Data analyst"],
    }


@pytest.mark.parametrize(
    ("threshold", "code"),
    [
        ("0", "threshold_not_positive"),
        ("-5", "threshold_not_positive"),
        ("100.01", "threshold_out_of_reach"),
        ("1000", None),
        ("0.8", "threshold_is_a_fraction"),
        ("eighty", "invalid"),
        ("NaN", "invalid"),
        ("1e2", "invalid"),
        ("8_0", "invalid"),
        ("", "required"),
    ],
)
def test_a_threshold_without_sense_is_refused_and_nothing_is_half_made(as_hr, threshold, code):
    values = opening_values(**{"advance_rule-0-threshold": threshold})
    answer = as_hr.post(reverse("admin:recruitment_opening_add"), values)
    assert answer.status_code == 200
    form = answer.context["inline_admin_formsets"][1].formset.forms[0]
    codes = {error.code for error in form.errors.as_data()["threshold"]}
    assert code is None or code in codes
    assert (Opening.objects.count(), AdvanceRule.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"headcount": 0},
        {"headcount": -1},
        {"target_month": "2026-13-01"},
        {"skills-0-required_level": 6},
        {"advance_rule-0-second_round_within": 0},
        {"advance_rule-0-second_round_within": 31},
        {"title": ""},
        {"richest_medium": "hologram"},
        {"recording_days": ""},
    ],
)
def test_an_opening_without_sense_is_refused(as_hr, changes):
    assert as_hr.post(reverse("admin:recruitment_opening_add"), opening_values(**changes)).status_code == 200
    assert Opening.objects.count() == 0


def begins_with(client) -> tuple[object, object]:
    form = client.get(reverse("admin:recruitment_opening_add")).context["adminform"].form
    return form.initial.get("specialist"), form.initial.get("interview_plan")


def test_a_new_opening_begins_with_who_makes_it_and_the_plan_they_took_last(client):
    mine, lead = people.recruiter(), people.lead()
    client.force_login(mine)
    assert begins_with(client) == (mine.pk, None)
    published, used, theirs = make.plan("甲", published=False), make.plan("乙"), make.plan("丙")
    make.opening(interview_plan=theirs)
    plans.publish(version_id=published.draft.pk, by=mine)
    assert begins_with(client) == (mine.pk, published.pk)
    make.opening(interview_plan=used, specialist=mine)
    assert begins_with(client) == (mine.pk, used.pk)
    client.force_login(lead)
    assert begins_with(client) == (None, None)


def test_a_new_opening_leads_to_its_own_page_and_what_comes_next(as_hr):
    answer = as_hr.post(reverse("admin:recruitment_opening_add"), opening_values(), follow=True)
    assert answer.redirect_chain[0][0] == reverse(
        "admin:recruitment_opening_change", args=[Opening.objects.get().pk]
    )
    page = answer.content.decode()
    assert all(
        f'href="#{one}"' in page and f'id="{one}"' in page for one in ("panel-public-page", "panel-apply")
    )
    assert f"{reverse('admin:exchange_import_add')}?kind=candidates" in page


def test_the_list_publishes_an_openings_page_and_gives_its_address(as_hr, client):
    opening, closed = make.opening(), make.opening(state="closed")
    list_url = reverse("admin:recruitment_opening_changelist")
    publish = reverse("admin:recruitment_opening_step", args=[opening.pk, "publish"])
    page = as_hr.get(list_url).content.decode()
    assert f'formaction="{publish}"' in page
    assert f"{closed.pk}/steps/publish" not in page
    as_hr.post(publish)
    opening.refresh_from_db()
    address = reverse("intake:apply", args=[opening.apply_slug])
    page = as_hr.get(list_url).content.decode()
    assert f'data-copy="{address}"' in page and publish not in page
    client.force_login(people.onboarder())
    assert address not in client.get(list_url).content.decode()


def test_an_opening_says_where_what_and_with_whom_on_one_form(as_hr, client):
    first, second = people.manager(username="i1"), people.manager(username="i2")
    said = {"location": "上海·张江", "description": "每周两次例会。\n<b>熟悉</b> SQL。"}
    values = opening_values(**said, interviewers=[first.pk, second.pk])
    assert as_hr.post(reverse("admin:recruitment_opening_add"), values).status_code == 302
    opening = Opening.objects.get()
    assert {name: getattr(opening, name) for name in said} == said
    assert set(opening.interviewers.all()) == {first, second}
    # They are proposed for a round; whoever has left is not, and may stand on the opening all the same.
    User.objects.filter(pk=second.pk).update(is_active=False)
    application = make.application(opening, stage="second_round")
    asks = as_hr.get(reverse("admin:recruitment_application_step", args=[application.pk, "plan-round"]))
    assert asks.context["form"].fields["interviewers"].initial == [first.pk]
    page = reverse("admin:recruitment_opening_change", args=[opening.pk])
    form = as_hr.get(page).context["adminform"].form
    assert form.initial["interviewers"] == [first, second]
    # The public page says it, as text.
    Opening.objects.filter(pk=opening.pk).update(apply_slug="werbung")
    client.logout()
    public = client.get(reverse("intake:apply", args=["werbung"])).content.decode()
    assert "上海·张江" in public
    assert "&lt;b&gt;熟悉&lt;/b&gt; SQL。" in public


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"location": "长" * 121}, "location", "max_length"),
        ({"description": "长" * 5_001}, "description", "max_length"),
        ({"interviewers": ["999999"]}, "interviewers", "invalid_choice"),
    ],
)
def test_what_an_opening_says_has_its_bounds(as_hr, changes, field, code):
    answer = as_hr.post(reverse("admin:recruitment_opening_add"), opening_values(**changes))
    assert answer.context["adminform"].form.errors.as_data()[field][0].code == code
    assert Opening.objects.count() == 0


def test_who_cannot_hold_a_round_is_no_interviewer_of_an_opening(as_hr):
    left = people.manager(username="left", is_active=False)
    answer = as_hr.post(reverse("admin:recruitment_opening_add"), opening_values(interviewers=[left.pk]))
    found = answer.context["adminform"].form.errors.as_data()["interviewers"][0]
    assert (found.code, Opening.objects.count()) == ("interviewer_unknown", 0)


def test_the_specialist_is_somebody_who_can_call(as_hr):
    values = opening_values(specialist=people.manager().pk)
    answer = as_hr.post(reverse("admin:recruitment_opening_add"), values)
    assert answer.context["adminform"].form.errors.as_data()["specialist"][0].code == "specialist_not_hr"
    assert Opening.objects.count() == 0


def test_a_plan_is_made_with_stages_then_questions_then_points(as_hr):
    communication = make.competency("communication")
    made = as_hr.post(reverse("admin:recruitment_interviewplan_add"), {"name": "数据岗"})
    draft = InterviewPlan.objects.get().draft
    page = reverse("admin:recruitment_planversion_change", args=[draft.pk])
    whole = reverse("admin:recruitment_planversion_page", args=[draft.pk])
    assert (made.status_code, made["Location"], draft.number) == (302, whole, 1)
    as_hr.post(
        page,
        {
            "notes": "",
            "resume_hours": 72,
            "read_aloud": "off",
            "stages-TOTAL_FORMS": 1,
            "stages-INITIAL_FORMS": 0,
            "stages-0-number": 1,
            "stages-0-title": "自我介绍",
            "stages-0-minutes": 5,
            "stages-0-competencies": [communication.pk],
            "levels-TOTAL_FORMS": 2,
            "levels-INITIAL_FORMS": 0,
            "levels-0-competency": communication.pk,
            "levels-0-level": 5,
            "levels-0-anchor": "先说结论，再举例。",
        },
    )
    stage = Stage.objects.get(version=draft)
    assert list(draft.levels.values_list("level", "anchor")) == [(5, "先说结论，再举例。")]
    as_hr.post(
        reverse("admin:recruitment_stage_change", args=[stage.pk]),
        {
            "title": "自我介绍",
            "minutes": 5,
            "competencies": [communication.pk],
            "questions-TOTAL_FORMS": 1,
            "questions-INITIAL_FORMS": 0,
            "questions-0-number": 1,
            "questions-0-text": "请介绍一下你自己。",
            "questions-0-kind": "text",
            "questions-0-prepare_seconds": "20",
        },
    )
    question = Question.objects.get(stage=stage)
    assert (question.prepare_seconds, question.answer_seconds) == (20, None)
    values = {
        "stage": stage.pk,
        "number": 1,
        "text": question.text,
        "kind": "text",
        "mention_points-TOTAL_FORMS": 1,
        "mention_points-INITIAL_FORMS": 0,
        "mention_points-0-label": "职责",
        "mention_points-0-competency": communication.pk,
        "mention_points-0-weight": 1,
    }
    address = reverse("admin:recruitment_question_change", args=[question.pk])
    assert as_hr.post(address, {**values, "mention_points-0-wordings": " , "}).status_code == 200
    assert MentionPoint.objects.count() == 0
    assert as_hr.post(address, {**values, "mention_points-0-wordings": "负责, 主导,负责"}).status_code == 302
    assert MentionPoint.objects.get().wordings == ["负责", "主导"]


@pytest.mark.parametrize(
    "typed", ["数据，图表、透视表；函数", "数据\r\n图表\r\n透视表\r\n函数", "数据,图表;透视表,　函数,"]
)
def test_a_list_of_wordings_is_parted_however_it_is_typed(as_hr, typed):
    question = make.plan(published=False).draft.stages.get(number=1).questions.get()
    question.mention_points.all().delete()
    point = {"label": "工具", "competency": make.competency().pk, "weight": 1, "wordings": typed}
    values = question_values(question) | {"mention_points-TOTAL_FORMS": 1}
    values |= {f"mention_points-0-{name}": value for name, value in point.items()}
    address = reverse("admin:recruitment_question_change", args=[question.pk])
    assert as_hr.post(address, values).status_code == 302
    assert MentionPoint.objects.get(question=question).wordings == ["数据", "图表", "透视表", "函数"]
    page = as_hr.get(address).content.decode()
    assert "数据，图表，透视表，函数" in page
    assert "core/tags" in page


def test_wordings_stored_in_one_are_parted_by_the_model_too():
    question = make.plan(published=False).draft.stages.get(number=1).questions.get()
    point = MentionPoint.objects.create(
        question=question, competency=make.competency(), label="工具", wordings=["数据，图表", "函数"]
    )
    assert point.wordings == ["数据", "图表", "函数"]


def test_a_wording_too_long_is_named(as_hr):
    question = make.plan(published=False).draft.stages.get(number=1).questions.get()
    values = question_values(question) | {
        "mention_points-TOTAL_FORMS": 1,
        "mention_points-0-label": "工具",
        "mention_points-0-competency": make.competency().pk,
        "mention_points-0-weight": 1,
        "mention_points-0-wordings": "短，" + "长" * 61,
    }
    answer = as_hr.post(reverse("admin:recruitment_question_change", args=[question.pk]), values)
    errors = answer.context["inline_admin_formsets"][0].formset.forms[0].errors.as_data()
    assert [error.code for error in errors["wordings"]] == ["entry_too_long"]


def test_what_was_answered_cannot_be_deleted(client):
    client.force_login(people.lead())
    interview = make.interview(state="in_progress")
    checkpoint = make.saved_stage(interview, 1)
    question = checkpoint.stage.questions.get()
    for row in (
        checkpoint.stage,
        question,
        interview.version,
        interview.version.plan,
        interview.application.opening,
    ):
        model = row._meta.model_name
        client.post(reverse(f"admin:recruitment_{model}_delete", args=[row.pk]), {"post": "yes"})
        assert type(row).objects.filter(pk=row.pk).exists()


def test_an_opening_says_how_recordings_are_made_kept_and_shown(as_hr):
    as_hr.post(reverse("admin:recruitment_opening_add"), opening_values())
    opening = Opening.objects.get()
    assert (
        opening.richest_medium,
        opening.may_retake,
        opening.recording_days,
        opening.managers_see_recordings,
    ) == ("audio", False, 30, True)
    page = as_hr.get(reverse("admin:recruitment_opening_change", args=[opening.pk]))
    assert {"richest_medium", "may_retake", "recording_days", "managers_see_recordings"} <= set(
        page.context["adminform"].form.fields
    )


@pytest.mark.parametrize("days", ["0", "1096", "40000"])
def test_recordings_are_kept_for_a_day_at_least_and_three_years_at_most(as_hr, days):
    answer = as_hr.post(reverse("admin:recruitment_opening_add"), opening_values(recording_days=days))
    errors = answer.context["adminform"].form.errors.as_data()
    assert [error.code for error in errors["recording_days"]] == ["recording_days_out_of_range"]
    assert Opening.objects.count() == 0


def question_values(question, **changes) -> dict:
    return {
        "stage": question.stage_id,
        "number": question.number,
        "text": question.text,
        "kind": "text",
        "mention_points-TOTAL_FORMS": 0,
        "mention_points-INITIAL_FORMS": 0,
    } | changes


def test_a_question_has_its_times(as_hr):
    question = make.plan(published=False).draft.stages.get(number=1).questions.get()
    address = reverse("admin:recruitment_question_change", args=[question.pk])
    times = {"prepare_seconds": "5", "answer_seconds": "600"}
    assert as_hr.post(address, question_values(question, **times)).status_code == 302
    question.refresh_from_db()
    assert (question.prepare_seconds, question.answer_seconds) == (5, 600)
    assert as_hr.post(address, question_values(question)).status_code == 302
    question.refresh_from_db()
    assert (question.prepare_seconds, question.answer_seconds) == (None, None)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("prepare_seconds", "4", "prepare_seconds_out_of_range"),
        ("prepare_seconds", "601", "prepare_seconds_out_of_range"),
        ("answer_seconds", "14", "answer_seconds_out_of_range"),
        ("answer_seconds", "99999", "answer_seconds_out_of_range"),
        ("answer_seconds", "soon", "invalid"),
    ],
)
def test_a_time_without_sense_is_refused(as_hr, name, value, code):
    question = make.plan(published=False).draft.stages.get(number=1).questions.get()
    address = reverse("admin:recruitment_question_change", args=[question.pk])
    answer = as_hr.post(address, question_values(question, **{name: value}))
    assert [error.code for error in answer.context["adminform"].form.errors.as_data()[name]] == [code]
    question.refresh_from_db()
    assert (question.prepare_seconds, question.answer_seconds) == (None, None)
