"""Last week, as it would stand in the database: 100 planned, 10 left half way, 90 assessed in full.

Written as rows with the times of last week, since nobody can take a step in the past; messages of that time are not
invented.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice, product

from django.db import connection
from django.utils import timezone

from hrsuite.demo import content
from hrsuite.events.models import Event
from recruitment import signals
from recruitment.enums import (
    AssessmentStatus,
    Basis,
    DecisionOutcome,
    FollowUpState,
    InterviewState,
    Outcome,
    Stage,
)
from recruitment.evaluation import rubric
from recruitment.models import (
    Application,
    Assessment,
    AssessmentScore,
    Candidate,
    Competency,
    Decision,
    FollowUp,
    Interview,
    InterviewExit,
    Invitation,
    Lease,
    Opening,
)  # fmt: skip

PLANNED, LEFT, PASSED = 100, 10, 63
CAUSES = ["network", "network", "network", "app_switched", "page_closed", "page_closed",
          "interrupted_by_somebody", "time_conflict", "device", "unwilling"]  # fmt: skip


def write(opening: Opening) -> None:
    """A hundred attempts of last week, Monday to Friday, twenty a day."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday() + 7)
    starts = [
        monday + timedelta(days=number // 20, hours=9, minutes=20 * (number % 20))
        for number in range(PLANNED)
    ]
    applications = _applications(opening, monday)
    rows = [
        _interview(application, begins, left=number < LEFT)
        for number, (application, begins) in enumerate(zip(applications, starts, strict=True))
    ]
    Interview.objects.bulk_create(rows)
    Lease.objects.bulk_create(Lease(interview=row, epoch=1) for row in rows)
    _exits(rows[:LEFT])
    _results(rows[LEFT:])
    _events(rows, monday)
    _set_created(opening, monday)


def _names() -> list[str]:
    names = ("".join(parts) for parts in product(content.SURNAMES, content.GIVEN, content.SECOND))
    return list(islice(names, 0, 4 * PLANNED, 4))


def _applications(opening: Opening, monday: datetime) -> list[Application]:
    candidates = [
        Candidate(
            name=name,
            name_key=name,
            email=f"lastweek{number + 1}@demo.example.com",
            phone=f"1370000{number:04d}",
        )
        for number, name in enumerate(_names())
    ]
    for candidate in candidates:
        candidate.save()
    stages = [Stage.REJECTED] * 2 + [Stage.INTERVIEWING] * (LEFT - 2)
    stages += [Stage.SECOND_ROUND] * PASSED + [Stage.EVALUATING] * (PLANNED - LEFT - PASSED)
    return Application.objects.bulk_create(
        Application(candidate=candidate, opening=opening, stage=stage, stage_since=monday)
        for candidate, stage in zip(candidates, stages, strict=True)
    )


def _interview(application: Application, begins: datetime, *, left: bool) -> Interview:
    return Interview(
        application=application,
        plan=application.opening.interview_plan,
        state=InterviewState.ABANDONED if left else InterviewState.COMPLETED,
        window_opens_at=begins,
        window_closes_at=begins + timedelta(hours=4),
        expected_result=(begins + timedelta(days=1)).date(),
        started_at=begins,
        interrupted_at=begins + timedelta(minutes=9) if left else None,
        completed_at=None if left else begins + timedelta(minutes=19),
    )


def _exits(rows: list[Interview]) -> None:
    exits = InterviewExit.objects.bulk_create(
        InterviewExit(
            interview=row, attempt=1, cause=cause, is_announced=cause in ("interrupted_by_somebody", "time_conflict"),
            left_at=row.interrupted_at, evidence={"saved_stages": 1},
        )
        for row, cause in zip(rows, CAUSES, strict=True)
    )  # fmt: skip
    outcomes = cycle([Outcome.UNREACHABLE, Outcome.REACHED])
    FollowUp.objects.bulk_create(
        FollowUp(
            interview=exit_.interview, exit=exit_, kind="exit", state=FollowUpState.CLOSED, outcome=next(outcomes),
            assignee=exit_.interview.application.opening.specialist, opened_at=exit_.left_at,
            due_at=exit_.left_at + timedelta(hours=24), claimed_at=exit_.left_at + timedelta(hours=2),
            closed_at=exit_.left_at + timedelta(hours=5),
            closed_by=exit_.interview.application.opening.specialist,
        )
        for exit_ in exits
    )  # fmt: skip


def _results(rows: list[Interview]) -> None:
    """63 of 90 at 80 or above; the scores spread a little, the way scores do."""
    threshold = Decimal(80)
    values = [threshold + number % 17 for number in range(PASSED)]
    values += [Decimal(55 + number % 24) for number in range(len(rows) - PASSED)]
    assessments = Assessment.objects.bulk_create(
        Assessment(
            interview=row, attempt=1, basis=Basis.FULL, status=AssessmentStatus.CURRENT, value=value,
            low=max(value - 8, Decimal(0)), high=min(value + 8, Decimal(100)), method=rubric.METHOD,
        )
        for row, value in zip(rows, values, strict=True)
    )  # fmt: skip
    competencies = list(Competency.objects.all())
    AssessmentScore.objects.bulk_create(
        AssessmentScore(
            assessment=assessment, competency=competency, value=assessment.value, low=assessment.low,
            high=assessment.high,
        )
        for assessment in assessments
        for competency in competencies
    )  # fmt: skip
    Decision.objects.bulk_create(
        Decision(
            application=assessment.interview.application, assessment=assessment, threshold=threshold,
            outcome=DecisionOutcome.INVITED if assessment.value >= threshold else DecisionOutcome.BELOW,
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
        if assessment.value >= threshold
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE recruitment_assessment AS a SET issued_at = i.completed_at"
            " FROM recruitment_interview AS i WHERE a.interview_id = i.id AND a.id = ANY(%s)",
            [[assessment.pk for assessment in assessments]],
        )


def _events(rows: list[Interview], monday: datetime) -> None:
    """What the weekly report counts, and what the interview's page shows as its time line."""
    steps = []
    for row in rows:
        facts = {"attempt": 1}
        steps.append((signals.interview_scheduled, row, monday + timedelta(hours=8), facts))
        steps.append((signals.interview_started, row, row.started_at, {**facts, "epoch": 1}))
        if row.interrupted_at:
            steps.append(
                (signals.interview_interrupted, row, row.interrupted_at, {**facts, "saved_stages": 1})
            )
            gone = row.interrupted_at + timedelta(hours=5)
            steps.append((signals.interview_abandoned, row, gone, {**facts, "given_up": True}))
        else:
            steps.append((signals.interview_completed, row, row.completed_at, facts))
    label = Interview._meta.label_lower
    Event.objects.bulk_create(
        Event(
            kind=signal.kind, subject_type=label, subject_id=row.pk, origin_type=label, origin_id=row.pk,
            facts=facts, by="candidate", at=at,
        )
        for signal, row, at, facts in steps
    )  # fmt: skip


def _set_created(opening: Opening, monday: datetime) -> None:
    """The rows' own birthdays: they were made when the week began."""
    Application.objects.filter(opening=opening).update(created_at=monday, stage_since=monday)
    Interview.objects.filter(application__opening=opening).update(created_at=monday)
