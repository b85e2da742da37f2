"""Exit rates by hand-made attempts: what is in the denominator, and what each line stands beside."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from core.figures import Rate
from recruitment.models import Interview, InterviewExit, RoomEntry
from reports.asking import REPORTS
from reports.lines import people_behind, table_of
from reports.registry import Asked, Table
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)
AT = NOW - timedelta(days=3)


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def table(by: str, **asked: Any) -> Table:
    report = REPORTS["exit_rates"]
    return table_of(report, Asked(people.lead(), date(2026, 11, 2), date(2026, 11, 29), by=by, **asked))


def begun(opening: Any, state: str, platform: str = "Android", *causes: str, **fields: Any) -> Interview:
    """An attempt that came into the room three days ago and was left for these causes, one after another."""
    row = make.interview(make.application(opening), state=state, **fields)
    InterviewExit.objects.filter(interview=row).delete()
    RoomEntry.objects.create(interview=row, attempt=1, epoch=1, device={"platform": platform})
    # Who came back has a second page, which begins no second attempt.
    RoomEntry.objects.create(interview=row, attempt=1, epoch=2, device={"platform": "Windows"})
    RoomEntry.objects.filter(interview=row).update(at=AT)
    for number, cause in enumerate(causes):
        InterviewExit.objects.create(
            interview=row, attempt=1, cause=cause, is_announced=cause == "by_mistake",
            left_at=AT + timedelta(minutes=5 + number), returned_at=AT + timedelta(minutes=6 + number),
        )  # fmt: skip
    return row


def played() -> Any:
    opening = make.opening()
    begun(opening, "completed")
    begun(opening, "completed", "Windows", "by_mistake", "network")
    begun(opening, "abandoned", "Android", "network")
    # Ours comes first and the candidate's afterwards: it was left.
    begun(opening, "interrupted", "Windows", "our_outage", "unwilling")
    begun(opening, "interrupted", "Windows", "our_outage")
    begun(opening, "in_progress")
    return opening


def parts(rate: Any) -> tuple[int, int, dict[str, int]]:
    assert isinstance(rate, Rate)
    return rate.numerator, rate.denominator, {str(one.reason.value): one.count for one in rate.excluded}


def test_what_our_outage_alone_broke_off_and_what_is_under_way_is_in_no_denominator() -> None:
    played()
    (row,) = table("opening").rows
    assert {name: value for name, value in row.values.items() if isinstance(value, int)} == {
        "begun": 6, "left_half_way": 3, "by_mistake": 1, "finished_after": 1,
    }  # fmt: skip
    assert parts(row.values["exit_rate"]) == (3, 4, {"our_outage": 1, "under_way": 1})


def test_by_device_a_line_is_its_own_denominator_and_by_the_first_exit_all_that_were_begun() -> None:
    played()
    by_device = {row.key: parts(row.values["exit_rate"])[:2] for row in table("device").rows}
    assert by_device == {"phone": (1, 2), "computer": (2, 2)}
    by_cause = {row.key: parts(row.values["exit_rate"])[:2] for row in table("cause").rows}
    assert by_cause == {None: (0, 4), "by_mistake": (1, 4), "network": (1, 4), "unwilling": (1, 4)}
    by_manner = {row.key: parts(row.values["exit_rate"])[:2] for row in table("manner").rows}
    assert by_manner == {"": (0, 4), "announced": (1, 4), "silent": (2, 4)}
    assert {row.key for row in table("left_stage").rows} == {0, None}
    assert parts(table("cause").totals["exit_rate"])[:2] == (3, 4)


def test_in_an_own_table_a_cell_stands_beside_what_the_line_and_the_column_have_in_common() -> None:
    played()
    for by, across in (("device", "cause"), ("cause", "device")):
        found = table(by, across=across, measure="exit_rate")
        cells = {
            (row.key, name) if by == "device" else (name, row.key): parts(value)[:2]
            for row in found.rows
            for name, value in row.values.items()
            if name != "total"
        }
        mended = {(device, cause): value for (device, cause), value in cells.items()}
        assert mended["phone", "network"] == (1, 2)
        assert mended["computer", "network"] == (0, 2)
        assert mended["computer", "by_mistake"] == (1, 2)
        assert parts(found.totals["total"])[:2] == (3, 4)


def test_a_figure_leads_to_whom_it_counts() -> None:
    opening = played()
    asked = table("cause").asked
    behind = people_behind(REPORTS["exit_rates"], asked, "exit_rate", "network")
    assert [row.opening_id for row in behind] == [opening.pk]
    assert people_behind(REPORTS["exit_rates"], asked, "exit_rate", None).count() == 3
