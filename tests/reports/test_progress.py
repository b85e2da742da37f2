"""An opening's progress: every stage and state, by the effective state, with the pass rate of all attempts."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.events.models import Pulse
from core.figures import Exclusion
from recruitment.models import Lease
from recruitment.models.interviews import ROOM_PULSE
from reports.exclusions import Reason
from reports.progress import progress
from tests.factories import recruitment
from tests.reports import rows

pytestmark = pytest.mark.django_db


def test_every_stage_and_state_is_listed() -> None:
    """Also where nobody stands; another opening's rows are not counted."""
    opening = recruitment.opening()
    rows.interviews(recruitment.opening(), 2, "scheduled")
    rows.interviews(opening, 2, "scheduled")
    recruitment.application(opening, stage="hired")
    report = progress(opening)
    assert {stage: count for stage, count in report.stages.items() if count} == {"applied": 2, "hired": 1}
    assert list(report.stages) == [
        "applied", "screening", "interviewing", "evaluating", "second_round", "offer", "hired", "rejected", "withdrawn",
        "fell_through",
    ]  # fmt: skip
    assert {state: count for state, count in report.interviews.items() if count} == {"scheduled": 2}
    assert (report.applications, report.hired) == (3, 1)


def test_a_lapsed_lease_counts_as_interrupted() -> None:
    """Before the sweep has come by."""
    opening = recruitment.opening()
    lapsed, _alive = rows.interviews(opening, 2, "in_progress")
    now = datetime.now(UTC)
    Pulse.objects.create(name=ROOM_PULSE, at=now)
    Lease.objects.filter(pk=lapsed.pk).update(expires_at=now - timedelta(seconds=1))
    report = progress(opening)
    assert {state: count for state, count in report.interviews.items() if count} == {
        "in_progress": 1,
        "interrupted": 1,
    }
    assert report.pass_rate.excluded == (Exclusion(Reason.EXIT, 1), Exclusion(Reason.UNDER_WAY, 1))


def test_every_attempt_is_in_the_cohort() -> None:
    """Of an interview in its third attempt, two were given a new one."""
    opening = recruitment.opening()
    rows.interviews(opening, 1, "scheduled", attempt=3)
    report = progress(opening)
    assert report.pass_rate.excluded == (Exclusion(Reason.NOT_STARTED, 1), Exclusion(Reason.RESCHEDULED, 2))


def test_five_queries_for_any_number() -> None:
    """One row or three."""
    opening = recruitment.opening()
    for number in (1, 3):
        rows.interviews(opening, number, "interrupted")
        with CaptureQueriesContext(connection) as queries:
            progress(opening)
        assert len(queries) == 5
