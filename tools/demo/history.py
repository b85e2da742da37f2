"""Last week, as it would stand in the database: 100 planned, 10 left half way, 90 assessed in full.

Written as rows with the times of last week, since nobody can take a step in the past; messages of that time are not
invented.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from core.events.models import Event
from core.figures import Basis
from people.actors import Party, actor_label
from recruitment import signals
from recruitment.enums import (
    AgeBand,
    ApplicationStage,
    AssessmentStatus,
    ContactChannel,
    DecisionOutcome,
    FollowUpState,
    Gender,
    InterviewState,
    Outcome,
)
from recruitment.evaluation import rubric
from recruitment.models import (
    Application,
    Assessment,
    AssessmentScore,
    Candidate,
    Checkpoint,
    Competency,
    ContactAttempt,
    Decision,
    FollowUp,
    GroupAnswer,
    Interview,
    InterviewExit,
    Invitation,
    Lease,
    Opening,
    RoomEntry,
)  # fmt: skip
from recruitment.models.plans import points_of
from recruitment.services import groups
from tools.demo import content, judged

PASSED, THRESHOLD = 63, Decimal(80)
# How far the competencies lie from what is left of the overall score beside the one that the desk judged; together
# nothing.
AROUND = (Decimal(12), Decimal(-9), Decimal(4), Decimal(-7))
# Near full marks they lie closer: so much of it up to that mean.
CLOSER = ((Decimal(87), Decimal(1)), (Decimal(93), Decimal("0.5")), (Decimal(100), Decimal("0.25")))
# What those who left would have got in the end is not known; in the first stage they were like the others.
LEFT_WITH = (Decimal(82), Decimal(76), Decimal(90), Decimal(70), Decimal(85))
# Who left, by number: two a day, at any hour.
LEFT = (3, 16, 25, 38, 41, 57, 64, 72, 86, 99)
CAUSES = ["network", "network", "network", "app_switched", "page_closed", "page_closed",
          "interrupted_by_somebody", "time_conflict", "device", "unwilling"]  # fmt: skip
ANNOUNCED = ("interrupted_by_somebody", "time_conflict")

# Ten of a hundred say nothing of themselves, and few are 35 or older: these are too few to be shown.
SILENT_EVERY = 10
AGES = {
    AgeBand.FROM_35: frozenset({2, 7, 8, 12, 19, 23, 27, 35}),
    AgeBand.FROM_45: frozenset({46, 47, 51, 93}),
}

# What the pages say that they run on, in turn.
PLATFORMS = ("Android", "iPhone", "Android", "Windows")


def write(opening: Opening) -> None:
    """A hundred attempts of last week, Monday to Friday, twenty a day; all had applied the week before."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday() + 7)
    starts = [
        monday + timedelta(days=number // 20, hours=9, minutes=20 * (number % 20))
        for number in range(len(content.LAST_WEEK))
    ]
    scores = _scores()
    applications = _applications(opening, starts, scores)
    _groups(applications)
    rows = [
        _interview(application, begins, left=number in LEFT)
        for number, (application, begins) in enumerate(zip(applications, starts, strict=True))
    ]
    Interview.objects.bulk_create(rows)
    Lease.objects.bulk_create(Lease(interview=row, epoch=1) for row in rows)
    _entries(rows)
    _stages(rows)
    _exits([rows[number] for number in LEFT])
    likely = {number: LEFT_WITH[place % len(LEFT_WITH)] for place, number in enumerate(LEFT)}
    overall = {row: (scores | likely)[number] for number, row in enumerate(rows)}
    values = _by_competency(overall)
    judged.write(rows, {row.pk: of_row for row, of_row in values.items()})
    _results([(row, scores[number]) for number, row in enumerate(rows) if number in scores], values)
    _events(rows, monday)
    _set_created(opening, monday - timedelta(days=4))


def _scores() -> dict[int, Decimal]:
    """63 of 90 at 80 or above, mixed over the week; the scores spread a little, the way scores do."""
    numbers = [number for number in range(len(content.LAST_WEEK)) if number not in LEFT]
    values = [80 + number % 17 for number in range(PASSED)]
    values += [55 + number % 24 for number in range(len(numbers) - PASSED)]
    mixed = (values[37 * place % len(values)] for place in range(len(values)))
    return {number: Decimal(value) for number, value in zip(numbers, mixed, strict=True)}


def _applications(opening: Opening, starts: list[datetime], scores: dict[int, Decimal]) -> list[Application]:
    candidates = [
        Candidate(
            name=name,
            name_key=name,
            email=f"campus{number + 1:03d}@demo.example.com",
            phone=f"1370000{number:04d}",
        )
        for number, name in enumerate(content.LAST_WEEK)
    ]
    for candidate in candidates:
        candidate.save()
    return Application.objects.bulk_create(
        Application(
            candidate=candidate,
            opening=opening,
            stage=_stage(number, scores),
            stage_since=begins + timedelta(minutes=20),
        )
        for number, (candidate, begins) in enumerate(zip(candidates, starts, strict=True))
    )


def _stage(number: int, scores: dict[int, Decimal]) -> ApplicationStage:
    if number in scores:
        return ApplicationStage.SECOND_ROUND if scores[number] >= THRESHOLD else ApplicationStage.EVALUATING
    return (
        ApplicationStage.WITHDRAWN
        if CAUSES[LEFT.index(number)] == "unwilling"
        else ApplicationStage.INTERVIEWING
    )


def _groups(applications: list[Application]) -> None:
    """What nine of ten said of themselves by consent, so that groups can be compared."""
    GroupAnswer.objects.bulk_create(
        GroupAnswer(
            candidate=application.candidate,
            gender=Gender.FEMALE if number % 2 else Gender.MALE,
            age_band=_age(number),
            consent_version=groups.CONSENT_VERSION,
        )
        for number, application in enumerate(applications)
        if number % SILENT_EVERY
    )


def _age(number: int) -> AgeBand:
    older = next((band for band, numbers in AGES.items() if number in numbers), None)
    return older or (AgeBand.FROM_25 if number % 4 in (1, 2) else AgeBand.UNDER_25)


def _interview(application: Application, begins: datetime, *, left: bool) -> Interview:
    return Interview(
        application=application,
        version=application.opening.interview_plan.newest(),
        threshold=THRESHOLD,
        state=InterviewState.ABANDONED if left else InterviewState.COMPLETED,
        window_opens_at=begins,
        window_closes_at=begins + timedelta(hours=4),
        expected_result=(begins + timedelta(days=1)).date(),
        started_at=begins,
        interrupted_at=begins + timedelta(minutes=9) if left else None,
        completed_at=None if left else begins + timedelta(minutes=19),
    )


def _entries(rows: list[Interview]) -> None:
    """Each page as it came into the room: three of four on a phone."""
    RoomEntry.objects.bulk_create(
        RoomEntry(interview=row, attempt=1, epoch=1, device={"platform": PLATFORMS[number % len(PLATFORMS)]})
        for number, row in enumerate(rows)
    )
    # Their own moment: what is made now is dated now.
    RoomEntry.objects.filter(interview__in=rows).update(
        at=Subquery(Interview.objects.filter(pk=OuterRef("interview")).values("started_at")[:1])
    )


def _stages(rows: list[Interview]) -> None:
    """What was saved: everything, or the first stage of those who left."""
    Checkpoint.objects.bulk_create(
        Checkpoint(interview=row, attempt=1, stage=stage, saved_at=saved_at, scored_at=saved_at)
        for row in rows
        for stage, minutes in zip(row.version.stages.all(), (5, 13, 19), strict=True)
        for saved_at in [(row.started_at or row.window_opens_at) + timedelta(minutes=minutes)]
        if row.completed_at or stage.number == 1
    )


def _exits(rows: list[Interview]) -> None:
    exits = InterviewExit.objects.bulk_create(
        InterviewExit(
            interview=row, attempt=1, cause=cause, is_announced=cause in ANNOUNCED,
            left_at=row.interrupted_at, evidence={"saved_stages": 1},
        )
        for row, cause in zip(rows, CAUSES, strict=True)
    )  # fmt: skip
    calls = FollowUp.objects.bulk_create(
        FollowUp(
            interview=exit_.interview, exit=exit_, kind="exit", state=FollowUpState.CLOSED,
            outcome=Outcome.WITHDRAWN if exit_.cause == "unwilling" else Outcome.REACHED,
            assignee=exit_.interview.application.opening.specialist, opened_at=exit_.left_at,
            due_at=exit_.left_at + timedelta(hours=24), claimed_at=exit_.left_at + timedelta(hours=2),
            closed_at=exit_.left_at + timedelta(hours=5),
            closed_by=exit_.interview.application.opening.specialist,
        )
        for exit_ in exits
    )  # fmt: skip
    ContactAttempt.objects.bulk_create(
        ContactAttempt(follow_up=row, attempt=1, by=row.closed_by, channel=ContactChannel.PHONE, reached=True)
        for row in calls
    )
    ContactAttempt.objects.filter(follow_up__in=calls).update(
        at=Subquery(FollowUp.objects.filter(pk=OuterRef("follow_up")).values("closed_at")[:1])
    )


def _by_competency(overall: dict[Interview, Decimal]) -> dict[Interview, dict[Competency, Decimal]]:
    """Each one's competencies, together the overall score: that of the scoring desk a level's points, the others
    around what is left."""
    competencies = list(Competency.objects.order_by("pk"))
    others = [competency for competency in competencies if competency.code != judged.AT_DESK]
    (at_desk,) = set(competencies) - set(others)
    found, orders = {}, list(permutations(AROUND))
    for number, (row, value) in enumerate(overall.items()):
        points = Decimal(points_of(judged.level_of(value)))
        left = value + (value - points) / len(others)
        share = next(share for mean, share in CLOSER if left <= mean)
        mixed = orders[7 * number % len(orders)]
        found[row] = {at_desk: points} | {
            competency: left + around * share for competency, around in zip(others, mixed, strict=True)
        }
    return found


def _mean(figures: Iterable[Decimal]) -> Decimal:
    every = list(figures)
    return rubric.rounded(sum(every, Decimal(0)) / len(every))


def _results(
    results: list[tuple[Interview, Decimal]], values: dict[Interview, dict[Competency, Decimal]]
) -> None:
    """A full report each, from its stage scores, and what the rule made of it."""
    stages = list(results[0][0].version.stages.all())
    assessments = Assessment.objects.bulk_create(
        Assessment(
            interview=row, attempt=1, basis=Basis.FULL, status=AssessmentStatus.CURRENT, value=value,
            low=_mean(max(each - 8, Decimal(0)) for each in values[row].values()),
            high=_mean(min(each + 8, Decimal(100)) for each in values[row].values()), method=rubric.METHOD,
            sources=[{"source": "stage", "label": stage.title} for stage in stages],
        )
        for row, value in results
    )  # fmt: skip
    said = judged.evidence_of([row for row, _value in results])
    AssessmentScore.objects.bulk_create(
        AssessmentScore(
            assessment=assessment, competency=competency, value=value, low=max(value - 8, Decimal(0)),
            high=min(value + 8, Decimal(100)), evidence=said[assessment.interview_id, competency.pk],
        )
        for assessment in assessments
        for competency, value in values[assessment.interview].items()
    )  # fmt: skip
    Decision.objects.bulk_create(
        Decision(
            application=assessment.interview.application, assessment=assessment, threshold=THRESHOLD,
            outcome=DecisionOutcome.INVITED if assessment.value >= THRESHOLD else DecisionOutcome.BELOW,
            decided_at=assessment.interview.completed_at,
        )
        for assessment in assessments
    )  # fmt: skip
    Invitation.objects.bulk_create(
        Invitation(
            application=assessment.interview.application, assessment=assessment, basis=Basis.FULL,
            invited_at=assessment.interview.completed_at + timedelta(seconds=20),
        )
        for assessment in assessments
        if assessment.value >= THRESHOLD
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE recruitment_assessment AS a SET issued_at = i.completed_at"
            " FROM recruitment_interview AS i WHERE a.interview_id = i.id AND a.id = ANY(%s)",
            [[assessment.pk for assessment in assessments]],
        )


def _events(rows: list[Interview], monday: datetime) -> None:
    """What the weekly report counts, and what the interview's page shows as its time line."""
    steps: list[tuple[Any, Interview, Any, dict[str, Any], str]] = []
    causes = dict(zip(LEFT, CAUSES, strict=True))
    for number, row in enumerate(rows):
        facts = {"attempt": 1}
        planner = actor_label(row.application.opening.specialist)
        steps.append((signals.interview_scheduled, row, monday + timedelta(hours=8), facts, planner))
        steps.append((signals.interview_started, row, row.started_at, {**facts, "epoch": 1}, Party.CANDIDATE))
        if row.interrupted_at:
            is_announced = causes[number] in ANNOUNCED
            left = {**facts, "cause": causes[number], "announced": is_announced, "saved_stages": 1}
            by = Party.CANDIDATE if is_announced else Party.SYSTEM
            steps.append((signals.interview_interrupted, row, row.interrupted_at, left, by))
            gone = row.interrupted_at + timedelta(hours=5)
            given_up = {**facts, "given_up": True}
            steps.append((signals.interview_abandoned, row, gone, given_up, Party.CANDIDATE))
        else:
            steps.append((signals.interview_completed, row, row.completed_at, facts, Party.CANDIDATE))
    label = Interview._meta.label_lower
    Event.objects.bulk_create(
        Event(
            kind=signal.kind, subject_type=label, subject_id=row.pk, origin_type=label, origin_id=row.pk,
            facts=facts, by=by, at=at,
        )
        for signal, row, at, facts, by in steps
    )  # fmt: skip


def _set_created(opening: Opening, applied: datetime) -> None:
    """The rows' own birthdays: who applied in one week was planned for the next."""
    Candidate.objects.filter(applications__opening=opening).update(created_at=applied)
    Application.objects.filter(opening=opening).update(created_at=applied)
    Interview.objects.filter(application__opening=opening).update(created_at=applied)
