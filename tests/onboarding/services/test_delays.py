"""How an interview holds a start up: each state of the interview, and what the case's rows are after it."""

from datetime import date, timedelta

import pytest

from core.events.models import Event, Reaction, ReactionState
from onboarding.models import OnboardingDelay
from onboarding.services import delays, forecasts, steps
from people.actors import Party
from recruitment.enums import ExitCause
from recruitment.services import endings, interviews, scheduling
from tests.factories import onboarding, people, recruitment
from tests.onboarding.services.held_up import MONDAY, ON_TIME, announced, due, forecast, interview, put, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_start_on_time_has_its_steps_on_working_days_before_it():
    case = onboarding.case(interview())
    assert rows(case) == []
    assert forecast(case) == (date(2026, 12, 14), date(2026, 12, 14), [])
    assert due(case) == ON_TIME
    assert announced() == []


def test_an_interruption_holds_the_start_up_until_a_working_day_after_the_last_chance_to_return():
    row = interview()
    case = onboarding.case(row)
    interviews.interrupt(interview_id=row.pk, cause="device", evidence={}, by=Party.CANDIDATE)
    # To return until Thursday, scored by Friday: three working days after Tuesday.
    assert rows(case) == [(3, "device", date(2026, 11, 27), False, True)]
    assert forecast(case) == (date(2026, 12, 14), date(2026, 12, 17), [])
    assert due(case) == {
        "approval": date(2026, 12, 3),
        "contract": date(2026, 12, 8),
        "access": date(2026, 12, 14),
        "equipment": date(2026, 12, 15),
        "first_day": date(2026, 12, 17),
    }
    facts = {
        "planned_start": "2026-12-14",
        "forecast": "2026-12-17",
        "was": "2026-12-14",
        "days": 3,
        "cause": "device",
        "interview": row.pk,
        "date_unknown": False,
        "provisional": False,
    }
    assert announced() == [("start_forecast_changed", facts)]
    event = Event.objects.get(kind="start_forecast_changed")
    assert (event.origin_type, event.origin_id) == ("recruitment.interview", row.pk)
    assert (event.subject_type, event.subject_id) == ("onboarding.onboardingcase", case.pk)
    assert event.caused_by.kind == "interview_interrupted"
    reaction = Reaction.objects.get(event=event.caused_by, name="onboarding.align_delay")
    delay = OnboardingDelay.objects.get(case=case)
    assert reaction.state == ReactionState.DONE
    assert reaction.effects == [
        {
            "label": "Start delayed by %(days)s working days",
            "params": {"days": 3},
            "type": "onboarding.onboardingdelay",
            "id": delay.pk,
        }
    ]


def test_the_return_lifts_the_delay_and_restores_every_date(clock):
    row = interview()
    case = onboarding.case(row)
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    clock.shift(timedelta(hours=2))
    interviews.enter(interview_id=row.pk, by=Party.CANDIDATE)
    assert rows(case) == [(3, "network", date(2026, 11, 27), False, False)]
    assert OnboardingDelay.objects.get(case=case).lifted_at == MONDAY + timedelta(hours=2)
    assert forecast(case) == (date(2026, 12, 14), date(2026, 12, 14), [])
    assert due(case) == ON_TIME
    restored = {
        "planned_start": "2026-12-14",
        "forecast": "2026-12-14",
        "was": "2026-12-17",
        "days": 0,
        "provisional": False,
    }
    assert [kind for kind, _facts in announced()] == ["start_forecast_changed", "start_forecast_restored"]
    assert announced()[1][1] == restored
    assert Event.objects.get(kind="start_forecast_restored").origin_id == row.pk


def test_leaving_again_opens_a_second_delay_and_keeps_the_first_as_history():
    row = interview()
    case = onboarding.case(row)
    for _time in range(2):
        interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
        interviews.enter(interview_id=row.pk, by=Party.CANDIDATE)
    interviews.interrupt(interview_id=row.pk, cause="device", evidence={}, by=Party.CANDIDATE)
    assert [(days, cause, active) for days, cause, _result, _unknown, active in rows(case)] == [
        (3, "network", False),
        (3, "network", False),
        (3, "device", True),
    ]


