"""What the database holds of a simulation's interviews, read in a constant number of queries."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from core.events.models import Event, Reaction, ReactionState
from messaging.enums import DeliveryState
from messaging.models import Delivery, Message
from notifications.enums import Audience
from notifications.kinds.applications import SECOND_ROUND
from notifications.kinds.interviews import COMPLETED, INTERRUPTED
from onboarding.models import OnboardingCase
from recruitment import signals
from recruitment.enums import AssessmentStatus, FollowUpKind
from recruitment.models import Answer, Assessment, Checkpoint, FollowUp, Interview, InterviewExit, Invitation
from training.models import TrainingPlan

LABEL = Interview._meta.label_lower


@dataclass
class Holdings:
    """Rows by interview. `owed` counts what is still under way: reactions, deliveries, scores."""

    interviews: dict[int, Interview]
    answers: dict[int, dict[int, Answer]]
    stages: dict[int, set[int]]
    exits: dict[int, list[InterviewExit]]
    follow_ups: dict[int, list[FollowUp]]
    reports: dict[int, Counter[str]]
    score: dict[int, Any]
    cases: dict[int, OnboardingCase]
    delays: dict[int, Counter[str]]
    plans: set[int]
    invited: set[int]
    messages: dict[int, list[Message]]
    events: dict[int, Counter[str]]
    # exit → when its event was written
    noticed: dict[int, datetime]
    owed: dict[str, int]


def read(ids: Iterable[int]) -> Holdings:
    """Everything that `compare` looks at."""
    known = list(ids)
    interviews = {
        row.pk: row
        for row in Interview.objects.with_live_state()
        .filter(pk__in=known)
        .select_related("lease", "application__opening__advance_rule")
    }
    of_application = {row.application_id: row.pk for row in interviews.values()}
    reports: dict[int, Counter[str]] = defaultdict(Counter)
    score = {}
    for report in Assessment.objects.filter(interview__in=known):
        reports[report.interview_id][f"{report.basis} {report.status}"] += 1
        if report.status == AssessmentStatus.CURRENT:
            score[report.interview_id] = report.value
    cases, delays = _cases(known)
    events, noticed = _events(known)
    return Holdings(
        interviews=interviews,
        answers=_answers(known),
        stages=_stages(known),
        exits=_lists(InterviewExit.objects.filter(interview__in=known).order_by("pk")),
        follow_ups=_lists(FollowUp.objects.filter(interview__in=known, kind=FollowUpKind.EXIT).order_by("pk")),
        reports=reports,
        score=score,
        cases=cases,
        delays=delays,
        plans={
            of_application[key]
            for key in TrainingPlan.objects.filter(application__in=of_application).values_list("application", flat=True)
        },
        invited={
            of_application[key]
            for key in Invitation.objects.filter(application__in=of_application).values_list("application", flat=True)
        },
        messages=_lists(
            Message.objects.filter(
                origin_type=LABEL, origin_id__in=known, audience=Audience.CANDIDATE,
                kind__in=[kind.code for kind in (INTERRUPTED, COMPLETED, SECOND_ROUND)],
            ).order_by("pk"),
            by="origin_id",
        ),
        events=events,
        noticed=noticed,
        owed=owed(known),
    )  # fmt: skip


def owed(known: list[int]) -> dict[str, int]:
    """What is still to be done for these interviews: nothing, once a run has settled."""
    now = timezone.now()
    reactions = Reaction.objects.filter(event__origin_type=LABEL, event__origin_id__in=known)
    deliveries = Delivery.objects.filter(message__origin_type=LABEL, message__origin_id__in=known)
    lapsed = Interview.objects.filter(pk__in=known, lease__live=True, lease__expires_at__lte=now)
    return {
        "reactions pending": reactions.filter(state=ReactionState.PENDING).count(),
        "reactions red": reactions.filter(state=ReactionState.FAILED).count(),
        "deliveries due": deliveries.filter(state=DeliveryState.PENDING, due_at__lte=now).count(),
        "deliveries leased": deliveries.filter(state=DeliveryState.LEASED).count(),
        "deliveries failed": deliveries.filter(
            state__in=(DeliveryState.FAILED, DeliveryState.AMBIGUOUS)
        ).count(),
        "stages unscored": Checkpoint.objects.filter(interview__in=known, scored_at__isnull=True).count(),
        "leases run out": lapsed.count(),
    }


def _lists(rows: Iterable[Any], *, by: str = "interview_id") -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, by)].append(row)
    return found


def _answers(known: list[int]) -> dict[int, dict[int, Answer]]:
    found: dict[int, dict[int, Answer]] = defaultdict(dict)
    for row in Answer.objects.filter(interview__in=known, attempt=1):
        found[row.interview_id][row.question_id] = row
    return found


def _stages(known: list[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = Checkpoint.objects.filter(interview__in=known, attempt=1)
    for interview, number in rows.values_list("interview", "stage__number"):
        found[interview].add(number)
    return found


def _cases(known: list[int]) -> tuple[dict[int, OnboardingCase], dict[int, Counter[str]]]:
    cases, delays = {}, {}
    rows = OnboardingCase.objects.filter(waits_on__in=known).annotate(
        active=Count("delays", filter=Q(delays__lifted_at__isnull=True), distinct=True),
        ever=Count("delays", distinct=True),
    )
    for case in rows.prefetch_related("waits_on"):
        for interview in case.waits_on.all():
            cases[interview.pk] = case
            delays[interview.pk] = Counter({"active": case.active, "ever": case.ever})
    return cases, delays


def _events(known: list[int]) -> tuple[dict[int, Counter[str]], dict[int, datetime]]:
    events: dict[int, Counter[str]] = defaultdict(Counter)
    noticed = {}
    rows = Event.objects.filter(subject_type=LABEL, subject_id__in=known)
    for subject, kind, facts, at in rows.values_list("subject_id", "kind", "facts", "at"):
        events[subject][kind] += 1
        if kind == signals.interview_interrupted.kind:
            noticed[facts["exit"]] = at
    return events, noticed
