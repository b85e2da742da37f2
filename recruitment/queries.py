"""Reads of recruitment: what a person may see, with everything a page of it needs in a constant number of queries."""

import re
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from core.events.reading import once_in_sets
from people.models import User
from recruitment.enums import ApplicationStage, AssessmentStatus, InterviewState, Standing
from recruitment.models import (
    Answer,
    Application,
    Assessment,
    AssessmentScore,
    Checkpoint,
    Consent,
    ContactAttempt,
    FollowUp,
    Interview,
    InterviewExit,
    Offer,
    Opening,
    OpeningSkill,
    PlanVersion,
    Question,
    RubricScore,
    RuleCondition,
    Segment,
    Stage,
    WrittenTest,
)


def behind_promise(rows: "QuerySet[Application]") -> "QuerySet[Application]":
    """Those whose promised day has passed, and that go on. By the index on the day: an ended one has none."""
    return rows.filter(promised_by__lt=timezone.localdate()).exclude(stage__in=ApplicationStage.ended)


def openings_for(user: User | AnonymousUser) -> "QuerySet[Opening]":
    """The openings this person may see, with department, specialist, rule and required skills."""
    return (
        Opening.objects.visible_to(user)
        .select_related("department", "specialist", "advance_rule__version")
        .prefetch_related(
            Prefetch("skills", queryset=OpeningSkill.objects.select_related("skill").order_by("pk")),
            Prefetch(
                "advance_rule__version__conditions",
                queryset=RuleCondition.objects.select_related("competency").order_by("competency"),
            ),
        )
    )


def offers_for(user: User | AnonymousUser) -> "QuerySet[Offer]":
    """The offers this person may see, the newest first, with candidate and opening, without their letters."""
    return (
        Offer.objects.visible_to(user)
        .defer("letter", "letter_text")
        .select_related("application__candidate", "application__opening__department")
    )


def interviews_for(user: User | AnonymousUser) -> "QuerySet[Interview]":
    """The interviews this person may see, with `live_state`, candidate and opening, every checkpoint as
    `saved_checkpoints`, the open exit as `open_exits`, and every report."""
    saved = Checkpoint.objects.only("interview", "attempt").order_by()
    open_exits = InterviewExit.objects.filter(returned_at__isnull=True).order_by("-pk")
    return (
        Interview.objects.visible_to(user)
        .with_live_state()
        .select_related("lease", "version", "application__candidate", "application__opening")
        .prefetch_related(
            Prefetch("exits", queryset=open_exits, to_attr="open_exits"),
            Prefetch("checkpoints", queryset=saved, to_attr="saved_checkpoints"),
            Prefetch("assessments", queryset=_with_scores(Assessment.objects.all())),
        )
    )


@once_in_sets
def exits_of(interview_ids: Collection[int]) -> dict[int, list[InterviewExit]]:
    """Every exit of an interview, the newest first, each with the application's present `application_stage`."""
    found: dict[int, list[InterviewExit]] = {interview_id: [] for interview_id in interview_ids}
    rows = InterviewExit.objects.filter(interview__in=found).annotate(
        application_stage=F("interview__application__stage")
    )
    for row in rows.order_by("-pk"):
        found[row.interview_id].append(row)
    return found


@once_in_sets
def contacts_of(interview_ids: Collection[int]) -> dict[int, list[ContactAttempt]]:
    """Every try to reach the candidate of an interview, the newest first, each with who tried.

    A call about another follow-up of the same interview is a call all the same.
    """
    found: dict[int, list[ContactAttempt]] = {interview_id: [] for interview_id in interview_ids}
    rows = ContactAttempt.objects.filter(follow_up__interview__in=found).select_related("follow_up", "by")
    for row in rows.order_by("-at", "-pk"):
        found[row.follow_up.interview_id].append(row)
    return found


@once_in_sets
def written_tests_of(application_ids: Collection[int]) -> dict[int, list[WrittenTest]]:
    """The written tests of an application, each with its skill."""
    found: dict[int, list[WrittenTest]] = {application_id: [] for application_id in application_ids}
    for test in WrittenTest.objects.filter(application__in=found).select_related("skill").order_by("pk"):
        found[test.application_id].append(test)
    return found


