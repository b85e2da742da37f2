"""A table of scores becomes a cohort, or a sentence with the line that is wrong."""

import pytest

from core.errors import Invalid
from recruitment.evaluation.learning.reading import read

HEAD = "person,group,stage,competency,score,test_logic,remark"


def test_lines_become_people_and_what_is_empty_is_missing() -> None:
    cohort = read(
        [
            HEAD,
            "王,a,1,x,80,70,!",
            "王,a,2,x,90,,",
            "李,a,1,x,60,,",
            "李,a,2,x,,,",
            "王,b,1,x,10,,",
            "赵,a,,,,55,",
        ]
    )
    assert [
        (person.name, person.group, dict(person.scores), dict(person.tests)) for person in cohort.people
    ] == [
        ("王", "a", {("1", "x"): 80.0, ("2", "x"): 90.0}, {"logic": 70.0}),
        ("李", "a", {("1", "x"): 60.0}, {}),
        ("王", "b", {("1", "x"): 10.0}, {}),
    ]
    assert cohort.finished == [0, 2]


@pytest.mark.parametrize(
    "head",
    ["Person, Group ,STAGE,Competency,Score,TEST_logic", "姓名,组,环节,能力,得分,test_logic",
     "ｐerson,岗位,阶段,能力项,分数,Test_logic"],
)  # fmt: skip
def test_headings_are_read_as_they_are_meant(head: str) -> None:
    (person,) = read([head, "a,g,1,x,80,70,", "a,g,2,x,８０,,"]).people
    assert (dict(person.scores), dict(person.tests)) == (
        {("1", "x"): 80.0, ("2", "x"): 80.0},
        {"logic": 70.0},
    )


@pytest.mark.parametrize(
    ("named", "order"),
    [
        (("自我介绍", "专业问题", "情景模拟"), ("自我介绍", "专业问题", "情景模拟")),
        (("stage 10", "stage 2", "stage 1"), ("stage 1", "stage 2", "stage 10")),
        (("2", "1", "end"), ("2", "1", "end")),
    ],
)
def test_stages_come_by_their_numbers_else_as_the_table_names_them(
    named: tuple[str, ...], order: tuple[str, ...]
) -> None:
    """By their characters 专业问题 came before 自我介绍: then the first stage was hidden as if it were the last."""
    cohort = read([HEAD, *(f"a,g,{stage},x,{number},," for number, stage in enumerate(named))])
    assert cohort.plans["g"].stages == order


@pytest.mark.parametrize(
    ("lines", "code", "line"),
    [
        ([], "columns_missing", None),
        (["person,group,stage,score", "a,b,1,3"], "columns_missing", None),
        ([HEAD], "nothing_scored", None),
        ([HEAD, "a,g,1,x,,,"], "nothing_scored", None),
        ([HEAD, ",g,1,x,1,,"], "name_missing", 2),
        ([HEAD, "a,g,1,x,1,,", "a,g,1,x,eighty,,"], "not_a_number", 3),
        ([HEAD, "a,g,1,x,nan,,"], "not_a_number", 2),
        ([HEAD, "a,g,1,x,1e999,,"], "not_a_number", 2),
        ([HEAD, "a,g,1,x,1,,", "a,g,1,x,1,,"], "score_twice", 3),
        ([HEAD, "a,g,1,x,1,50,", "a,g,2,x,1,60,"], "test_differs", 3),
        ([HEAD, "a,g,1,x,1,fifty,"], "not_a_number", 2),
        # 80,5 between commas is two cells: 80 would be a wrong figure that nobody sees.
        ([HEAD, "a,g,1,x,80,50,!", "a,g,2,x,80,5,,0"], "cells_left_over", 3),
        (["person,group,stage,competency,score,Score"], "column_twice", None),
        ([HEAD + ",test_logic"], "column_twice", None),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_its_line(
    lines: list[str], code: str, line: int | None
) -> None:
    with pytest.raises(Invalid) as refused:
        read(lines)
    assert refused.value.code == code
    assert refused.value.extra.get("line") == line
