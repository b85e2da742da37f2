"""The week in figures: flows by the time of their events, attempts as the unit, weeks of Shanghai."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.figures import Exclusion, Rate
from people.actors import Party
from recruitment import signals
from recruitment.models import Interview, Opening
from recruitment.services import interviews, scheduling
from reports.exclusions import Reason
from reports.passing import DEFINITION
from reports.weekly import WeeklyReport, week, weeks_lately
from tests.factories import api, people, recruitment
from tests.reports import rows
from tests.reports.rows import event

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, tzinfo=UTC) - timedelta(hours=8)  # midnight in Shanghai
WEDNESDAY = MONDAY + timedelta(days=2, hours=10)
FLOWS = ("invited", "started", "completed", "interrupted", "returned", "interrupted_by_us", "abandoned", "missed",
         "cancelled")  # fmt: skip


def flows(report: WeeklyReport) -> dict[str, int]:
    """The counts of a report that are not 0."""
    return {name: getattr(report, name) for name in FLOWS if getattr(report, name)}


def test_a_hundred_planned_ten_left() -> None:
    """The demo's week, with an interruption each whose event names no exit."""
    opening = recruitment.opening()
    left = rows.interviews(opening, 10, "abandoned")
    done = rows.interviews(opening, 90, "completed")
    for row in left + done:
        event(signals.interview_scheduled, row, MONDAY + timedelta(hours=8))
        event(signals.interview_started, row, WEDNESDAY)
    for row in left:
        event(signals.interview_interrupted, row, WEDNESDAY + timedelta(minutes=9))
    for number, row in enumerate(done):
        event(signals.interview_completed, row, WEDNESDAY + timedelta(minutes=20))
        rows.full(row, 85 if number < 63 else 60, outcome="invited" if number < 63 else "below")
    report = week(date(2026, 11, 18), user=None)
    assert (report.name, report.first, report.last) == ("2026-W47", date(2026, 11, 16), date(2026, 11, 22))
    assert flows(report) == {"invited": 100, "started": 100, "completed": 90, "interrupted": 10}
    assert report.pass_rate == Rate(63, 90, DEFINITION, (Exclusion(Reason.EXIT, 10),), 10)
    assert [(row.cause, row.count, row.returned) for row in report.exits.by_cause] == [("network", 10, 0)]


@pytest.mark.parametrize(
    ("at", "counted"),
    [
        (MONDAY - timedelta(microseconds=1), 0),
        (MONDAY, 1),
        (MONDAY + timedelta(days=7) - timedelta(microseconds=1), 1),
        (MONDAY + timedelta(days=7), 0),
    ],
)
def test_a_week_is_monday_to_sunday_in_shanghai(at: datetime, counted: int) -> None:
    """Its first instant belongs to it, the first of the next one does not."""
    event(signals.interview_scheduled, rows.interviews(recruitment.opening(), 1, "scheduled")[0], at)
    for day in range(16, 23):
        assert week(date(2026, 11, day), user=None).invited == counted


@pytest.mark.parametrize(("day", "name"), [(date(2026, 12, 31), "2026-W53"), (date(2027, 1, 3), "2026-W53")])
def test_weeks_are_named_as_iso_8601_does(day: date, name: str) -> None:
    """Also across the year's end."""
    assert week(day, user=None).name == name


def test_the_unit_is_the_attempt() -> None:
    """Left twice in one attempt is one interrupted attempt with two exits; a second attempt is another."""
    row = rows.interviews(recruitment.opening(), 1, "in_progress", attempt=2)[0]
    first = recruitment.exit_(Interview(pk=row.pk, attempt=1), returned_at=WEDNESDAY, is_announced=True)
    second = recruitment.exit_(Interview(pk=row.pk, attempt=1), cause="device")
    event(signals.interview_scheduled, row, MONDAY)
    event(signals.interview_started, row, WEDNESDAY)
    event(signals.interview_interrupted, row, WEDNESDAY + timedelta(minutes=1), exit=first.pk)
    event(signals.interview_resumed, row, WEDNESDAY + timedelta(minutes=2), exit=first.pk)
    event(signals.interview_interrupted, row, WEDNESDAY + timedelta(minutes=3), exit=second.pk)
    event(signals.interview_rescheduled, row, WEDNESDAY + timedelta(hours=1), attempt=2, new_attempt=True)
    event(signals.interview_started, row, WEDNESDAY + timedelta(hours=2), attempt=2)
    report = week(date(2026, 11, 18), user=None)
    assert flows(report) == {"invited": 2, "started": 2, "interrupted": 1, "returned": 1}
    assert [(one.cause, one.announced, one.silent, one.returned) for one in report.exits.by_cause] == [
        ("device", 0, 1, 0),
        ("network", 1, 0, 1),
    ]
    assert report.pass_rate.excluded == (Exclusion(Reason.EXIT, 1), Exclusion(Reason.UNDER_WAY, 1))


def test_moving_what_had_not_begun_invites_nobody_anew() -> None:
    """The attempt stays what it is, in the week in which it was invited."""
    row = rows.interviews(recruitment.opening(), 1, "scheduled")[0]
    event(signals.interview_scheduled, row, MONDAY)
    event(signals.interview_rescheduled, row, MONDAY + timedelta(days=8), new_attempt=False)
    assert flows(week(date(2026, 11, 18), user=None)) == {"invited": 1}
    assert flows(week(date(2026, 11, 25), user=None)) == {}