def unscored_by_person() -> Q:
    """The condition on interviews: completed, and a score of the present attempt waits for a person's judgement."""
    waiting = RubricScore.objects.filter(
        checkpoint__interview=OuterRef("pk"),
        checkpoint__attempt=OuterRef("attempt"),
        value__isnull=True,
        override__isnull=True,
    )
    return Q(state=InterviewState.COMPLETED) & Q(Exists(waiting))


def assessments_for(user: User | AnonymousUser) -> "QuerySet[Assessment]":
    """The reports this person may see, newest first, with their scores per competency."""
    return _with_scores(Assessment.objects.visible_to(user))


def _with_scores(assessments: "QuerySet[Assessment]") -> "QuerySet[Assessment]":
    scores = AssessmentScore.objects.select_related("competency").order_by("competency_id")
    return assessments.prefetch_related(Prefetch("competencies", queryset=scores))


def answers_for(user: User | AnonymousUser) -> "QuerySet[Answer]":
    """The answers of present attempts that this person may see, in the order of the questions, with what was recorded
    and the scores of their stages."""
    taken = Segment.objects.filter(standing=Standing.TAKEN)
    taken = taken.select_related("recording__transcript__corrected_by").order_by("number")
    scores = RubricScore.objects.select_related("competency", "overridden_by").order_by("competency_id")
    scored: Any = Checkpoint.objects.order_by("pk").prefetch_related(Prefetch("scores", queryset=scores))
    with_it: list[Any] = [
        Prefetch("segments", queryset=taken, to_attr="taken"),
        Prefetch("kept_from__segments", queryset=taken, to_attr="taken"),
        Prefetch("interview__checkpoints", queryset=scored, to_attr="scored_checkpoints"),
        "question__mention_points",
    ]
    return (
        Answer.objects.visible_to(user)
        .filter(attempt=F("interview__attempt"))
        .select_related("interview", "question__stage", "kept_from", "probe__point")
        .prefetch_related(*with_it)
        .order_by("question__stage__number", "question__number", "pk")
    )


def agreed_to_evaluation(interview_id: int, attempt: int) -> bool:
    """Whether the candidate agreed to AI evaluation of what was said in this attempt."""
    agreed = Consent.objects.filter(interview=interview_id, attempt=attempt, kind="ai_evaluation", given=True)
    return agreed.exists()


def scores_of_answer(answer: Answer) -> list[RubricScore]:
    """Of an answer read through `answers_for`: its stage's scores in the competencies that its question asks for, and
    in those for which a model quotes it.

    Each with `points`, the evidence in this answer alone, and `scorer`, the method or the reviewer.
    """
    labels: dict[int, set[str]] = {}
    for point in answer.question.mention_points.all():
        labels.setdefault(point.competency_id, set()).add(point.label)
    found: list[Any] = [
        score
        for checkpoint in answer.interview.scored_checkpoints  # type: ignore[attr-defined]
        if (checkpoint.attempt, checkpoint.stage_id) == (answer.attempt, answer.question.stage_id)
        for score in checkpoint.scores.all()
    ]
    for score in found:
        asked = labels.get(score.competency_id, set())
        score.points = [
            each
            for each in score.evidence
            if (each["question"] == answer.question_id if "question" in each else each["point"] in asked)
        ]
        score.scorer = score.method if score.override is None else _name_of(score.overridden_by)
    return [score for score in found if score.points or score.competency_id in labels]


def _name_of(person: User | None) -> str:
    """A colleague's name; of an account that is gone nothing but that it was a person."""
    return "person" if person is None else str(person.name or person.username)


def follow_ups_for(user: User | AnonymousUser) -> "QuerySet[FollowUp]":
    """The follow-ups this person may see, those due first, with `overdue` and the assignee."""
    return FollowUp.objects.visible_to(user).with_overdue().select_related("assignee")


def applications_for(user: User | AnonymousUser) -> "QuerySet[Application]":
    """The applications this person may see, with candidate, opening, and interviews with their current reports."""
    current = Assessment.objects.filter(status=AssessmentStatus.CURRENT)
    interviews = Interview.objects.order_by("round", "pk").prefetch_related(
        Prefetch("assessments", queryset=current, to_attr="current_assessments")
    )
    return (
        Application.objects.visible_to(user)
        .select_related("candidate", "opening")
        .prefetch_related(Prefetch("interviews", queryset=interviews))
    )


