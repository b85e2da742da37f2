"""Exits of any stretch of time by the cause as HR knows it."""

from datetime import UTC, datetime, timedelta

import pytest

from recruitment import signals
from reports.exits import exits
from tests.factories import people, recruitment
from tests.reports import rows

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 1, tzinfo=UTC)
END = START + timedelta(days=30)


def test_by_cause_the_commonest_first() -> None:
    """HR's word counts; our own outage is not among them; an event without its exit is unknown and silent."""
    opening = recruitment.opening()
    causes = ["network", "network", "unwilling", "network", "our_outage"]
    for number, (row, cause) in enumerate(zip(rows.interviews(opening, 5, "abandoned"), causes, strict=True)):
        exit_ = row.exits.get()
        exit_.cause, exit_.is_announced = cause, number == 2
        exit_.corrected_cause = "device" if number == 3 else ""
        exit_.save()
        rows.event(signals.interview_interrupted, row, START + timedelta(days=number), exit=exit_.pk)
    lost = rows.interviews(opening, 1, "completed")[0]
    rows.event(signals.interview_interrupted, lost, START)
    rows.event(signals.interview_interrupted, lost, END)
    report = exits(START, END, user=None)
    assert [(row.cause, row.count, row.announced, row.silent) for row in report.by_cause] == [
        ("network", 2, 0, 2),
        ("device", 1, 0, 1),
        ("unknown", 1, 0, 1),
        ("unwilling", 1, 1, 0),
    ]
    assert report.ours.count == 1
    assert exits(START, END, user=people.manager()).by_cause == []
