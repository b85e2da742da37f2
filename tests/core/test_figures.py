"""A rate says what it was counted from, and nothing below twenty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.figures import LEAST, Exclusion, Rate
from reports.exclusions import Reason, exclusions


def test_a_hundred_planned_ten_left() -> None:
    """63 of 90 have passed; had the ten stayed, it would be between 63 and 73 of 100."""
    rate = Rate(63, 90, "pass-rate/1", (Exclusion(Reason.EXIT, 10),), exits=10)
    assert (rate.value, rate.low, rate.high, rate.note) == (0.7, 0.63, 0.73, "")


@pytest.mark.parametrize(("passed", "effective"), [(0, 0), (1, 1), (19, 19)])
def test_below_twenty_there_are_counts_and_no_rate(passed: int, effective: int) -> None:
    """One person more would move it by five points."""
    rate = Rate(passed, effective, "pass-rate/1", exits=3)
    assert (rate.value, rate.low, rate.high) == (None, None, None)
    assert (rate.numerator, rate.denominator, rate.exits, str(rate.note)) == (passed, effective, 3, rate.note)
    assert rate.note


@given(st.integers(0, 10_000), st.integers(LEAST, 10_000), st.integers(0, 10_000))
def test_the_bounds_hold_the_value(passed: int, effective: int, exits: int) -> None:
    """For any counts: 0 ≤ low ≤ value ≤ high ≤ 1, and all the same when nobody left."""
    rate = Rate(min(passed, effective), effective, "pass-rate/1", exits=exits)
    assert rate.low is not None
    assert rate.value is not None
    assert rate.high is not None
    assert 0 <= rate.low <= rate.value <= rate.high <= 1
    if exits == 0:
        assert rate.low == rate.value == rate.high


@pytest.mark.parametrize(("passed", "effective", "exits"), [(2, 1, 0), (-1, 1, 0), (0, -1, 0), (0, 0, -1)])
def test_nonsense_is_refused(passed: int, effective: int, exits: int) -> None:
    """More passed than judged, or less than nobody."""
    with pytest.raises(ValueError):
        Rate(passed, effective, "pass-rate/1", exits=exits)


def test_reasons_that_do_not_occur_are_not_listed() -> None:
    """In the order of their definition, whatever order they were found in."""
    assert exclusions({Reason.MISSED: 1, Reason.CANCELLED: 0, Reason.EXIT: 2}) == (
        Exclusion(Reason.EXIT, 2),
        Exclusion(Reason.MISSED, 1),
    )
