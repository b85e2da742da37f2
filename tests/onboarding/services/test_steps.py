"""The steps of a preparation: which opens which, which may be taken back, and who may take them."""

from datetime import datetime

import pytest
from django.db import ProgrammingError, connection, transaction

from core.events.models import Event
from onboarding.models import OnboardingCase
from onboarding.services import steps
from people.actors import Party
from recruitment.enums import ApplicationStage
from recruitment.evaluation.services import assessments
from recruitment.models import Assessment
from tests.factories import onboarding, people, recruitment
from tests.onboarding.services.prepared import MONDAY, SHANGHAI, START, refusal, states

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_steps_open_one_another_until_the_case_is_ready():
    case, by = onboarding.case(recruitment.application()), people.lead()
    kinds = {step.kind: step.pk for step in case.steps.all()}
    ready, waiting, done = "ready", "waiting", "done"
    expected = [
        ("approval", "preparing", [done, ready, waiting, waiting, waiting]),
        ("contract", "preparing", [done, done, ready, ready, waiting]),
        ("equipment", "preparing", [done, done, ready, done, waiting]),
        ("access", "ready", [done, done, done, done, ready]),
    ]
    for kind, state, of_steps in expected:
        steps.complete_step(step_id=kinds[kind], by=by)
        assert states(case) == (state, dict(zip(kinds, of_steps, strict=True)))
    finished = case.steps.exclude(kind="first_day").values_list("done_by", "done_at")
    assert set(finished) == {(by.pk, MONDAY)}
    told = Event.objects.filter(kind="onboarding_step_done").order_by("pk")
    assert [(event.facts["kind"], event.facts["case_state"]) for event in told] == [
        (kind, state) for kind, state, _steps in expected
    ]


def test_a_step_marked_by_mistake_is_taken_back_with_what_waits_for_it():
    case, by = onboarding.ready_case(), people.lead()
    contract = case.steps.get(kind="contract")
    steps.reopen_step(step_id=contract.pk, by=by)
    assert states(case) == (
        "preparing",
        {
            "approval": "done",
            "contract": "ready",
            "access": "done",
            "equipment": "done",
            "first_day": "waiting",
        },
    )
    contract.refresh_from_db()
    assert (contract.done_at, contract.done_by) == (None, None)
    assert refusal(steps.reopen_step, step_id=contract.pk, by=by) == "step_not_done"
    steps.complete_step(step_id=contract.pk, by=by)
    assert states(case)[0] == "ready"


def test_an_approval_keeps_the_report_it_was_given_on():
    row = recruitment.interview(state="interrupted")
    recruitment.written_test(row.application)
    assessments.align(interview_id=row.pk)
    estimate = Assessment.objects.get(basis="fallback")
    case = onboarding.case(row)
    step = steps.complete_step(step_id=case.steps.get(kind="approval").pk, by=people.lead())
    assert step.rests_on == estimate


def test_the_first_day_ends_the_preparation_and_starts_the_employment(clock):
    case, by = onboarding.ready_case(), people.lead()
    clock.move_to(datetime(2026, 12, 15, 9, tzinfo=SHANGHAI))
    steps.mark_started(case_id=case.pk, on=START, by=by)
    case = OnboardingCase.objects.get(pk=case.pk)
    assert (case.state, case.started_on) == ("started", START)
    assert (case.employee.status, case.employee.starts_on) == ("active", START)
    assert set(case.steps.values_list("state", flat=True)) == {"done"}
    assert Event.objects.filter(kind="onboarding_step_done").last().facts["case_state"] == "started"
    first_day = case.steps.get(kind="first_day").pk
    assert refusal(steps.complete_step, step_id=first_day, by=by) == "case_over"
    assert refusal(steps.reopen_step, step_id=first_day, by=by) == "case_over"
    assert refusal(steps.mark_started, case_id=case.pk, by=by) == "case_over"


def test_the_first_days_step_is_the_start_as_of_today(clock):
    case = onboarding.ready_case()
    clock.move_to(datetime(2026, 12, 14, 9, tzinfo=SHANGHAI))
    steps.complete_step(step_id=case.steps.get(kind="first_day").pk, by=people.onboarder())
    assert OnboardingCase.objects.get(pk=case.pk).started_on == START


def test_a_start_lifts_what_still_held_it_up():
    row = recruitment.interview(of=recruitment.application(stage=ApplicationStage.HIRED), state="abandoned")
    case, by = onboarding.case(row), people.lead()
    for step in case.steps.exclude(kind="first_day"):
        steps.complete_step(step_id=step.pk, by=by)
    steps.mark_started(case_id=case.pk, by=by)
    assert [delay.is_active for delay in case.delays.all()] == [False]
    assert not Event.objects.filter(kind="start_forecast_restored").exists()


def test_steps_that_may_not_be_taken_change_nothing():
    case, by = onboarding.case(recruitment.application()), people.lead()
    approval, contract = case.steps.get(kind="approval").pk, case.steps.get(kind="contract").pk
    before = states(case), Event.objects.count()
    assert refusal(steps.complete_step, step_id=contract, by=by) == "step_not_ready"
    assert refusal(steps.complete_step, step_id=0, by=by) == "step_unknown"
    # The lead's approval is no manager's, and another department's start is none of theirs.
    own = people.manager(case.application.opening.department)
    assert refusal(steps.complete_step, step_id=approval, by=own) == "not_permitted"
    assert refusal(steps.object_to_step, step_id=approval, reason="x", by=own) == "not_permitted"
    for step in (steps.complete_step, steps.reopen_step):
        assert refusal(step, step_id=approval, by=people.manager()) == "not_permitted"
    assert refusal(steps.object_to_step, step_id=approval, reason=" ", by=by) == "reason_missing"
    assert refusal(steps.object_to_step, step_id=contract, reason="x", by=by) == "step_decides_nothing"
    assert refusal(steps.complete_step, step_id=approval, by=Party.CANDIDATE) == "not_permitted"
    assert refusal(steps.reopen_step, step_id=approval, by=by) == "step_not_done"
    assert refusal(steps.mark_started, case_id=case.pk, by=by) == "case_not_ready"
    assert refusal(steps.mark_started, case_id=case.pk, on=START, by=by) == "start_in_the_future"
    assert refusal(steps.mark_started, case_id=case.pk, by=people.manager()) == "not_permitted"
    assert (states(case), Event.objects.count()) == before
    steps.complete_step(step_id=approval, by=by)
    assert refusal(steps.complete_step, step_id=approval, by=by) == "step_already_done"


def test_nobody_starts_before_the_offer_is_accepted():
    case = onboarding.ready_case(stage=ApplicationStage.OFFER)
    assert refusal(steps.mark_started, case_id=case.pk, by=people.onboarder()) == "not_hired"
    assert states(case)[0] == "ready"


@pytest.mark.parametrize(("table", "state"), [("onboardingcase", "started"), ("onboardingstep", "done")])
def test_the_database_refuses_an_edge_that_no_step_has(table, state):
    onboarding.case(recruitment.application())
    with (
        pytest.raises(ProgrammingError, match="Invalid transition"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE onboarding_{table} SET state = %s WHERE state IN ('preparing', 'waiting')",
            [state],
        )