def with_interview_in(
    applications: "QuerySet[Application]", state: str, user: User | AnonymousUser
) -> "QuerySet[Application]":
    """Of the applications that this person may see, those with an interview whose effective state this is."""
    interviews = Interview.objects.visible_to(user).in_live_state(state)
    return applications.filter(pk__in=interviews.order_by().values("application"))


def is_called_off(application: Application, interviews: Iterable[Interview]) -> bool:
    """Nothing can come of the application as it stands: its interviews were called off, and none is planned.

    As `called_off` in a query. From the second round on, people have decided on more than an interview.
    """
    states = {interview.state for interview in interviews}
    return application.stage in ApplicationStage.before_second_round and states == {InterviewState.CANCELLED}


def called_off(to: str = "") -> Q:
    """The condition `is_called_off` on rows that reach an application over `to` ("application__")."""
    interviews = Interview.objects.filter(application=OuterRef(f"{to}pk"))
    off = Exists(interviews.filter(state=InterviewState.CANCELLED))
    standing = Exists(interviews.exclude(state=InterviewState.CANCELLED))
    return Q(**{f"{to}stage__in": ApplicationStage.before_second_round}) & Q(off) & ~Q(standing)


def exit_cause_of(interview: Interview) -> str | None:
    """Why an interview read through `interviews_for` is broken off: the cause of its open exit, else None.

    A lease that ran out and is not swept yet has no exit so far: its last sign of life tells the cause.
    """
    for exit_ in interview.open_exits:  # type: ignore[attr-defined]
        if exit_.attempt == interview.attempt:
            return str(exit_.effective_cause)
    if interview.live_state != interview.state:  # type: ignore[attr-defined]
        return str(interview.lease.silent_cause)
    return None


def attempt_of(interview: Interview, asked: str | None) -> int:
    """The attempt to show: the asked one when there is such a one, else the present."""
    number = int(asked) if asked and re.fullmatch(r"[0-9]{1,4}", asked) else interview.attempt
    return number if 1 <= number <= interview.attempt else interview.attempt


def places(question: str) -> dict[str, Subquery]:
    """Annotations for rows that reach a question over `question`: its stage's place and its own, counted from 1.

    A number is where a row is put, and may leave gaps: it is no place.
    """
    stages = Stage.objects.filter(
        version=OuterRef(f"{question}__stage__version"), number__lte=OuterRef(f"{question}__stage__number")
    )
    questions = Question.objects.filter(
        stage=OuterRef(f"{question}__stage"), number__lte=OuterRef(f"{question}__number")
    )
    return {
        "stage_place": Subquery(stages.order_by().values("version").annotate(n=Count("pk")).values("n")),
        "question_place": Subquery(questions.order_by().values("stage").annotate(n=Count("pk")).values("n")),
    }


# So many answers of which none mentions a point are no coincidence.
FIRST_ANSWERS = 10


def never_matched() -> "QuerySet[Question]":
    """Questions of the newest published versions none of whose points the first ten judged answers mentioned.

    As likely as ten candidates who all miss everything: wordings that can never match. Each with its stage and plan.
    """
    newer = PlanVersion.objects.filter(
        plan=OuterRef("stage__version__plan"), published_at__isnull=False,
        number__gt=OuterRef("stage__version__number"),
    )  # fmt: skip
    judged = Answer.objects.filter(question=OuterRef("pk"), points_mentioned__isnull=False).order_by("pk")
    first = ArraySubquery(judged.values("points_mentioned")[:FIRST_ANSWERS])
    return (
        Question.objects.filter(~Exists(newer), stage__version__published_at__isnull=False)
        .alias(first=first)
        .filter(first=[0] * FIRST_ANSWERS)
        .select_related("stage__version__plan")
        .order_by("stage__version__plan__name", "stage__number", "number")
    )


def last_plan_of(user: User) -> int | None:
    """The plan that this person last published, or opened an opening with; None where there is none. Two queries."""
    published = PlanVersion.objects.filter(published_by=user).order_by("-published_at")
    opened = Opening.objects.filter(specialist=user).order_by("-created_at", "-id")
    found = [
        *published.values_list("published_at", "plan")[:1],
        *opened.values_list("created_at", "interview_plan")[:1],
    ]
    return max(found)[1] if found else None
