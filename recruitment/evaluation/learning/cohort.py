"""The people that estimates learn from, as a table: one row a person, one column for each score there can be."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# stage, competency; of a test: "", its name
Column = tuple[str, str]
TEST = ""
# What one in ten was asked is asked of all who come that far; what fewer were asked is somebody's own.
USUAL = 0.1


@dataclass(frozen=True, slots=True)
class Person:
    """One interview: `scores` by stage and competency, `tests` (known before the interview) by name."""

    name: str
    group: str
    scores: Mapping[Column, float]
    tests: Mapping[str, float] = field(default_factory=dict)

    @property
    def stages(self) -> set[str]:
        """Those with a score."""
        return {stage for stage, _competency in self.scores}


@dataclass(frozen=True)
class Plan:
    """What one group is asked: its stages in their order, and what each column weighs in the overall score: the plain
    mean of the competencies, each the plain mean of its stages."""

    stages: tuple[str, ...]
    weights: dict[Column, float]

    def overall(self, scores: Mapping[Column, float]) -> float:
        """The score of somebody who has all."""
        return sum(weight * scores[column] for column, weight in self.weights.items())


class Cohort:
    """People and their groups' plans. Finished is who has every score of the group's plan."""

    def __init__(self, people: Iterable[Person], plans: Mapping[str, Plan] | None = None) -> None:
        """`plans` None: each group's plan is what at least USUAL of the group was scored in."""
        self.people = list(people)
        self.plans = dict(plans) if plans is not None else _plans(self.people)
        self.finished = [
            index for index, person in enumerate(self.people)
            if self.plans[person.group].weights.keys() <= person.scores.keys()
        ]  # fmt: skip

    @cached_property
    def columns(self) -> list[Column]:
        """Every column there is, tests first."""
        tests = {(TEST, name) for person in self.people for name in person.tests}
        return sorted(tests) + sorted({column for plan in self.plans.values() for column in plan.weights})

    @cached_property
    def rows(self) -> Floats:
        """Persons × columns; what is missing is NaN."""
        place = {column: number for number, column in enumerate(self.columns)}
        rows = np.full((len(self.people), len(self.columns)), np.nan)
        for index, person in enumerate(self.people):
            for column, score in person.scores.items():
                if column in place:
                    rows[index, place[column]] = score
            for name, score in person.tests.items():
                rows[index, place[TEST, name]] = score
        return rows

    @cached_property
    def groups(self) -> list[str]:
        """Their names, sorted."""
        return sorted(self.plans)

    @cached_property
    def group_of(self) -> NDArray[np.int64]:
        """The number of each person's group."""
        number = {group: index for index, group in enumerate(self.groups)}
        return np.array([number[person.group] for person in self.people], dtype=np.int64)

    def weights_of(self, group: str) -> Floats:
        """What each column weighs in the overall score of this group."""
        return np.array([self.plans[group].weights.get(column, 0.0) for column in self.columns])

    def kept(self, index: int, stages: int) -> Floats:
        """The person's row as it was once so many stages were saved: what came later is missing."""
        return np.where(self.hidden_after(self.people[index].group, stages), np.nan, self.rows[index])

    def hidden_after(self, group: str, kept: int) -> NDArray[np.bool_]:
        """The columns of the stages that come after the first `kept`."""
        late = set(self.plans[group].stages[kept:])
        return np.array([stage in late for stage, _competency in self.columns])


def plan_of(columns: Iterable[Column]) -> Plan:
    """The plan that asks these."""
    columns = sorted(set(columns))
    stages = tuple(sorted({stage for stage, _competency in columns}, key=natural))
    of_competency: dict[str, list[Column]] = {}
    for column in columns:
        of_competency.setdefault(column[1], []).append(column)
    weights = {
        column: 1 / (len(of_competency) * len(same)) for same in of_competency.values() for column in same
    }
    return Plan(stages, weights)


def natural(text: str) -> list[tuple[int, int, str]]:
    """The key by which "stage 10" comes after "stage 9"."""
    parts = re.split(r"([0-9]+)", text)
    return [(0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part) for part in parts]


def _plans(people: list[Person]) -> dict[str, Plan]:
    asked: dict[str, Counter[Column]] = {}
    for person in people:
        asked.setdefault(person.group, Counter()).update(person.scores.keys())
    members = Counter(person.group for person in people)
    return {
        group: plan_of(column for column, count in counts.items() if count >= USUAL * members[group])
        for group, counts in asked.items()
    }
