"""Lines that stand apart: against all others, allowed for how many are looked at, and only where the lines add up."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import translation

from core.figures import Rate
from reports.apart import comparisons, sentences
from reports.asking import REPORTS
from reports.differences import difference
from reports.registry import Asked, Row, Table, Value

REPORT = REPORTS["exit_rates"]


def table(*lines: tuple[int, int], total: tuple[int, int] | None = None, **asked: Any) -> Table:
    """A table whose lines have these exit rates, and counts of no interest."""

    def values(yes: int, of: int) -> dict[str, Value]:
        counts: dict[str, Value] = {one.name: 0 for one in REPORT.measures}
        return {**counts, "exit_rate": Rate(yes, of, "exit_rate/1")}

    rows = [Row(key, f"行{key}", values(*line)) for key, line in enumerate(lines)]
    yes, of = total or (sum(line[0] for line in lines), sum(line[1] for line in lines))
    user: Any = None
    question = Asked(user, date(2026, 11, 2), date(2026, 11, 29), "device", **asked)
    return Table(REPORT, question, datetime(2026, 11, 29, tzinfo=UTC), rows, values(yes, of))


def test_a_line_far_from_all_others_is_named_with_its_interval() -> None:
    found = comparisons(table((60, 100), (20, 100), (22, 100)))
    assert found.looks == 3
    assert [(one.row.key, one.rest.numerator, one.rest.denominator) for one in found.found] == [
        (0, 42, 200),
        (1, 82, 200),
        (2, 80, 200),
    ]
    first = found.found[0]
    assert first.difference == difference(first.rest, Rate(60, 100, ""), looks=3)
    assert first.difference.value == pytest.approx(0.39)


def test_the_same_difference_stands_apart_among_few_and_not_among_many() -> None:
    few = comparisons(table((47, 100), (30, 100)))
    # Of two lines each is the other's rest.
    assert (few.looks, [one.row.key for one in few.found]) == (1, [0])
    many = comparisons(table((47, 100), (30, 100), *[(33, 100)] * 20))
    assert (many.looks, [one.row.key for one in many.found]) == (22, [])


def test_what_has_not_enough_data_or_does_not_add_up_or_is_withheld_is_not_compared() -> None:
    assert comparisons(table((10, 19), (1, 300))).looks == 0
    assert comparisons(table((60, 100), (20, 100), total=(80, 150))).looks == 0
    whole = table((60, 100), (20, 100))
    assert comparisons(replace(whole, withheld=1)).looks == 0
    assert comparisons(table((60, 100), (20, 100), across="cause", measure="exit_rate")).looks == 0
    assert sentences(table((1, 2))) == []


def test_it_is_said_in_words() -> None:
    with translation.override("zh-hans"):
        (first, *_others) = sentences(table((60, 100), (20, 100)))
        assert first.startswith("行0：退出率 60% (60/100)，其余合计 20% (20/100)；相差 +40 个百分点，区间 +")
        many = sentences(table(*[(30, 1000)] * 9, *[(600, 1000)] * 9))
        assert (len(many), many[-1]) == (13, "另有 6 行也有明确差异。")
        assert sentences(table((30, 100), (31, 100))) == [
            "没有哪一行与其余各行有明确差异：已按 1 次比较校正，现有差异可能出于偶然。"
        ]
