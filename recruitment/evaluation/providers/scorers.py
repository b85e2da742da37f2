"""What every scorer is given and gives: a saved stage with its rubric, and a score for each competency, or why none."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from recruitment.evaluation import combine, rubric
from recruitment.evaluation.providers.protocol import Health


@dataclass(frozen=True, slots=True)
class Wanted:
    """A competency to be scored; `levels` are the rubric's (number, anchor text), as far as it has any."""

    competency_id: int
    name: str
    levels: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A saved stage as a scorer reads it: nothing in it says who the candidate is, but the candidate's own words."""

    answers: tuple[rubric.AnswerText, ...]
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """One competency's score. `value` is None where it was not scored, and `reason` is the code of why."""

    competency_id: int
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    method: str = ""
    evidence: tuple[dict[str, Any], ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Scored:
    """All scores of a stage, and what they cost. `calls` is how often somebody outside was asked; `left_out`: sentences
    of an answer that spoke to the scorer were not shown to it."""

    scores: tuple[Given, ...]
    model: str = ""
    prompt: str = ""
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    left_out: bool = False


class CompetencyScorer(Protocol):
    """Scores a saved stage by its rubric. One that `sends_data_out` is slow and only asked with consent."""

    name: str
    sends_data_out: bool

    def health(self) -> Health:
        """Whether it could begin now; cheap, and asks nobody outside."""

    def score(self, said: Said) -> Scored:
        """The scores. NotNowError with its code when the service gave out: this says nothing of the answers."""


class RubricCoverage:
    """The points that are mentioned, on this machine, at once. Not a validated measure, and labelled so."""

    name = rubric.METHOD
    sends_data_out = False

    def health(self) -> Health:
        """It needs nothing."""
        return Health(works=True)

    def score(self, said: Said) -> Scored:
        """The coverage of every wanted competency that has a point; the others do not appear."""
        wanted = {each.competency_id for each in said.wanted}
        return Scored(
            tuple(
                covered(coverage)
                for coverage in rubric.score_stage(said.answers)
                if coverage.competency_id in wanted
            )
        )


def covered(coverage: rubric.CompetencyCoverage) -> Given:
    """A coverage with its interval: wider where it rests on a draft of what was said."""
    is_draft = any(point.get("said") == rubric.DRAFT for point in coverage.evidence)
    bounds = combine.interval(
        coverage.value, combine.DRAFT_HALF_WIDTH if is_draft else combine.RUBRIC_HALF_WIDTH
    )
    return Given(
        coverage.competency_id,
        bounds.value,
        bounds.low,
        bounds.high,
        rubric.METHOD,
        tuple(dict(point) for point in coverage.evidence),
    )
