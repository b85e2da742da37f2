"""The people that estimates learn from, as a table: one row a person, one column for each score there can be."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
HUNDRED = 100.0
# No marks of 0 to 100 all stay below it, and none of 1 to 5 or 1 to 10 come above.
TENTH = 10.0


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

    def __init__(
        self,
        people: Iterable[Person],
        plans: Mapping[str, Plan] | None = None,
        *,
        scale: tuple[float, float] | None = None,
    ) -> None:
        """`plans` None: each group's plan is what at least USUAL of the group was scored in. `scale` None: the scores
        and each test are on the one that their figures tell."""
        self.people = list(people)
        self.scale = scale
        self.plans = dict(plans) if plans is not None else plans_of(self.people)
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
    def scored(self) -> Floats:
        """The scores of the stages alone."""
        return self.rows[:, [stage != TEST for stage, _competency in self.columns]]

    @cached_property
    def scales(self) -> list[tuple[float, float]]:
        """The scale of each column: one for all stages, one for each test."""
        of_stages = self.scale or scale_found(self.scored)
        return [
            of_stages if stage != TEST else self.scale or scale_found(self.rows[:, number])
            for number, (stage, _competency) in enumerate(self.columns)
        ]

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


def scale_found(figures: Floats) -> tuple[float, float]:
    """0 to 100 where all lie within and one above TENTH; marks of 1 to 5 and whatever else are taken as found."""
    low, high = float(np.nanmin(figures)), float(np.nanmax(figures))
    if low >= 0 and TENTH < high <= HUNDRED:
        return 0.0, HUNDRED
    return low, high if high > low else low + 1


def plan_of(columns: Iterable[Column], order: Sequence[str] | None = None) -> Plan:
    """The plan that asks these; `order` names the stages in theirs, else it is the natural one."""
    columns = sorted(set(columns))
    asked = {stage for stage, _competency in columns}
    stages = tuple(
        sorted(asked, key=natural) if order is None else [stage for stage in order if stage in asked]
    )
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


def plans_of(people: Iterable[Person], order: Sequence[str] | None = None) -> dict[str, Plan]:
    """Each group's plan: what at least USUAL of the group was scored in, the stages in `order` or the natural one."""
    asked: dict[str, Counter[Column]] = {}
    members: Counter[str] = Counter()
    for person in people:
        asked.setdefault(person.group, Counter()).update(person.scores.keys())
        members[person.group] += 1
    return {
        group: plan_of((column for column, count in counts.items() if count >= USUAL * members[group]), order)
        for group, counts in asked.items()
    }
