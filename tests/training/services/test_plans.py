"""The plan follows from what is known: made, regenerated, kept, closed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from core.errors import Forbidden, NotFound
from core.events.models import Event
from core.figures import Basis
from recruitment.enums import ApplicationStage, AssessmentStatus, InterviewState
from recruitment.models import Application, Competency, Interview, Skill
from tests.factories import people, recruitment, training
from training.models import Course, PlanItem, TrainingPlan
from training.services import items, plans

pytestmark = pytest.mark.django_db

START = date(2026, 11, 30)


@pytest.fixture
def courses() -> dict[str, Course]:
    """办公软件进阶课程, SQL, and a diagnostic of each."""
    recruitment.skill("excel", "办公软件")
    recruitment.skill("sql", "SQL", of="reaction")
    rows = [
        training.course(),
        training.course("sql-basics", "SQL 入门", "sql", from_level=1, to_level=3, offset_working_days=20),
        training.diagnostic("excel"),
        training.diagnostic("sql"),
        training.course("culture", "企业文化", of=None),
    ]
    return {row.code: row for row in rows}


@pytest.fixture
def interview(courses: dict[str, Course]) -> Interview:
    """Interrupted, for an opening that asks for Excel at 4 and SQL at 3, a start planned."""
    opening = recruitment.opening(skills={"excel": 4, "sql": 3})
    application = recruitment.application(opening, stage=ApplicationStage.INTERVIEWING, planned_start=START)
    return recruitment.interview(application, state=InterviewState.INTERRUPTED)


def _align(application: Application) -> TrainingPlan:
    plan = plans.align(application_id=application.pk)
    assert plan is not None
    return plan


def _rows(plan: TrainingPlan) -> set[tuple[Any, ...]]:
    return {
        (item.course.code, item.reason, item.shown_level, str(item.state), item.added_in_version)
        for item in PlanItem.objects.filter(plan=plan)
    }


def _changes() -> list[dict[str, Any]]:
    return list(
        Event.objects.filter(kind="training_plan_changed").order_by("id").values_list("facts", flat=True)
    )


def _facts(version: int, basis: str, **counts: Any) -> dict[str, Any]:
    return {
        "state": "active", "version": version, "basis": basis, "added": 0, "removed": 0, "updated": 0, "kept_done": 0,
    } | counts  # fmt: skip


def test_weak_excel_leads_to_the_advanced_course_and_an_unknown_skill_to_its_diagnostic(
    interview: Interview,
) -> None:
    test = recruitment.written_test(interview.application, "excel", 35)
    training.report(interview, Basis.FALLBACK, {"expertise": 90, "reaction": 90})

    plan = _align(interview.application)

    assert (plan.version, plan.basis, plan.uncovered) == (1, "written_test", [])
    assert _rows(plan) == {
        ("office-advanced", "gap", 1, "planned", 1),
        # The fallback speaks of it, which is no evidence.
        ("sql-diagnostic", "unknown", None, "planned", 1),
    }
    item = PlanItem.objects.get(plan=plan, course__code="office-advanced")
    assert item.evidence == [
        {
            "source": "written_test", "label": "办公软件", "label_en": "Excel", "value": "35.00", "on": "2026-11-16",
            "type": "recruitment.writtentest", "id": test.pk,
        }
    ]  # fmt: skip
    assert (item.required_level, item.due_on, item.provisional_years) == (4, date(2026, 12, 14), [])
    with translation.override("en"):
        assert item.why == "Level 1 of 4 (Written test · Excel 35.00)"
    assert _changes() == [_facts(1, "written_test", added=2)]


def test_evidence_is_named_as_the_reader_speaks(interview: Interview) -> None:
    recruitment.written_test(interview.application, "excel", 35)
    Skill.objects.filter(code="excel").update(name_en="Office")
    training.report(interview, Basis.FULL, {"reaction": 20})
    Competency.objects.update(name_en="Quickness")
    plan = _align(interview.application)
    with translation.override("en"):
        why = {item.skill.code: item.why for item in plan.items.all()}
    assert why["excel"] == "Level 1 of 4 (Written test · Office 35.00)"
    assert all("Office" in words or "Quickness" in words for words in why.values() if "(" in words), why


def test_without_any_evidence_every_skill_gets_its_diagnostic(interview: Interview) -> None:
    training.report(interview, Basis.PARTIAL, {"expertise": None})

    plan = _align(interview.application)

    assert plan.basis == "partial"
    assert _rows(plan) == {
        ("excel-diagnostic", "unknown", None, "planned", 1),
        ("sql-diagnostic", "unknown", None, "planned", 1),
    }


def test_the_test_counts_before_the_interview_and_a_full_report_before_a_partial_one(
    interview: Interview,
) -> None:
    recruitment.written_test(interview.application, "excel", 80)
    training.report(interview, Basis.PARTIAL, {"expertise": 10, "reaction": 80})
    again = recruitment.interview(interview.application, round=2)
    report = training.report(again, Basis.FULL, {"reaction": 50})

    plan = _align(interview.application)

    assert plan.basis == "full"
    assert _rows(plan) == {("sql-basics", "gap", 2, "planned", 1)}
    (item,) = PlanItem.objects.filter(plan=plan)
    assert item.evidence == [
        {
            "source": "full", "label": "反应速度", "label_en": "Reaction",
            "value": "50.00", "low": "42.00", "high": "58.00",
            "type": "recruitment.assessment", "id": report.pk,
        }
    ]  # fmt: skip


def test_superseded_and_withdrawn_reports_are_no_evidence(interview: Interview) -> None:
    training.report(interview, Basis.PARTIAL, {"expertise": 90}, AssessmentStatus.SUPERSEDED)
    training.report(interview, Basis.FULL, {"expertise": 90}, AssessmentStatus.WITHDRAWN)

    plan = _align(interview.application)

    assert plan.basis == "nothing"
    assert {row[0] for row in _rows(plan)} == {"excel-diagnostic", "sql-diagnostic"}


def test_twice_is_once(interview: Interview) -> None:
    training.report(interview, Basis.PARTIAL, {"expertise": 50})
    first = _align(interview.application)
    before = list(PlanItem.objects.order_by("pk").values())

    second = _align(interview.application)

    assert (second.pk, second.version, second.generated_at) == (first.pk, first.version, first.generated_at)
    assert list(PlanItem.objects.order_by("pk").values()) == before
    assert len(_changes()) == 1


def test_regeneration_keeps_what_was_done_and_what_stays_and_removes_the_rest(interview: Interview) -> None:
    partial = training.report(interview, Basis.PARTIAL, {"expertise": 50})
    plan = _align(interview.application)
    kept = PlanItem.objects.get(plan=plan, course__code="office-advanced")
    done = PlanItem.objects.get(plan=plan, course__code="sql-diagnostic")
    items.mark_done(item_id=done.pk, by=people.trainer())

    partial.status = AssessmentStatus.SUPERSEDED
    partial.save()
    training.report(interview, Basis.FULL, {"expertise": 50, "reaction": 30})
    plan = _align(interview.application)

    assert _rows(plan) == {
        ("office-advanced", "gap", 2, "planned", 1),
        ("sql-diagnostic", "unknown", None, "done", 1),
        ("sql-basics", "gap", 1, "planned", 2),
    }
    assert PlanItem.objects.get(plan=plan, course__code="office-advanced").pk == kept.pk
    assert _changes()[1:] == [_facts(2, "full", added=1, updated=1, kept_done=1)]


def test_what_is_no_longer_needed_is_removed_and_comes_back_as_a_new_row(interview: Interview) -> None:
    partial = training.report(interview, Basis.PARTIAL, {"expertise": 50, "reaction": 90})
    plan = _align(interview.application)
    score = partial.competencies.get(competency__code="expertise")

    score.value = score.high = 90
    score.save()
    plan = _align(interview.application)
    assert _rows(plan) == {("office-advanced", "gap", 2, "removed", 1)}

    score.value = score.low = 45
    score.save()
    plan = _align(interview.application)
    assert _rows(plan) == {
        ("office-advanced", "gap", 2, "removed", 1),
        ("office-advanced", "gap", 2, "planned", 3),
    }
    assert [(facts["version"], facts["added"], facts["removed"]) for facts in _changes()] == [
        (1, 1, 0), (2, 0, 1), (3, 1, 0),
    ]  # fmt: skip


def test_a_done_course_is_not_asked_for_again(interview: Interview) -> None:
    recruitment.written_test(interview.application, "excel", 35)
    training.report(interview, Basis.PARTIAL, {"reaction": 90})
    plan = _align(interview.application)
    items.mark_done(item_id=PlanItem.objects.get(plan=plan).pk, by=people.trainer())

    plan = _align(interview.application)

    assert _rows(plan) == {("office-advanced", "gap", 1, "done", 1)}
    assert plan.version == 1


def test_due_dates_follow_the_planned_start(interview: Interview) -> None:
    training.report(interview, Basis.PARTIAL, {"expertise": 50})
    application = interview.application
    Application.objects.filter(pk=application.pk).update(planned_start=None)
    plan = _align(application)
    assert set(PlanItem.objects.values_list("due_on", "offset_working_days")) == {(None, 10), (None, 3)}

    Application.objects.filter(pk=application.pk).update(planned_start=date(2026, 12, 1))
    plan = _align(application)

    assert set(PlanItem.objects.values_list("due_on", flat=True)) == {date(2026, 12, 15), date(2026, 12, 4)}
    assert (plan.version, _changes()[1]["updated"]) == (2, 2)


@pytest.mark.usefixtures("unknown_2027")
def test_a_year_without_a_calendar_is_counted_and_marked_provisional(interview: Interview) -> None:
    training.report(interview, Basis.PARTIAL, {"expertise": 50, "reaction": 90})
    Application.objects.filter(pk=interview.application_id).update(planned_start=date(2026, 12, 28))

    _align(interview.application)

    (item,) = PlanItem.objects.all()
    # 1 January 2027 is a fixed holiday.
    assert (item.due_on, item.provisional_years) == (date(2027, 1, 12), [2027])
    assert "2027" in item.due_text


def test_without_a_course_the_plan_says_so(interview: Interview, courses: dict[str, Course]) -> None:
    Course.objects.exclude(code="culture").update(is_active=False)
    training.report(interview, Basis.PARTIAL, {"expertise": 50})

    plan = _align(interview.application)

    assert _rows(plan) == set()
    assert plan.uncovered == [
        {"skill": "excel", "name": "办公软件", "reason": "gap"},
        {"skill": "sql", "name": "SQL", "reason": "unknown"},
    ]


@pytest.mark.parametrize(
    "stage", [ApplicationStage.SECOND_ROUND, ApplicationStage.OFFER, ApplicationStage.HIRED]
)
def test_a_start_that_is_prepared_has_a_plan_without_any_report(interview: Interview, stage: str) -> None:
    application = recruitment.application(interview.application.opening, stage=stage)

    plan = _align(application)

    assert {row[0] for row in _rows(plan)} == {"excel-diagnostic", "sql-diagnostic"}


@pytest.mark.parametrize(
    "stage",
    [
        ApplicationStage.APPLIED,
        ApplicationStage.INTERVIEWING,
        ApplicationStage.REJECTED,
        ApplicationStage.WITHDRAWN,
    ],
)
def test_no_plan_before_its_time_nor_after_the_end(interview: Interview, stage: str) -> None:
    application = recruitment.application(interview.application.opening, stage=stage)
    if stage in ApplicationStage.called_off:
        training.report(recruitment.interview(application), Basis.PARTIAL, {"expertise": 50})

    assert plans.align(application_id=application.pk) is None
    assert (TrainingPlan.objects.count(), _changes()) == (0, [])


def test_an_ended_application_closes_its_plan_for_good(interview: Interview) -> None:
    training.report(interview, Basis.PARTIAL, {"expertise": 50})
    plan = _align(interview.application)
    before = _rows(plan)
    application = Application.objects.get(pk=interview.application_id)
    application.withdraw()
    application.save()

    plan = _align(application)
    plan = _align(application)

    assert (plan.state, plan.version) == ("closed", 2)
    assert _rows(plan) == before
    assert _changes()[1:] == [_facts(2, "partial", state="closed")]


def test_a_person_regenerates_within_the_interviews_chain(interview: Interview) -> None:
    training.report(interview, Basis.PARTIAL, {"expertise": 50})

    plans.align(application_id=interview.application_id, by=people.trainer(username="zhao"))

    event = Event.objects.get(kind="training_plan_changed")
    assert (event.origin_type, event.origin_id, event.by) == (
        "recruitment.interview",
        interview.pk,
        "赵培训 (zhao)",
    )


def test_refusals_change_nothing(interview: Interview) -> None:
    training.report(interview, Basis.PARTIAL, {"expertise": 50})

    with pytest.raises(Forbidden) as forbidden:
        plans.align(application_id=interview.application_id, by=people.manager())
    with pytest.raises(NotFound) as missing:
        plans.align(application_id=0)

    assert (forbidden.value.code, missing.value.code) == ("not_permitted", "application_not_found")
    assert (TrainingPlan.objects.count(), _changes()) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_instant_make_one_plan(interview: Interview) -> None:
    training.report(interview, Basis.PARTIAL, {"expertise": 50})
    together = Barrier(2)

    def align() -> None:
        try:
            together.wait(timeout=10)
            plans.align(application_id=interview.application_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for result in [pool.submit(align), pool.submit(align)]:
            result.result()

    assert _rows(TrainingPlan.objects.get()) == {
        ("office-advanced", "gap", 2, "planned", 1),
        ("sql-diagnostic", "unknown", None, "planned", 1),
    }
    assert len(_changes()) == 1
