"""Which course a skill asks for, and from which score which level."""

from decimal import Decimal
from typing import Any

import pytest

from recruitment.models import Skill
from training.choice import choose, course_for
from training.enums import CourseKind, Reason
from training.knowledge import RequiredSkill
from training.levels import level_of
from training.models import Course

EXCEL = Skill(pk=1, code="excel", name="办公软件")


def _required(shown: int | None, required: int = 4, skill: Skill = EXCEL) -> RequiredSkill:
    return RequiredSkill(skill, required, shown, [])


def _course(pk: int, start: int, end: int, **fields: Any) -> Course:
    fields.setdefault("hours", Decimal(8))
    return Course(pk=pk, code=f"c{pk}", skill_id=1, from_level=start, to_level=end, **fields)


def _diagnostic(pk: int, hours: int) -> Course:
    return Course(pk=pk, code=f"d{pk}", skill_id=1, kind=CourseKind.DIAGNOSTIC, hours=Decimal(hours))


@pytest.mark.parametrize(
    ("score", "level"),
    [
        ("0", 1), ("39.99", 1), ("40", 2), ("59.99", 2), ("60", 3), ("74.99", 3), ("75", 4), ("89.99", 4), ("90", 5),
        ("100", 5),
    ],
)  # fmt: skip
def test_levels(score: str, level: int) -> None:
    assert level_of(Decimal(score)) == level


@pytest.mark.parametrize(
    ("shown", "chosen"),
    [
        (1, 2),  # the lowest end that reaches 4
        (None, 10),  # the shorter diagnostic
    ],
)
def test_the_smallest_sufficient_course_or_the_shortest_diagnostic(shown: int | None, chosen: int) -> None:
    courses = [_course(1, 1, 3), _course(2, 1, 4), _course(3, 1, 5), _diagnostic(11, 3), _diagnostic(10, 1)]

    course = course_for(_required(shown), courses)

    assert course is not None
    assert course.pk == chosen


def test_of_two_that_end_alike_the_one_whose_start_is_reached_then_the_shorter() -> None:
    shorter = _course(3, 1, 4, hours=Decimal(4))
    assert (
        course_for(_required(1), [_course(1, 3, 4, hours=Decimal(1)), _course(2, 1, 4), shorter]) == shorter
    )


def test_without_a_sufficient_one_the_highest() -> None:
    highest = _course(2, 1, 3)
    assert course_for(_required(1, 5), [_course(1, 1, 2), highest]) == highest


def test_a_course_that_ends_where_the_person_stands_teaches_nothing() -> None:
    assert course_for(_required(3, 5), [_course(1, 1, 3), _diagnostic(10, 1)]) is None


def test_a_choice_names_what_no_course_covers() -> None:
    other, enough = Skill(pk=2, code="sql", name="SQL"), Skill(pk=3, code="talk", name="沟通")
    gap = _required(1)

    choice = choose([gap, _required(None, skill=other), _required(4, skill=enough)], [_course(2, 1, 4)])

    assert {pk: (row.course.pk, row.reason, row.required) for pk, row in choice.wanted.items()} == {
        2: (2, Reason.GAP, gap)
    }
    assert choice.uncovered == [{"skill": "sql", "name": "SQL", "reason": "unknown"}]
