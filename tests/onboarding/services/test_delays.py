"""How an interview holds a start up: each state of the interview, and what the case's rows are after it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.events.models import Event, Reaction, ReactionState
from onboarding.models import OnboardingCase, OnboardingDelay
from onboarding.services import delays, steps
from people.actors import Party
from people.models import CalendarDay
from people.services import calendar
from recruitment.enums import ExitCause, InterviewState
from recruitment.models import Interview
from recruitment.services import endings, interviews, scheduling
from tests.factories import onboarding, people, recruitment
from tests.factories.works import work_off

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Monday at ten; the window of every interview here ends that evening, so its result is expected on Tuesday.
MONDAY = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
EVENING = MONDAY + timedelta(hours=10)
# The offsets of the standard template, before Monday 14 December.
ON_TIME = {
    "approval": date(2026, 11, 30),
    "contract": date(2026, 12, 3),
    "access": date(2026, 12, 9),
    "equipment": date(2026, 12, 10),
    "first_day": date(2026, 12, 14),
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def interview(state=InterviewState.IN_PROGRESS, **fields) -> Interview:
    fields.setdefault("window_closes_at", EVENING)
    return recruitment.interview(state=state, **fields)


def put(row: Interview, state: str, **fields) -> None:
    """Bring the interview to another state as a chain of steps would, without announcing any of them."""
    paths = {
        "interrupted": [
            ("interrupt", {"at": timezone.now(), "resume_until": timezone.now() + timedelta(hours=72)})
        ],
        "in_progress": [("resume", {})],
        "abandoned": [("abandon", {})],
        "missed": [("miss", {})],
        "cancelled": [("cancel", {})],
    }
    row = Interview.objects.get(pk=row.pk)
    for step, arguments in paths[state]:
        getattr(row, step)(**arguments)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    if state == "interrupted":
        recruitment.exit_(row, cause=fields.get("cause", "network"))


def forecast(case: OnboardingCase) -> tuple[date, date, list[int]]:
    case = OnboardingCase.objects.get(pk=case.pk)
    assert (
        OnboardingCase.objects.select_related("employee").get(pk=case.pk).employee.starts_on
        == case.forecast_start
    )
    return case.planned_start, case.forecast_start, case.provisional_years


def due(case: OnboardingCase) -> dict[str, date]:
    return dict(case.steps.values_list("kind", "due_on"))


def rows(case: OnboardingCase) -> list[tuple]:
    """Every delay of the case: working days, cause, result now expected, date unknown, still active."""
    return [
        (delay.days, delay.cause, delay.expected_result, delay.date_unknown, delay.is_active)
        for delay in OnboardingDelay.objects.filter(case=case)
    ]


def announced(kind: str = "") -> list[tuple[str, dict]]:
    events = Event.objects.filter(kind__startswith=kind or "start_forecast").order_by("pk")
    return [(event.kind, event.facts) for event in events]


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


def test_the_national_holiday_and_its_make_up_days_are_counted(clock):
    clock.move_to(datetime(2026, 9, 28, 10, tzinfo=SHANGHAI))
    row = interview(window_closes_at=datetime(2026, 9, 28, 20, tzinfo=SHANGHAI))
    case = onboarding.case(row, start=date(2026, 9, 30))
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    # To return until 1 October, a holiday; worked again on the 8th, scored on the 9th. Expected was 29 September.
    assert rows(case) == [(3, "network", date(2026, 10, 9), False, True)]
    # Three working days after 30 September: the 8th, the 9th, and Saturday the 10th, which is worked.
    assert CalendarDay.objects.get(date=date(2026, 10, 10)).is_working
    assert forecast(case)[1] == date(2026, 10, 10)


@pytest.fixture
def new_year(clock) -> tuple[Interview, OnboardingCase]:
    """An interview left on 28 December 2026, before anybody loaded the calendar of 2027."""
    clock.move_to(datetime(2026, 12, 28, 10, tzinfo=SHANGHAI))
    row = interview(window_closes_at=datetime(2026, 12, 28, 20, tzinfo=SHANGHAI))
    case = onboarding.case(row, start=date(2026, 12, 31))
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    return row, case


def test_a_year_without_data_is_counted_provisionally_and_named(new_year):
    _row, case = new_year
    # To return until 31 December; 1 January is a fixed holiday, so scored on Monday the 4th.
    assert rows(case) == [(3, "network", date(2027, 1, 4), False, True)]
    assert forecast(case) == (date(2026, 12, 31), date(2027, 1, 6), [2027])
    assert announced()[0][1]["provisional"] is True


def test_loading_the_year_counts_again_and_announces_what_moved(new_year):
    row, case = new_year
    holidays = {date(2027, 1, day): calendar.Day(is_working=False, note="元旦") for day in (1, 2, 3, 4)}
    calendar.load_year(year=2027, days=holidays, source="official notice", by=people.lead())
    work_off()
    assert rows(case) == [(3, "network", date(2027, 1, 5), False, True)]
    assert forecast(case) == (date(2026, 12, 31), date(2027, 1, 7), [])
    moved = announced()[-1][1]
    assert (moved["was"], moved["forecast"], moved["provisional"]) == ("2027-01-06", "2027-01-07", False)
    event = Event.objects.filter(kind="start_forecast_changed").last()
    assert (event.origin_id, event.caused_by.kind) == (row.pk, "calendar_year_loaded")


def test_an_edited_day_moves_what_was_counted_through_it_and_nothing_else():
    touched, other = interview(), interview()
    case = onboarding.case(touched)
    far = onboarding.case(other, start=date(2026, 12, 28))
    for row in (touched, other):
        interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    assert (forecast(case)[1], forecast(far)[1]) == (date(2026, 12, 17), date(2026, 12, 31))
    calendar.set_day(day=date(2026, 12, 15), is_working=False, by=people.lead())
    work_off()
    assert (forecast(case)[1], forecast(far)[1]) == (date(2026, 12, 18), date(2026, 12, 31))


def test_recounting_reads_as_much_for_three_cases_as_for_one():
    counts = []
    for more in (1, 2):
        for _number in range(more):
            row = interview()
            onboarding.case(row)
            put(row, "interrupted")
            delays.align(interview_id=row.pk)
        with CaptureQueriesContext(connection) as queries:
            delays.recount(year=2026, ids=list(OnboardingCase.objects.values_list("pk", flat=True)))
        counts.append(len(queries))
    assert counts[0] == counts[1]