@pytest.mark.parametrize(("state", "cause"), [("abandoned", "network"), ("missed", "no_show")])
def test_when_nobody_knows_the_date_the_delay_stays_and_says_so(state, cause):
    # Expected last Thursday; now it is Tuesday at the earliest.
    row = interview(state=state, expected_result=date(2026, 11, 19))
    case = onboarding.case(row)
    assert rows(case) == [(3, cause, date(2026, 11, 24), True, True)]
    assert forecast(case)[1] == date(2026, 12, 17)


@pytest.mark.parametrize("state", ["interrupted", "abandoned", "missed"])
def test_what_broke_off_costs_a_working_day_at_least(state):
    row = interview(state=state, window_closes_at=MONDAY + timedelta(days=30))
    case = onboarding.case(row)
    assert [days for days, *_rest in rows(case)] == [1]
    assert forecast(case)[1] == date(2026, 12, 15)


@pytest.mark.parametrize("state", ["scheduled", "in_progress", "completed", "cancelled"])
def test_other_states_hold_nothing_up(state):
    case = onboarding.case(interview(state=state))
    assert (rows(case), forecast(case)[1]) == ([], date(2026, 12, 14))


def test_a_new_window_is_counted_from_its_end_and_keeps_the_cause():
    row = interview()
    case = onboarding.case(row)
    interviews.interrupt(interview_id=row.pk, cause="time_conflict", evidence={}, by=Party.CANDIDATE)
    opens = MONDAY + timedelta(days=8)
    scheduling.reschedule(
        interview_id=row.pk, opens_at=opens, closes_at=opens + timedelta(hours=3), by=people.recruiter()
    )
    # It ends on Tuesday 1 December: the result comes on Wednesday, six working days late.
    assert rows(case) == [(6, "time_conflict", date(2026, 12, 2), False, True)]
    assert forecast(case)[1] == date(2026, 12, 22)


def test_a_new_window_in_time_costs_nothing():
    row = interview(window_closes_at=MONDAY + timedelta(days=4))
    case = onboarding.case(row)
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    assert [active for *_rest, active in rows(case)] == [True]
    opens = MONDAY + timedelta(days=2)
    scheduling.reschedule(
        interview_id=row.pk, opens_at=opens, closes_at=opens + timedelta(hours=3), by=people.recruiter()
    )
    assert [active for *_rest, active in rows(case)] == [False]
    assert forecast(case)[1] == date(2026, 12, 14)


