"""A row's number as it is typed: what can be none is none, and nothing else is read."""

import pytest

from core.numbers import HIGHEST_ID, row_number


@pytest.mark.parametrize(("typed", "number"), [("7", 7), ("007", 7), (str(HIGHEST_ID), HIGHEST_ID)])
def test_a_number_that_a_row_may_have(typed: str, number: int) -> None:
    assert row_number(typed) == number


@pytest.mark.parametrize(
    "typed",
    [None, "", "0", "-1", "+1", " 1", "1.0", "1e3", "x", "٣", "²", "１", str(HIGHEST_ID + 1), "9" * 5000],
)
def test_what_no_row_has(typed: str | None) -> None:
    assert row_number(typed) is None
