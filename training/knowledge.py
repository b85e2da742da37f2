"""What is known about an application's required skills, and on which evidence.

A written test of the skill counts first; else the score of the competency that an interview sees the skill through,
in a current full or partial assessment. A fallback is an estimate, never evidence: what only it speaks of is unknown.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from core.events.reading import once_per_chain
from core.figures import Basis
from recruitment.enums import AssessmentStatus
from recruitment.models import Application, Assessment, AssessmentScore, OpeningSkill, Skill, WrittenTest
from recruitment.queries import written_tests_of
from training.enums import PlanBasis
from training.levels import level_of


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


def of_application(application: Application) -> Knowledge:
    """What is known now. Three queries, and one that the chain shares."""
    tests = {test.skill_id: test for test in written_tests_of(application.pk)}
    assessments = _assessments(application)
    scores = _scores(assessments)
    required = _required(application)
    skills = [_known(row, tests.get(row.skill_id), scores) for row in required]
    return Knowledge(_basis(assessments, any(row.skill_id in tests for row in required)), skills)


# Of the application, not of its opening: each plan is brought to what is so once its own row is locked.
@once_per_chain
def _required(application: Application) -> list[OpeningSkill]:
    required = OpeningSkill.objects.filter(opening=application.opening_id)
    return list(required.select_related("skill").order_by("skill"))


def _assessments(application: Application) -> list[Assessment]:
    """The current full and partial reports: full before partial, a later round before an earlier one."""
    rows = (
        Assessment.objects.filter(
            interview__application=application,
            status=AssessmentStatus.CURRENT,
            basis__in=[Basis.FULL, Basis.PARTIAL],
        )
        .select_related("interview")
        .prefetch_related(Prefetch("competencies", AssessmentScore.objects.select_related("competency")))
    )
    return sorted(rows, key=lambda row: (row.basis != Basis.FULL, -row.interview.round, -row.pk))


def _scores(assessments: list[Assessment]) -> dict[int, tuple[Assessment, AssessmentScore]]:
    """The first known score of each competency."""
    found: dict[int, tuple[Assessment, AssessmentScore]] = {}
    for assessment in assessments:
        for score in assessment.competencies.all():
            if score.value is not None:
                found.setdefault(score.competency_id, (assessment, score))
    return found


def _known(
    row: OpeningSkill, test: WrittenTest | None, scores: dict[int, tuple[Assessment, AssessmentScore]]
) -> RequiredSkill:
    if test is not None:
        return RequiredSkill(
            row.skill, row.required_level, level_of(test.score), [_from_test(test, row.skill)]
        )
    if row.skill.competency_id in scores:
        assessment, score = scores[row.skill.competency_id]
        if score.value is not None:
            evidence = [_from_score(assessment, score)]
            return RequiredSkill(row.skill, row.required_level, level_of(score.value), evidence)
    return RequiredSkill(row.skill, row.required_level, None, [])


def _from_test(test: WrittenTest, skill: Skill) -> dict[str, Any]:
    return {
        "source": "written_test",
        "label": skill.name,
        "value": str(test.score),
        "on": test.taken_on.isoformat(),
        "type": test._meta.label_lower,
        "id": test.pk,
    }


def _from_score(assessment: Assessment, score: AssessmentScore) -> dict[str, Any]:
    return {
        "source": assessment.basis,
        "label": score.competency.name,
        "value": str(score.value),
        "low": None if score.low is None else str(score.low),
        "high": None if score.high is None else str(score.high),
        "type": assessment._meta.label_lower,
        "id": assessment.pk,
    }


def _basis(assessments: list[Assessment], is_tested: bool) -> PlanBasis:
    if assessments:
        return PlanBasis.FULL if assessments[0].basis == Basis.FULL else PlanBasis.PARTIAL
    return PlanBasis.WRITTEN_TEST if is_tested else PlanBasis.NOTHING
