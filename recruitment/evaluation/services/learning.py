"""What this house's finished interviews teach: learned at night, asked by `learned` where an interview breaks off."""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

import numpy as np
from django.db.models import Exists, OuterRef

from core.events.reading import reading_once
from recruitment.enums import AssessmentStatus, InterviewState
from recruitment.evaluation.combine import Interval
from recruitment.evaluation.learning import stored
from recruitment.evaluation.learning.backtest import HUNDRED, backtest, scale_of
from recruitment.evaluation.learning.cohort import TEST, Cohort, Column, Person, Plan
from recruitment.evaluation.learning.estimator import Estimator, learn
from recruitment.evaluation.learning.names import LEARNED
from recruitment.evaluation.rubric import rounded
from recruitment.evaluation.services.learned import METHOD
from recruitment.models import Checkpoint, Interview, Learning, RubricScore
from recruitment.queries import written_tests_of
from recruitment.services import progress

# Of the latest of each, finished and left: what a night can fit, and what is recent enough to be like the next.
MOST = 4000
AT_ONCE = 1000


def learn_anew() -> Learning:
    """Back-test on every finished interview (the latest MOST), and keep the result; an estimator beside it where the
    back-test found it better than both others and covering what it promises, and leaving does not differ from
    finishing. Otherwise the documented weights stay. Earlier estimates are not touched."""
    with reading_once():
        cohort = cohort_of_house()
    result = backtest(cohort) if cohort.people else {"n": 0, "use": "", "because": "too_few_finished"}
    estimator = None
    if result["use"] == LEARNED and not result["abstains"]:
        estimator = learn(cohort, np.arange(len(cohort.people)), scale_of(cohort)[1])
    return Learning.objects.create(
        method=METHOD,
        finished=len(cohort.finished),
        left=len(cohort.people) - len(cohort.finished),
        result=result,
        estimator=stored.written(estimator) if estimator else None,
    )


def cohort_of_house() -> Cohort:
    """The latest finished interviews with a full report, and the latest that ended half way with a stage saved.

    Groups are opening and plan version; a stage goes by its place in the plan; a person's score stands for the
    rubric's; tests go by skill. A fixed number of queries for each AT_ONCE.
    """
    finished = Interview.objects.filter(
        state=InterviewState.COMPLETED,
        assessments__basis="full",
        assessments__status=AssessmentStatus.CURRENT,
    )
    left = Interview.objects.filter(
        Exists(Checkpoint.objects.filter(interview=OuterRef("pk"), attempt=OuterRef("attempt"))),
        state=InterviewState.ABANDONED,
    )
    rows = [
        row
        for interviews in (finished, left)
        for row in interviews.order_by("-pk").values_list(
            "pk", "attempt", "application", "of_opening", "version"
        )[:MOST]
    ]
    people: list[Person] = []
    plans: dict[str, Plan] = {}
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        scores = _scores({(pk, attempt): version for pk, attempt, _a, _o, version in some})
        tests = _tests(application for _pk, _attempt, application, _o, _v in some)
        for pk, _attempt, application, opening, version in some:
            group = group_of(opening, version)
            if group not in plans:
                plans[group] = plan_of_version(version)
            mine = {
                column: score
                for column, score in scores.get(pk, {}).items()
                if column in plans[group].weights
            }
            if mine:
                people.append(Person(str(pk), group, mine, tests.get(application, {})))
    used = {person.group for person in people}
    return Cohort(people, {group: plan for group, plan in plans.items() if group in used}, scale=HUNDRED)


def group_of(opening: int | None, version: int) -> str:
    """The group of an opening and a plan version."""
    return f"{opening}:{version}"


def plan_of_version(version: int) -> Plan:
    """The version's stages by their place, and what each score weighs in the overall one, as `combine` weighs it."""
    plan = progress.plan_of(version)
    places = _places(plan)
    asked: dict[int, dict[int, int]] = {}
    for stage, competencies in plan.measured.items():
        for competency in competencies:
            asked.setdefault(competency, {})[stage] = max(plan.weights.get((stage, competency), 1), 1)
    weights = {
        (places[stage], str(competency)): weight / sum(stages.values()) / len(asked)
        for competency, stages in asked.items()
        for stage, weight in stages.items()
    }
    return Plan(tuple(places.values()), weights)


def _places(plan: progress.Plan) -> dict[int, str]:
    """Which place in the plan each stage has, from 1: numbers may have gaps, and versions their own rows."""
    return {stage: str(place) for place, stage in enumerate(plan.stages.values(), 1)}


def _scores(versions: dict[tuple[int, int], int]) -> dict[int, dict[Column, float]]:
    """The effective scores of these attempts by interview and column."""
    places: dict[int, str] = {}
    for version in set(versions.values()):
        places |= _places(progress.plan_of(version))
    found: dict[int, dict[Column, float]] = {}
    for pk, attempt, stage, competency, value, override in (
        RubricScore.objects.filter(checkpoint__interview__in=[pk for pk, _attempt in versions])
        .order_by()
        .values_list(
            "checkpoint__interview",
            "checkpoint__attempt",
            "checkpoint__stage",
            "competency",
            "value",
            "override",
        )
    ):
        effective = value if override is None else override
        if (pk, attempt) in versions and stage in places and effective is not None:
            found.setdefault(pk, {})[places[stage], str(competency)] = float(effective)
    return found


def _tests(applications: Iterable[int]) -> dict[int, dict[str, float]]:
    """The scores of their written tests by skill."""
    return {
        application: {str(test.skill_id): float(test.score) for test in tests}
        for application, tests in written_tests_of.read_all(set(applications)).items()
    }


def estimate(interview: Interview, saved: list[progress.SavedStage], row: Learning) -> Interval | None:
    """The overall score that is to be expected by what was learned in `row`. None where no stage is scored, or the plan
    asks what no finished interview was asked."""
    estimator = _estimator_of(row.pk)
    plan = plan_of_version(interview.version_id)
    places = _places(progress.plan_of(interview.version_id))
    known: dict[Column, float] = {
        (places[stage.stage_id], str(score.competency_id)): float(score.effective)
        for stage in saved
        for score in stage.scores
        if score.effective is not None and stage.stage_id in places
    }
    if not known or not plan.weights.keys() <= set(estimator.columns):
        return None
    known |= {
        (TEST, str(test.skill_id)): float(test.score) for test in written_tests_of(interview.application_id)
    }
    kept = len({stage for stage, _competency in known if stage != TEST})
    found = estimator.estimate(
        np.array([known.get(column, np.nan) for column in estimator.columns]),
        np.array([plan.weights.get(column, 0.0) for column in estimator.columns]),
        group_of(interview.of_opening_id, interview.version_id),
        kept,
    )
    if found is None:
        return None
    value, low, high = (rounded(Decimal(str(figure))) for figure in (found.value, found.low, found.high))
    return Interval(value, low, high)


@lru_cache(maxsize=8)
def _estimator_of(pk: int) -> Estimator:
    """A row never changes: a process reads each once."""
    return stored.read(Learning.objects.values_list("estimator", flat=True).get(pk=pk) or {})