def test_the_longest_delay_counts_and_lifting_one_leaves_the_other():
    application = recruitment.application()
    first = interview(of=application, state="in_progress")
    second = interview(of=application, round=2, state="in_progress", expected_result=date(2026, 11, 25))
    case = onboarding.case(first)
    case.waits_on.add(second)
    interviews.interrupt(interview_id=second.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    assert forecast(case)[1] == date(2026, 12, 16)
    interviews.interrupt(interview_id=first.pk, cause="device", evidence={}, by=Party.CANDIDATE)
    assert [(days, active) for days, *_rest, active in rows(case)] == [(2, True), (3, True)]
    assert forecast(case)[1] == date(2026, 12, 17)
    interviews.enter(interview_id=first.pk, by=Party.CANDIDATE)
    assert [(days, active) for days, *_rest, active in rows(case)] == [(2, True), (3, False)]
    assert forecast(case)[1] == date(2026, 12, 16)
    interviews.enter(interview_id=second.pk, by=Party.CANDIDATE)
    assert forecast(case)[1] == date(2026, 12, 14)
    assert [(kind, facts["forecast"], facts["days"]) for kind, facts in announced()] == [
        ("start_forecast_changed", "2026-12-16", 2),
        ("start_forecast_changed", "2026-12-17", 3),
        ("start_forecast_changed", "2026-12-16", 2),
        ("start_forecast_restored", "2026-12-14", 0),
    ]


def test_an_exit_that_nothing_waits_on_changes_no_case():
    row = interview()
    case = onboarding.case(row.application)
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    reaction = Reaction.objects.get(event__kind="interview_interrupted", name="onboarding.align_delay")
    assert (reaction.state, reaction.note, reaction.effects) == (
        ReactionState.DONE,
        "No onboarding case waits on this interview.",
        [],
    )
    assert (rows(case), forecast(case)[1]) == ([], date(2026, 12, 14))


def test_running_twice_changes_and_announces_nothing():
    row = interview()
    case = onboarding.case(row)
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    before = (rows(case), forecast(case), due(case), announced())
    delays.align(interview_id=row.pk)
    delays.align(interview_id=row.pk)
    assert (rows(case), forecast(case), due(case), announced()) == before


def test_an_exit_reaction_that_runs_after_the_return_leaves_no_ghost():
    row = interview()
    case = onboarding.case(row)
    put(row, "interrupted")
    put(row, "in_progress")
    delays.align(interview_id=row.pk)
    assert (rows(case), forecast(case)[1], announced()) == ([], date(2026, 12, 14), [])


def test_an_overtaken_chain_ends_where_the_interview_stands():
    row = interview()
    case = onboarding.case(row)
    put(row, "interrupted")
    delays.align(interview_id=row.pk)
    put(row, "abandoned")
    delays.align(interview_id=row.pk)
    assert rows(case) == [(1, "network", date(2026, 11, 24), True, True)]
    assert forecast(case)[1] == date(2026, 12, 15)


def test_a_date_that_nobody_knows_any_more_is_announced_even_when_it_does_not_move():
    row = interview(state="in_progress", window_closes_at=MONDAY + timedelta(days=30))
    onboarding.case(row)
    for state in ("interrupted", "abandoned"):
        put(row, state)
        delays.align(interview_id=row.pk)
    assert [(facts["was"], facts["forecast"], facts["date_unknown"]) for _kind, facts in announced()] == [
        ("2026-12-14", "2026-12-15", False),
        ("2026-12-15", "2026-12-15", True),
    ]


def test_a_cancelled_interview_lifts_its_delay():
    row = interview()
    case = onboarding.case(row)
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    endings.cancel(interview_id=row.pk, by=people.recruiter())
    assert [active for *_rest, active in rows(case)] == [False]
    assert forecast(case)[1] == date(2026, 12, 14)


def test_a_corrected_cause_follows_into_the_delay_without_a_second_announcement():
    row = interview()
    case = onboarding.case(row)
    interviews.interrupt(interview_id=row.pk, cause="unknown", evidence={}, by=Party.CANDIDATE)
    interviews.correct_cause(exit_id=row.exits.get().pk, cause=ExitCause.DEVICE, by=people.recruiter())
    assert [cause for _days, cause, *_rest in rows(case)] == ["device"]
    assert [kind for kind, _facts in announced()] == ["start_forecast_changed"]


def test_done_steps_keep_their_dates():
    row = interview()
    case = onboarding.case(row)
    approval = case.steps.get(kind="approval")
    steps.complete_step(step_id=approval.pk, by=people.lead())
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    assert due(case)["approval"] == ON_TIME["approval"]
    assert due(case)["contract"] == date(2026, 12, 8)


@pytest.mark.parametrize(
    ("days", "unknown", "said"),
    [
        (1, False, "Start delayed by 1 working day"),
        (2, False, "Start delayed by 2 working days"),
        (1, True, "Start delayed by at least 1 working day"),
    ],
)
def test_what_is_noted_of_a_delay_counts_one_day_as_one(days, unknown, said):
    words = forecasts.noted_as(days, date_unknown=unknown)
    assert words % {"days": days} == said
