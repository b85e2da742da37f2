"""Opening, moving and ending a preparation, and its steps."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.events.models import Event, Reaction
from onboarding.models import OnboardingCase, OnboardingTemplate
from onboarding.services import cases, scores, steps, templates
from people.actors import Party
from people.models import Employee
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Assessment
from recruitment.services import applications, endings, interviews
from tests.factories import onboarding, people, recruitment
from tests.onboarding.services.prepared import (
    MONDAY,
    NONE,
    START,
    everything,
    file_score,
    refusal,
    report,
    states,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_planned_start_opens_the_case_with_everything_that_belongs_to_it():
    application = recruitment.application(stage=ApplicationStage.EVALUATING)
    waited_on = recruitment.interview(of=application)
    recruitment.interview(of=application, round=2, state="cancelled")
    applications.plan_start(application_id=application.pk, planned_start=START, by=people.recruiter())
    case = OnboardingCase.objects.get(application=application)
    assert (case.state, case.planned_start, case.forecast_start, case.provisional_years) == (
        "preparing",
        START,
        START,
        [],
    )
    assert list(case.waits_on.all()) == [waited_on]
    assert list(
        case.steps.values_list("number", "kind", "title", "title_en", "state", "due_on", "owner_role")
    ) == [
        (1, "approval", "录用审批", "Hiring approval", "ready", date(2026, 11, 30), "lead"),
        (2, "contract", "签订劳动合同", "Sign the contract", "waiting", date(2026, 12, 3), "onboarding"),
        (3, "access", "开通系统权限", "Open system access", "waiting", date(2026, 12, 9), "onboarding"),
        (
            4,
            "equipment",
            "准备办公设备",
            "Prepare the equipment",
            "waiting",
            date(2026, 12, 10),
            "onboarding",
        ),
        (5, "first_day", "首日报到", "First day", "waiting", START, "onboarding"),
    ]
    candidate, file = application.candidate, case.employee
    assert (
        file.name,
        file.email,
        file.phone,
        file.department,
        file.position,
        file.starts_on,
        file.status,
        file.number,
    ) == (
        candidate.name,
        candidate.email,
        candidate.phone,
        application.opening.department,
        application.opening.title,
        START,
        "prospective",
        None,
    )
    opened = Event.objects.get(kind="onboarding_case_opened")
    assert opened.facts == {
        "planned_start": "2026-12-14",
        "forecast": "2026-12-14",
        "waits_on": [waited_on.pk],
    }
    assert opened.caused_by.kind == "start_planned"
    reaction = Reaction.objects.get(event=opened.caused_by, name="onboarding.align_case")
    assert [(row["label"], row["type"], row["id"]) for row in reaction.effects] == [
        ("Onboarding case opened for %(date)s", "onboarding.onboardingcase", case.pk)
    ]


def test_a_case_opened_for_an_interrupted_interview_is_delayed_at_once():
    row = recruitment.interview(state="interrupted", window_closes_at=MONDAY + timedelta(hours=10))
    case = onboarding.case(row)
    assert [(delay.days, delay.cause) for delay in case.delays.all()] == [(3, "network")]
    assert case.forecast_start == date(2026, 12, 17)


def test_opening_twice_gives_the_same_case_back():
    first = onboarding.case(recruitment.interview())
    before = everything()
    again = cases.open_case(
        application_id=first.application_id,
        planned_start=date(2026, 12, 21),
        waits_on=[],
        by=people.onboarder(),
    )
    assert (again.pk, again.planned_start, again.waits_on.count()) == (first.pk, START, 1)
    assert everything() == before


def test_a_person_who_opens_a_case_plans_the_start_of_the_application_too():
    application = recruitment.application(stage=ApplicationStage.OFFER)
    case = cases.open_case(
        application_id=application.pk, planned_start=START, waits_on=[], by=people.onboarder()
    )
    assert Application.objects.get(pk=application.pk).planned_start == START
    assert (OnboardingCase.objects.get().pk, case.planned_start) == (case.pk, START)


@pytest.mark.usefixtures("unknown_2027")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"planned_start": date(2027, 3, 1)}, "calendar_year_missing"),
        ({"planned_start": date(2026, 11, 20)}, "start_in_the_past"),
        ({"planned_start": date(2026, 12, 12)}, "start_not_a_working_day"),
        ({"application_id": 0}, "application_unknown"),
        ({"waits_on": [0]}, "interview_of_another_application"),
        ({"by": Party.CANDIDATE}, "not_permitted"),
        ({"by": Party.VENDOR}, "not_permitted"),
    ],
)
def test_what_cannot_be_opened_is_refused_and_nothing_is_written(arguments, code):
    application = recruitment.application(stage=ApplicationStage.EVALUATING)
    before = everything()
    given = {
        "application_id": application.pk,
        "planned_start": START,
        "waits_on": [],
        "by": people.onboarder(),
    }
    assert refusal(cases.open_case, **given | arguments) == code
    assert everything() == before
    assert Application.objects.get(pk=application.pk).planned_start is None


@pytest.mark.parametrize("stage", [ApplicationStage.REJECTED, ApplicationStage.WITHDRAWN])
def test_no_case_is_opened_for_an_application_that_ended(stage):
    application = recruitment.application(stage=stage, planned_start=START)
    arguments = {"application_id": application.pk, "planned_start": START, "waits_on": []}
    assert refusal(cases.open_case, **arguments, by=people.onboarder()) == "application_ended"
    cases.align_with_application(application_id=application.pk)
    assert everything()[:3] == (0, 0, 0)


def test_an_interview_of_somebody_else_is_refused():
    application, other = recruitment.application(), recruitment.interview()
    arguments = {"application_id": application.pk, "planned_start": START, "waits_on": [other.pk]}
    assert refusal(cases.open_case, **arguments, by=people.onboarder()) == "interview_of_another_application"
    assert everything()[:3] == (0, 0, 0)


def test_without_a_default_template_the_person_is_told_and_the_chain_turns_red_but_goes_on():
    OnboardingTemplate.objects.update(is_default=False)
    application = recruitment.application(stage=ApplicationStage.EVALUATING)
    applications.plan_start(application_id=application.pk, planned_start=START, by=people.recruiter())
    reaction = Reaction.objects.get(name="onboarding.align_case")
    assert (reaction.state, reaction.error, Employee.objects.count()) == (
        "pending",
        "onboarding_template_missing",
        0,
    )


def test_the_standard_template_is_written_once_and_never_over_hrs_own():
    OnboardingTemplate.objects.all().delete()
    templates.ensure_one()
    templates.ensure_one()
    assert list(OnboardingTemplate.objects.values_list("name", "is_default")) == [("标准入职流程", True)]
    OnboardingTemplate.objects.update(name="我们的流程", is_default=False)
    templates.ensure_one()
    assert list(OnboardingTemplate.objects.values_list("name", "is_default")) == [("我们的流程", False)]


@pytest.mark.parametrize("stage", [ApplicationStage.REJECTED, ApplicationStage.WITHDRAWN])
def test_the_end_of_an_application_cancels_the_case_and_lifts_its_delays_silently(stage):
    row = recruitment.interview(
        of=recruitment.application(stage=ApplicationStage.SECOND_ROUND), state="interrupted"
    )
    case = onboarding.case(row)
    forecast = case.forecast_start
    step = {ApplicationStage.REJECTED: "reject", ApplicationStage.WITHDRAWN: "withdraw"}[stage]
    applications.take_step(
        application_id=row.application_id, step=step, reason="名额已满", by=people.recruiter()
    )
    case = OnboardingCase.objects.get(pk=case.pk)
    assert (case.state, case.employee.status, case.forecast_start) == ("cancelled", "cancelled", forecast)
    assert [delay.is_active for delay in case.delays.all()] == [False]
    assert not Event.objects.filter(kind="start_forecast_restored").exists()
    cases.align_with_application(application_id=row.application_id)
    assert OnboardingCase.objects.get(pk=case.pk).state == "cancelled"


def test_a_moved_start_moves_forecast_and_due_dates_and_keeps_the_delay():
    row = recruitment.interview(state="interrupted", window_closes_at=MONDAY + timedelta(hours=10))
    case = onboarding.case(row)
    applications.plan_start(
        application_id=row.application_id, planned_start=date(2026, 12, 21), by=people.recruiter()
    )
    case = OnboardingCase.objects.get(pk=case.pk)
    assert (case.planned_start, case.forecast_start) == (date(2026, 12, 21), date(2026, 12, 24))
    assert [(delay.days, delay.is_active) for delay in case.delays.all()] == [(3, True)]
    changed = Event.objects.filter(kind="start_forecast_changed").last()
    assert (changed.facts["was"], changed.facts["forecast"]) == ("2026-12-17", "2026-12-24")
    assert (changed.origin_id, changed.caused_by.kind) == (row.pk, "start_planned")
    # And to an earlier day than the forecast that stands.
    applications.plan_start(
        application_id=row.application_id, planned_start=date(2026, 12, 7), by=people.recruiter()
    )
    case = OnboardingCase.objects.get(pk=case.pk)
    assert (case.planned_start, case.forecast_start) == (date(2026, 12, 7), date(2026, 12, 10))
    assert case.steps.get(kind="first_day").due_on == date(2026, 12, 10)


def test_a_dropped_start_cancels_and_a_new_one_begins_again():
    row = recruitment.interview(
        of=recruitment.application(stage=ApplicationStage.EVALUATING), state="interrupted"
    )
    case = onboarding.case(row)
    approval = case.steps.get(kind="approval")
    steps.complete_step(step_id=approval.pk, by=people.lead())
    applications.plan_start(application_id=row.application_id, planned_start=None, by=people.recruiter())
    case = OnboardingCase.objects.get(pk=case.pk)
    assert (case.state, case.employee.status) == ("cancelled", "cancelled")
    applications.plan_start(
        application_id=row.application_id, planned_start=date(2026, 12, 21), by=people.recruiter()
    )
    case = OnboardingCase.objects.get(pk=case.pk)
    assert (case.state, case.employee.status, case.planned_start) == (
        "preparing",
        "prospective",
        date(2026, 12, 21),
    )
    assert [delay.is_active for delay in case.delays.all()] == [False, True]
    assert (case.forecast_start > case.planned_start, case.steps.get(kind="approval").state) == (True, "done")


def test_who_is_hired_gets_a_number_and_the_preparation_goes_on_as_it_stood():
    application = recruitment.application(stage=ApplicationStage.OFFER)
    case = onboarding.case(application)
    before = states(case)
    assert (case.employee.status, case.employee.number) == ("prospective", None)
    applications.take_step(application_id=application.pk, step="hire", by=people.recruiter())
    assert states(case) == before
    file = Employee.objects.get()
    assert (file.status, file.number) == ("preparing", f"E{file.pk:05d}")
    reaction = Reaction.objects.filter(event__kind="application_advanced", name="onboarding.align_case").get()
    assert (reaction.state, [effect["label"] for effect in reaction.effects]) == (
        "done",
        ["Taken on: employee number %(number)s"],
    )
    # The same once more, and who falls through keeps the number.
    cases.align_with_application(application_id=application.pk)
    applications.take_step(
        application_id=application.pk, step="fall_through", by=people.recruiter(), reason="另有安排"
    )
    file.refresh_from_db()
    assert (file.status, file.number) == ("cancelled", f"E{file.pk:05d}")


def test_waiting_on_other_interviews_moves_the_forecast():
    application = recruitment.application()
    first = recruitment.interview(
        of=application, state="interrupted", window_closes_at=MONDAY + timedelta(hours=10)
    )
    second = recruitment.interview(of=application, round=2)
    case = onboarding.case(first)
    case = cases.wait_on(case_id=case.pk, interview_ids=[second.pk], by=people.onboarder())
    assert ([delay.is_active for delay in case.delays.all()], case.forecast_start) == ([False], START)
    case = cases.wait_on(case_id=case.pk, interview_ids=[first.pk, second.pk], by=people.onboarder())
    assert ([delay.is_active for delay in case.delays.all()], case.forecast_start) == (
        [False, True],
        date(2026, 12, 17),
    )
    assert refusal(
        cases.wait_on, case_id=case.pk, interview_ids=[recruitment.interview().pk], by=people.onboarder()
    )
    assert refusal(cases.wait_on, case_id=0, interview_ids=[], by=people.onboarder()) == "case_unknown"
    assert case.waits_on.count() == 2


def test_the_file_shows_the_best_report_that_stands():
    row = recruitment.interview(state="completed")
    case = onboarding.case(row)
    assert file_score(case) == NONE
    fallback = report(row, "fallback", 62)
    scores.write(assessment_id=fallback.pk)
    shown = (Decimal(62), Decimal(57), Decimal(67), "fallback", f"assessment {fallback.pk}")
    assert file_score(case) == shown
    empty = report(row, "partial", None)
    scores.write(assessment_id=empty.pk)
    assert file_score(case) == shown
    full = report(row, "full", 84)
    scores.write(assessment_id=full.pk)
    assert file_score(case)[3:] == ("full", f"assessment {full.pk}")
    Assessment.objects.filter(pk=full.pk).update(status="withdrawn")
    scores.write(assessment_id=full.pk)
    assert file_score(case) == shown
    Assessment.objects.update(status="withdrawn")
    scores.write(assessment_id=full.pk)
    assert file_score(case) == NONE
    scores.write(assessment_id=full.pk)
    assert file_score(case) == NONE


def test_an_exit_writes_the_estimate_and_a_cancellation_takes_it_off():
    row = recruitment.interview(state="in_progress")
    recruitment.written_test(row.application)
    case = onboarding.case(row)
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    estimate = Assessment.objects.get(status="current", basis="fallback")
    assert file_score(case)[3:] == ("fallback", f"assessment {estimate.pk}")
    score = OnboardingCase.objects.get(pk=case.pk).score
    assert (score.value, score.basis, score.is_estimate) == (estimate.value, "fallback", True)
    endings.cancel(interview_id=row.pk, by=people.recruiter())
    assert file_score(case) == NONE
    assert OnboardingCase.objects.get(pk=case.pk).score is None


def test_a_case_opened_later_takes_the_report_that_stands():
    row = recruitment.interview(state="completed")
    full = report(row, "full", 84)
    assert file_score(onboarding.case(row))[4] == f"assessment {full.pk}"
