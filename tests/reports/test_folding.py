"""Figures that were counted before are the same as those that are counted now, whatever happens in between."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.events.models import Pulse
from recruitment import signals
from recruitment.models import Interview, InterviewExit, Lease, Opening
from recruitment.services import interviews
from reports import counting, folding, headcount, weekly
from reports.models import Fold, MonthOfOpening, WeekOfOpening
from reports.stale import stale
from tests.factories import people, recruitment
from tests.hrsuite.api import story
from tests.reports import rows
from tests.reports.rows import event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
HOUR = timedelta(hours=1)


def read(user: Any = None) -> list[Any]:
    """Two weeks and the plan, as they are read."""
    someone = user or people.lead()
    openings = Opening.objects.visible_to(someone)
    plan = headcount.headcount_plan(openings, user=someone)
    shown = [(row.opening.pk, row.month, row.needed, row.hired, row.expected, row.at_risk) for row in plan]
    first = counting.monday(timezone.localdate()) - counting.WEEK
    reports = [
        replace(one, as_of=datetime(2026, 1, 1, tzinfo=UTC)) for one in weekly.weeks(first, 2, user=someone)
    ]
    return [*reports, shown]


def anew(user: Any = None) -> list[Any]:
    """The same, with nothing counted before."""
    kept = list(Fold.objects.all())
    Fold.objects.all().delete()
    try:
        return read(user)
    finally:
        Fold.objects.bulk_create(kept)


def later(minutes: int = 5) -> Any:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True)


def test_the_first_time_everything_is_counted_and_reads_the_same() -> None:
    told = story.begun()
    told.leave()
    before = read()
    with later():
        assert folding.fold() == 0
        assert WeekOfOpening.objects.count() == 1
        assert stale(Fold.objects.get().up_to) == set()
        assert read() == before == anew()


@pytest.mark.parametrize(
    "step",
    [
        lambda told: told.come_back(),
        lambda told: told.give_up(),
        lambda told: interviews.correct_cause(
            exit_id=InterviewExit.objects.get().pk, cause="our_outage", by=people.lead()
        ),
    ],
    ids=["returned", "gave up", "cause corrected"],
)
def test_what_happens_after_is_read_at_once_and_folded_later(step: Callable[[story.Story], Any]) -> None:
    told = story.begun()
    told.leave()
    other = story.begun()
    with later():
        folding.fold()
    with later(6):
        kept = read()
        step(told)
        assert stale(Fold.objects.get().up_to) == {told.opening.pk}
        assert read() == anew() != kept
        assert folding.fold() == 0  # not settled yet
    with later(12):
        changed = read()
        assert folding.fold() == 1
        assert stale(Fold.objects.get().up_to) == set()
        assert read() == changed == anew()
        assert folding.fold() == 0
    assert other.opening.pk != told.opening.pk


def test_a_lease_that_ran_out_counts_before_anybody_wrote_it() -> None:
    told = story.begun()
    with later():
        folding.fold()
        told.leave()
        told.come_back()
    with later(20):
        folding.fold()
        Lease.objects.filter(interview=told.interview).update(expires_at=timezone.now() - HOUR)
        Pulse.objects.update_or_create(name="pump", defaults={"at": timezone.now()})
        assert stale(Fold.objects.get().up_to) == {told.opening.pk}
        assert read() == anew()


def test_a_manager_reads_the_own_tree_from_what_is_kept() -> None:
    mine, _other = story.begun(), story.begun()
    manager = people.manager(of=mine.opening.department)
    before = read(manager)
    with later():
        folding.fold()
        assert read(manager) == before == anew(manager)
        assert [row[0] for row in read(manager)[-1]] == [mine.opening.pk]


def test_at_night_a_wrong_figure_is_found_named_and_set_right(caplog: pytest.LogCaptureFixture) -> None:
    story.begun()
    with later():
        folding.fold()
        assert folding.recount() == 0
        right = read()
        row = WeekOfOpening.objects.get()
        row.figures["flows"]["invited"] = 7
        row.save()
        MonthOfOpening.objects.update(expected=9)
        assert read() != right
        with caplog.at_level(logging.ERROR, "reports.folding"):
            assert folding.recount() == 2
        assert "2 figures differed" in caplog.text
        assert Fold.objects.get().differences == 2
        assert read() == right


def test_reading_takes_as_many_queries_for_many_openings_as_for_one() -> None:
    counts = set()
    for _round in range(3):
        opening = recruitment.opening()
        for row in rows.interviews(opening, 2, "completed"):
            event(signals.interview_scheduled, row, timezone.now() - HOUR)
        Fold.objects.all().delete()
        folding.recount()
        with CaptureQueriesContext(connection) as queries:
            report = weekly.week(timezone.localdate(), user=None)
        counts.add(len(queries))
    assert report.invited == Interview.objects.count()
    assert counts == {3}