def test_who_came_back_only_finished_or_later_counts_as_returned() -> None:
    """Answers are taken while interrupted: finishing is coming back; a return of the week after counts too."""
    opening = recruitment.opening()
    finished, later, before = rows.interviews(opening, 3, "completed")
    for row in (finished, later, before):
        event(signals.interview_interrupted, row, WEDNESDAY)
    event(signals.interview_completed, finished, WEDNESDAY + timedelta(minutes=1))
    event(signals.interview_resumed, later, WEDNESDAY + timedelta(days=7))
    event(signals.interview_resumed, before, WEDNESDAY - timedelta(hours=1))
    assert flows(week(date(2026, 11, 18), user=None)) == {"interrupted": 3, "returned": 2, "completed": 1}


def test_what_we_broke_off_ourselves_stands_apart() -> None:
    """Never among the interrupted, unless HR finds another cause, or the candidate left another time as well."""
    opening = recruitment.opening()
    ours, corrected, both = rows.interviews(opening, 3, "interrupted")
    for row in (ours, corrected, both):
        row.exits.update(cause="our_outage")
        event(signals.interview_interrupted, row, WEDNESDAY, exit=row.exits.get().pk)
    corrected.exits.update(corrected_cause="device")
    both.exits.update(returned_at=WEDNESDAY)
    event(
        signals.interview_interrupted, both, WEDNESDAY + timedelta(hours=1), exit=recruitment.exit_(both).pk
    )
    report = week(date(2026, 11, 18), user=None)
    assert flows(report) == {"interrupted": 2, "interrupted_by_us": 1}
    assert {(one.cause, one.count) for one in report.exits.by_cause} == {("device", 1), ("network", 1)}
    assert (report.exits.ours.count, report.exits.ours.returned) == (2, 1)


def test_other_openings_and_other_trees_are_left_out() -> None:
    """A manager's week is that of the own tree; `opening` narrows it further."""
    mine, other = recruitment.opening(), recruitment.opening()
    second = recruitment.opening(mine.department)
    for opening in (mine, other, second):
        for row in rows.interviews(opening, 1, "missed"):
            event(signals.interview_missed, row, WEDNESDAY)
    day = date(2026, 11, 18)
    manager = people.manager(mine.department)
    assert [
        week(day, user=None).missed,
        week(day, user=people.recruiter()).missed,
        week(day, user=manager).missed,
        week(day, user=manager, opening=mine.pk).missed,
        week(day, user=manager, opening=other.pk).missed,
        week(day, user=people.user()).missed,
    ] == [3, 3, 2, 1, 0, 0]


def test_the_number_of_queries_does_not_grow() -> None:
    """Eight for all, whatever happened in the week."""
    opening = recruitment.opening()
    for number in (1, 3):
        for row in rows.interviews(opening, number, "interrupted"):
            event(signals.interview_scheduled, row, MONDAY)
            event(signals.interview_interrupted, row, WEDNESDAY, exit=row.exits.get().pk)
        with CaptureQueriesContext(connection) as queries:
            week(date(2026, 11, 18), user=None)
        assert len(queries) == 6


def _taken(opening: Opening) -> Interview:
    return scheduling.schedule(
        application_id=recruitment.application(opening).pk,
        opens_at=timezone.now(),
        closes_at=timezone.now() + timedelta(days=3),
        by=opening.specialist,
    )


def test_the_real_steps_tell_the_same_story_and_a_reschedule_changes_no_past_week() -> None:
    """Scheduled, begun, left and abandoned in one week; moved in the next: the first stays as it was."""
    api.calendar()
    opening = recruitment.opening()
    with time_machine.travel(WEDNESDAY, tick=False):
        row = _taken(opening)
        entered = interviews.enter(interview_id=row.pk, by=Party.CANDIDATE)
        interviews.leave(
            interview_id=row.pk,
            epoch=entered.epoch,
            choice="leave",
            cause="time_conflict",
            note="",
            by=Party.CANDIDATE,
        )
        then = week(timezone.localdate(), user=None)
    assert flows(then) == {"invited": 1, "started": 1, "interrupted": 1}
    assert then.pass_rate.excluded == (Exclusion(Reason.EXIT, 1),)
    with time_machine.travel(WEDNESDAY + timedelta(days=7), tick=False):
        scheduling.reschedule(
            interview_id=row.pk,
            opens_at=timezone.now(),
            closes_at=timezone.now() + timedelta(days=2),
            by=opening.specialist,
        )
        again, now = week(date(2026, 11, 18), user=None), week(timezone.localdate(), user=None)
    assert (flows(again), again.pass_rate, again.exits) == (flows(then), then.pass_rate, then.exits)
    assert flows(now) == {"invited": 1}
    assert now.pass_rate.excluded == (Exclusion(Reason.NOT_STARTED, 1),)


def test_whoever_sees_everything_reads_the_weeks_of_a_moment_ago_and_as_of_when(settings: Any) -> None:
    settings.WEEKS_KEPT_SECONDS = 60
    opening = recruitment.opening()
    lead, manager = people.lead(), people.manager(opening.department)
    first, last = MONDAY.date() + timedelta(days=1), WEDNESDAY
    with time_machine.travel(last, tick=False):
        before = weeks_lately(first, 1, user=lead)
        assert weeks_lately(first, 1, user=manager)[0].invited == 0
        event(signals.interview_scheduled, recruitment.interview(recruitment.application(opening)), last)
    with time_machine.travel(last + timedelta(seconds=1), tick=False):
        with CaptureQueriesContext(connection) as asked:
            assert weeks_lately(first, 1, user=people.lead()) == before
        assert not [one for one in asked if "events_event" in one["sql"]]
        assert before[0].as_of == last
        assert weeks_lately(first, 1, user=manager)[0].invited == 1
    settings.WEEKS_KEPT_SECONDS = 0
    assert weeks_lately(first, 1, user=lead)[0].invited == 1
