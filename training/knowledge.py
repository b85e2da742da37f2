"""What is known about an application's required skills, and on which evidence.

A written test of the skill counts first; else the score of the competency that an interview sees the skill through,
in a current full or partial assessment. A fallback is an estimate, never evidence: what only it speaks of is unknown.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.events.reading import once_in_sets
from core.figures import Basis
from core.language import labelled
from recruitment.models import Application, Assessment, OpeningSkill, Skill, WrittenTest
from recruitment.queries import written_tests_of
from recruitment.standing import ScoredReport, scored_reports_of
from training.enums import PlanBasis
from training.levels import level_of
from training.models import TrainingPlan


@dataclass(frozen=True, slots=True)
class RequiredSkill:
    """A skill of the opening, the level it asks for, and the one shown: None when nothing is known."""

    skill: Skill
    required_level: int
    shown_level: int | None
    evidence: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All required skills, and the strongest evidence among what was looked at."""

    basis: PlanBasis
    skills: list[RequiredSkill]


def of_application(application: Application, *, under: TrainingPlan) -> Knowledge:
    """What is known now, as it is read under the plan's lock. Two queries, and one that the chain shares."""
    tests = {test.skill_id: test for test in written_tests_of(application.pk)}
    reports = scored_reports_of((application.pk, under))
    scores = _scores(reports)
    required = _required(application)
    skills = [_known(row, tests.get(row.skill_id), scores) for row in required]
    return Knowledge(_basis(reports, any(row.skill_id in tests for row in required)), skills)


def read_ahead(plans: Mapping[Application, TrainingPlan]) -> None:
    """Within a chain: what `of_application` asks of all of these, whose plans are locked, at once."""
    written_tests_of.ahead(application.pk for application in plans)
    scored_reports_of.ahead((application.pk, plan) for application, plan in plans.items())
    _required.ahead(plans)


# Of the application, not of its opening: each plan is brought to what is so once its own row is locked.
@once_in_sets
def _required(applications: Collection[Application]) -> dict[Application, list[OpeningSkill]]:
    of_opening: dict[int, list[OpeningSkill]] = {}
    openings = {application.opening_id for application in applications}
    for row in OpeningSkill.objects.filter(opening__in=openings).select_related("skill").order_by("skill"):
        of_opening.setdefault(row.opening_id, []).append(row)
    return {application: of_opening.get(application.opening_id, []) for application in applications}


def _scores(reports: list[ScoredReport]) -> dict[int, tuple[Decimal, dict[str, Any]]]:
    """The first known score of each competency, and the evidence that it is."""
    found: dict[int, tuple[Decimal, dict[str, Any]]] = {}
    for report in reports:
        for competency_id, name, value, low, high in report.scores:
            if value is not None and competency_id not in found:
                found[competency_id] = value, _from_score(report, name, value, low, high)
    return found


def _known(
    row: OpeningSkill, test: WrittenTest | None, scores: dict[int, tuple[Decimal, dict[str, Any]]]
) -> RequiredSkill:
    if test is not None:
        return RequiredSkill(
            row.skill, row.required_level, level_of(test.score), [_from_test(test, row.skill)]
        )
    if row.skill.competency_id in scores:
        value, evidence = scores[row.skill.competency_id]
        return RequiredSkill(row.skill, row.required_level, level_of(value), [evidence])
    return RequiredSkill(row.skill, row.required_level, None, [])


def _from_test(test: WrittenTest, skill: Skill) -> dict[str, Any]:
    return {
        "source": "written_test",
        **labelled(skill.name, skill.name_en),
        "value": str(test.score),
        "on": test.taken_on.isoformat(),
        "type": test._meta.label_lower,
        "id": test.pk,
    }


def _from_score(
    report: ScoredReport,
    competency: dict[str, str],
    value: Decimal,
    low: Decimal | None,
    high: Decimal | None,
) -> dict[str, Any]:
    return {
        "source": report.basis,
        **competency,
        "value": str(value),
        "low": None if low is None else str(low),
        "high": None if high is None else str(high),
        "type": Assessment._meta.label_lower,
        "id": report.pk,
    }


def _basis(reports: list[ScoredReport], is_tested: bool) -> PlanBasis:
    if reports:
        return PlanBasis.FULL if reports[0].basis == Basis.FULL else PlanBasis.PARTIAL
    return PlanBasis.WRITTEN_TEST if is_tested else PlanBasis.NOTHING
