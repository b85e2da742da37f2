"""Whose interview is finished, what weighs how much, and which stage comes first."""

import numpy as np
import pytest

from recruitment.evaluation.learning.cohort import Cohort, Person, natural, plan_of


def test_the_overall_score_is_the_mean_of_competencies_and_each_that_of_its_stages() -> None:
    plan = plan_of([("1", "a"), ("2", "a"), ("2", "b")])
    assert plan.stages == ("1", "2")
    assert plan.weights == {("1", "a"): 0.25, ("2", "a"): 0.25, ("2", "b"): 0.5}
    assert plan.overall({("1", "a"): 40, ("2", "a"): 80, ("2", "b"): 100}) == pytest.approx(80)


def test_stages_come_in_their_natural_order() -> None:
    assert sorted(["stage 10", "stage 9", "2", "10", "终面"], key=natural) == [
        "2",
        "10",
        "stage 9",
        "stage 10",
        "终面",
    ]


def test_finished_is_who_has_all_that_the_group_is_asked() -> None:
    whole = {("1", "a"): 1.0, ("2", "a"): 2.0}
    cohort = Cohort(
        [
            Person("whole", "g", whole),
            Person("left", "g", {("1", "a"): 1.0}),
            Person("other plan", "h", {("1", "a"): 1.0}),
        ]
    )
    assert cohort.finished == [0, 2]
    assert cohort.columns == [("1", "a"), ("2", "a")]
    assert np.isnan(cohort.rows[1, 1])
    assert cohort.hidden_after("g", 1).tolist() == [False, True]
    assert cohort.weights_of("h").tolist() == [1.0, 0.0]


def test_what_hardly_anybody_was_asked_is_no_part_of_the_plan() -> None:
    people = [Person(str(number), "g", {("1", "a"): 1.0}) for number in range(20)]
    people.append(Person("special", "g", {("1", "a"): 1.0, ("9", "z"): 5.0}))
    cohort = Cohort(people)
    assert cohort.plans["g"].stages == ("1",)
    assert len(cohort.finished) == 21
