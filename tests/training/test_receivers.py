"""What happens elsewhere moves the plan: each event once, late or twice, without ghosts."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.events.models import Event, Reaction
from core.events.relay import run_again
from core.figures import Basis
from people.actors import Party
from people.calendar import first_working_day
from people.models import CalendarDay
from people.services import calendar
from recruitment import signals
from recruitment.enums import ApplicationStage, AssessmentStatus, InterviewState
from recruitment.models import Application, Interview
from recruitment.services import applications, interviews
from tests.factories import people, recruitment, training
from tests.factories.works import work_off
from training.models import PlanItem, TrainingPlan
from training.services import calendar as due_dates
from training.services import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def interview() -> Interview:
    """In progress, for an opening that asks for Excel, with a weak written test; the first stage is saved."""
    recruitment.skill("talk", "沟通", of="composure")
    training.course()
    training.diagnostic("talk")
    opening = recruitment.opening(skills={"excel": 4, "talk": 3})
    application = recruitment.application(opening, stage=ApplicationStage.INTERVIEWING)
    recruitment.written_test(application, "excel", 35)
    interview = recruitment.interview(application, state=InterviewState.IN_PROGRESS)
    recruitment.saved_stage(interview, 1)
    return interview


def _reactions(**of: Any) -> list[tuple[str, str, str]]:
    rows = Reaction.objects.filter(name="training.align_plan", **of).order_by("event", "id")
    return [(row.event.kind, row.state, row.note) for row in rows.select_related("event")]


def _live() -> set[tuple[str, str]]:
    return set(PlanItem.objects.live().values_list("course__code", "state"))


def test_an_exit_makes_the_plan_and_shows_it_on_the_receipt(interview: Interview) -> None:
    interviews.leave(
        interview_id=interview.pk, epoch=1, choice="leave", cause="network", note="", by=Party.CANDIDATE
    )

    assert _live() == {("office-advanced", "planned"), ("talk-diagnostic", "planned")}
    changed = Event.objects.get(kind="training_plan_changed")
    assert changed.caused_by is not None
    assert changed.caused_by.kind == "assessment_issued"
    assert (changed.origin_type, changed.origin_id) == ("recruitment.interview", interview.pk)
    receipt = Reaction.objects.get(event=changed.caused_by, name="training.align_plan")
    assert [(row["label"], row["params"], row["type"]) for row in receipt.effects] == [
        ("Training plan made: %(added)s items", {"added": 2}, "training.trainingplan"),
        (
            "Added to the training plan: %(course)s",
            {"course": {"label": "talk 能力诊断"}},
            "training.planitem",
        ),
        (
            "Added to the training plan: %(course)s",
            {"course": {"label": "办公软件进阶课程", "label_en": "Office Advanced"}},
            "training.planitem",
        ),
    ]
    assert {state for _kind, state, _note in _reactions()} == {"done"}
    # Stage 1 is saved but not scored yet: there is no partial report, and the estimate is no evidence.
    assert (TrainingPlan.objects.get().version, TrainingPlan.objects.get().basis) == (1, "written_test")


def test_a_full_report_regenerates_and_a_late_rerun_of_the_first_changes_nothing(
    interview: Interview,
) -> None:
    with transaction.atomic():
        partial = training.report(interview, Basis.PARTIAL, {"communication": 90})
        first = signals.assessment_issued.emit(subject=partial, origin=interview)
    assert _live() == {("office-advanced", "planned"), ("talk-diagnostic", "planned")}

    with transaction.atomic():
        partial.status = AssessmentStatus.SUPERSEDED
        partial.save()
        full = training.report(interview, Basis.FULL, {"expertise": 95, "composure": 95})
        signals.assessment_issued.emit(subject=full, origin=interview)
    assert _live() == {("office-advanced", "planned")}
    version = TrainingPlan.objects.get().version

    run_again(reaction_id=first.reactions.get(name="training.align_plan").pk)

    assert _live() == {("office-advanced", "planned")}
    assert TrainingPlan.objects.get().version == version
    assert Event.objects.filter(kind="training_plan_changed").count() == 2


def test_a_withdrawn_report_takes_its_knowledge_with_it(interview: Interview) -> None:
    report = training.report(interview, Basis.PARTIAL, {"composure": 95})
    plans.align(application_id=interview.application_id)
    assert _live() == {("office-advanced", "planned")}

    with transaction.atomic():
        report.status = AssessmentStatus.WITHDRAWN
        report.save()
        signals.assessment_withdrawn.emit(subject=report, origin=interview)

    assert _live() == {("office-advanced", "planned"), ("talk-diagnostic", "planned")}
    assert TrainingPlan.objects.get().basis == "written_test"


def test_advancing_makes_a_plan_and_a_planned_start_dates_it(interview: Interview) -> None:
    hr = people.recruiter()
    application = recruitment.application(interview.application.opening, stage=ApplicationStage.SECOND_ROUND)

    applications.take_step(application_id=application.pk, step="make_offer", by=hr)
    assert set(PlanItem.objects.values_list("due_on", flat=True)) == {None}
    start = first_working_day(timezone.localdate() + timedelta(days=7)).date
    applications.plan_start(application_id=application.pk, planned_start=start, by=hr)

    assert PlanItem.objects.filter(due_on__gt=start).count() == PlanItem.objects.count() > 0
    assert TrainingPlan.objects.get().version == 2


def test_a_rejection_closes_the_plan_and_nothing_opens_it(interview: Interview) -> None:
    report = training.report(interview, Basis.PARTIAL, {"composure": 95})
    plans.align(application_id=interview.application_id)

    applications.take_step(
        application_id=interview.application_id, step="reject", by=people.recruiter(), reason="名额已满"
    )
    with transaction.atomic():
        event = signals.assessment_issued.emit(subject=report, origin=interview)

    assert TrainingPlan.objects.get().state == "closed"
    assert _reactions(event=event) == [("assessment_issued", "done", "The training plan is closed")]


def test_nothing_to_do_is_done_with_a_note(interview: Interview) -> None:
    with transaction.atomic():
        event = signals.start_planned.emit(subject=interview.application)

    assert _reactions(event=event) == [("start_planned", "done", "No training plan is due yet")]
    assert not TrainingPlan.objects.exists()


def test_a_fallback_makes_a_plan_due_and_never_changes_one(interview: Interview) -> None:
    fallback = training.report(interview, Basis.FALLBACK, {"composure": 95})
    with transaction.atomic():
        signals.assessment_issued.emit(subject=fallback, origin=interview, facts={"basis": "fallback"})
    assert _live() == {("office-advanced", "planned"), ("talk-diagnostic", "planned")}

    with transaction.atomic():
        again = signals.assessment_issued.emit(
            subject=fallback, origin=interview, facts={"basis": "fallback"}
        )

    assert _reactions(event=again) == [("assessment_issued", "done", "The training plan stands")]
    assert TrainingPlan.objects.get().version == 1


def test_the_application_of_a_row_that_is_gone(interview: Interview) -> None:
    report = training.report(interview, Basis.PARTIAL, {"composure": 95})
    with transaction.atomic():
        event = signals.assessment_issued.emit(subject=report, origin=interview)
    report.delete()

    assert run_again(reaction_id=event.reactions.get(name="training.align_plan").pk).state == "done"


@pytest.mark.usefixtures("unknown_2027")
def test_loading_a_calendar_year_counts_again(interview: Interview) -> None:
    Application.objects.filter(pk=interview.application_id).update(planned_start=date(2026, 12, 28))
    training.report(interview, Basis.PARTIAL, {"composure": 95})
    plans.align(application_id=interview.application_id)
    assert list(PlanItem.objects.values_list("due_on", "provisional_years")) == [(date(2027, 1, 12), [2027])]

    days = {
        date(2027, 1, 4): calendar.Day(is_working=False),
        date(2027, 1, 1): calendar.Day(is_working=False),
    }
    calendar.load_year(year=2027, by=people.lead(), days=days)
    work_off()

    assert list(PlanItem.objects.values_list("due_on", "provisional_years")) == [(date(2027, 1, 13), [])]
    calendar.load_year(year=2027, by=people.lead(), days=days)
    work_off()
    assert TrainingPlan.objects.get().version == 2


def test_due_dates_are_counted_again_in_sets_and_each_plan_that_changed_is_told_once() -> None:
    recruitment.skill("talk", "沟通", of="composure")
    training.course()
    people.trainer()
    opening = recruitment.opening(skills={"excel": 4})
    counts = []
    for more in (1, 2):
        for _number in range(more):
            application = recruitment.application(
                opening, stage=ApplicationStage.INTERVIEWING, planned_start=date(2026, 12, 14)
            )
            recruitment.written_test(application, "excel", 35)
            interview = recruitment.interview(application, state=InterviewState.IN_PROGRESS)
            training.report(interview, Basis.PARTIAL, {"composure": 95})
            plans.align(application_id=application.pk)
        CalendarDay.objects.create(date=date(2026, 12, 15 + more), is_working=False)
        ids = list(TrainingPlan.objects.values_list("pk", flat=True))
        told = Event.objects.filter(kind="training_plan_changed").count()
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            due_dates.recount(year=2026, ids=ids)
        assert Event.objects.filter(kind="training_plan_changed").count() - told == len(ids)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    before = list(PlanItem.objects.order_by("pk").values_list("due_on", flat=True))
    due_dates.recount(year=2026, ids=ids)
    due_dates.recount(year=2025, ids=ids)
    assert list(PlanItem.objects.order_by("pk").values_list("due_on", flat=True)) == before
    assert before == [date(2026, 12, 30)] * 3
    assert set(TrainingPlan.objects.values_list("version", flat=True)) == {2, 3}
