"""The back-test: its figures counted again from its own cases, its choice of an estimate, and the edges."""

import dataclasses

import numpy as np
import pytest

from recruitment.evaluation.learning import synthetic
from recruitment.evaluation.learning.backtest import backtest, cases_of
from recruitment.evaluation.learning.cohort import Cohort, Person

SMALL = synthetic.draw("random", 11, people=240)


def test_every_figure_is_that_of_its_cases() -> None:
    found = backtest(SMALL.cohort, 60.0)
    cases = cases_of(SMALL.cohort)
    finished = len(SMALL.cohort.finished)
    assert found["persons"] == 240
    assert found["finished"] == finished == 240 - len(SMALL.left)
    assert found["n"] == len(cases) == 2 * finished
    covered = [one.estimate.low <= one.truth <= one.estimate.high for one in cases]
    assert found["coverage"] == pytest.approx(np.mean(covered), abs=1e-4)
    assert found["width"] == pytest.approx(
        np.mean([one.estimate.high - one.estimate.low for one in cases]), abs=1e-4
    )
    for method, error in found["rmse"].items():
        assert error == pytest.approx(
            np.mean([(one.values[method] - one.truth) ** 2 for one in cases]) ** 0.5, abs=1e-4
        )
    crossing = [one.estimate.low < 60 <= one.estimate.high for one in cases]
    assert found["no_advice"] == pytest.approx(np.mean(crossing), abs=1e-4)
    assert sum(one["n"] for one in found["by_group"].values()) == found["n"]
    assert found["worst_group"]["coverage"] == min(one["coverage"] for one in found["by_group"].values())
    assert (found["use"], found["because"], found["abstains"]) == ("learned", "better_and_covers", False)
    assert {one["calibration"] for one in found["by_group"].values()} <= {"own", "pooled"}


def test_a_case_is_estimated_by_others_alone() -> None:
    """A truth that nobody could guess moves the case's own error and not its estimate."""
    place = SMALL.cohort.finished[0]
    person = SMALL.cohort.people[place]
    strange = dataclasses.replace(person, scores={**person.scores, ("3", "competency 1"): 0.0})
    people = list(SMALL.cohort.people)
    people[place] = strange
    before, after = (cases_of(cohort) for cohort in (SMALL.cohort, Cohort(people, SMALL.cohort.plans)))
    moved = [(old, new) for old, new in zip(before, after, strict=True) if old.truth != new.truth]
    assert len(moved) == 2
    assert all(old.estimate == new.estimate for old, new in moved)


def test_too_few_finished_stay_with_the_documented_weights_and_say_so() -> None:
    few = synthetic.draw("random", 2, people=30)
    found = backtest(few.cohort)
    assert len(few.cohort.finished) < 30
    assert (found["use"], found["because"]) == ("documented_weights", "too_few_finished")
    assert set(found["rmse"]) == {"carried_mean", "documented_weights"}
    assert {one["calibration"] for one in found["by_group"].values() if one["n"]} == {"documented_weights"}


def test_scores_that_hang_together_in_no_way_are_no_better_learned() -> None:
    chance = np.random.default_rng(4)
    people = [
        Person(str(number), "g", {(str(stage), "x"): float(chance.uniform(0, 100)) for stage in (1, 2)})
        for number in range(60)
    ]
    found = backtest(Cohort(people))
    assert found["coverage"] > 0.8
    # Learning finds that the first stage says nothing of the second: it is not worse than carrying it forward.
    assert found["rmse"]["learned"] < found["rmse"]["carried_mean"]


def test_nobody_finished_more_than_one_stage() -> None:
    found = backtest(Cohort([Person("a", "g", {("1", "x"): 50.0}), Person("b", "g", {("1", "x"): 70.0})]))
    assert (found["n"], found["coverage"], found["width"], found["no_advice"], found["worst_group"]) == (
        0, None, None, None, None,
    )  # fmt: skip
    assert found["use"] == "documented_weights"


def test_another_scale_has_no_pass_line_and_no_bounds() -> None:
    people = [
        Person(person.name, person.group, {column: score / 10 - 8 for column, score in person.scores.items()})
        for person in SMALL.cohort.people
    ]
    found = backtest(Cohort(people, SMALL.cohort.plans))
    assert found["pass_line"] is None
    assert found["no_advice"] is None
    assert 0.85 <= found["coverage"] <= 0.97


def test_where_the_weak_leave_nobody_is_advised() -> None:
    found = backtest(synthetic.draw("weak", 1).cohort)
    assert found["exits"]["warning"] is True
    assert (found["abstains"], found["no_advice"]) == (True, 1.0)
    first = found["exits"]["known_before"][0]
    assert first["what"] == "first_stage"
    assert first["high"] < 0
