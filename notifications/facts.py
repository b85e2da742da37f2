"""What the templates may say about an interview, an application, a follow-up: facts by name, read once."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from core.events.models import Event
from core.events.reading import once_per_chain
from people.colleagues import whom_to_turn_to
from people.models import User
from recruitment.enums import (
    ExitCause,
    FollowUpKind,
    FollowUpState,
    InterviewKind,
    InterviewState,
    Outcome,
)
from recruitment.models import Application, Checkpoint, FollowUp, Interview, InterviewExit, Stage
from recruitment.services.interviews import MOST_ANNOUNCED_EXITS

FOLLOW_UP_QUEUE = "recruitment/followup/"


def admin_url(path: str) -> str:
    """The address of a back-office page, as a message can carry it."""
    return f"{settings.BASE_URL.rstrip('/')}/admin/{path}"


def interviews() -> "QuerySet[Interview]":
    """Interviews with everything that their messages speak of, in one query."""
    return Interview.objects.select_related(
        "plan",
        "application__candidate",
        "application__opening__specialist",
        "application__opening__department",
    )


def interview(interview_id: int, *, lock: bool = False) -> Interview:
    """One interview as it stands now; what no receiver writes (candidate, opening) is read once for the whole chain."""
    rows = Interview.objects.select_related("application", "plan")
    if lock:
        rows = rows.select_for_update(no_key=True, of=("self",))
    return _with_people(rows.get(pk=interview_id))


def interview_behind(application_id: int, event: Event | None) -> Interview | None:
    """The interview whose chain the event belongs to, else the application's last one; read as `interview` does."""
    rows = Interview.objects.select_related("application", "plan").filter(application=application_id)
    found = None
    if event is not None and event.origin_type == Interview._meta.label_lower:
        found = rows.filter(pk=event.origin_id).first()
    found = found or rows.order_by("-id").first()
    return found and _with_people(found)


def _with_people(interview: Interview) -> Interview:
    around = _around(interview.application_id)
    interview.application.candidate, interview.application.opening = around.candidate, around.opening
    return interview


@once_per_chain
def _around(application_id: int) -> Application:
    """The application with its candidate and its opening; its own stage is not to be read from here."""
    return Application.objects.select_related("candidate", "opening__specialist", "opening__department").get(
        pk=application_id
    )


def specialist_of(application: Application) -> User:
    """Whom a candidate may turn to: somebody whose account is open, where there is anybody."""
    return whom_to_turn_to(application.opening.specialist)


def of_application(application: Application) -> dict[str, Any]:
    """Candidate, opening, department, specialist, and what was promised by when."""
    return {
        "candidate": application.candidate,
        "phone": application.candidate.phone,
        "email": application.candidate.email,
        "opening": application.opening,
        "department": application.opening.department,
        "specialist": specialist_of(application),
        "promised_by": _still_ahead(application.promised_by),
        "queue_url": admin_url(FOLLOW_UP_QUEUE),
        "application_url": admin_url(f"recruitment/application/{application.pk}/change/"),
    }


def _still_ahead(day: date | None) -> date | None:
    """A day that has passed is promised to nobody any more; who watches promises names it by itself."""
    return day if day is not None and day >= timezone.localdate() else None


def of_interview(interview: Interview) -> dict[str, Any]:
    """The application's facts with window, stages, what is saved, and until when the candidate may return."""
    stages = stages_of(interview.plan_id)
    saved = _saved(interview.pk, interview.attempt)
    return {
        **of_application(interview.application),
        "interview": interview,
        "state": InterviewState(interview.state).label,
        "room": interview.kind == InterviewKind.ROOM,
        "with_people": interview.kind == InterviewKind.PEOPLE,
        "round": interview.round,
        "can_return": interview.announced_exits <= MOST_ANNOUNCED_EXITS,
        "until": interview.resume_until,
        "opens_at": interview.window_opens_at,
        "closes_at": interview.window_closes_at,
        "stages": stages,
        "stage_count": len(stages),
        "minutes": sum(stage.minutes for stage in stages),
        "notes": interview.plan.notes.strip(),
        "saved": _in_order(stages, saved),
        "record_url": admin_url(f"recruitment/interview/{interview.pk}/change/"),
    }


@once_per_chain
def stages_of(plan_id: int) -> list[Stage]:
    """The stages of an interview plan, in order."""
    return list(Stage.objects.filter(plan=plan_id))


@once_per_chain
def _saved(interview_id: int, attempt: int) -> set[int]:
    """The stages of the attempt that have their checkpoint."""
    saved = Checkpoint.objects.filter(interview=interview_id, attempt=attempt)
    return set(saved.values_list("stage", flat=True))


def _in_order(stages: list[Stage], ids: set[int]) -> list[Stage]:
    return [stage for stage in stages if stage.pk in ids]


def of_exit(exit_: InterviewExit | None) -> dict[str, Any]:
    """When, why, in whose words; an exit that is not known says so."""
    cause = exit_.effective_cause if exit_ else ExitCause.UNKNOWN
    return {
        "left_at": exit_.left_at if exit_ else None,
        "returned_at": exit_.returned_at if exit_ else None,
        "announced": exit_.is_announced if exit_ else False,
        "note": exit_.note if exit_ else "",
        "cause": ExitCause(cause).label,
        "our_fault": cause == ExitCause.OUR_OUTAGE,
    }


def last_exit(interview: Interview) -> InterviewExit | None:
    """The newest exit of the present attempt."""
    return _last_exit(interview.pk, interview.attempt)


@once_per_chain
def _last_exit(interview_id: int, attempt: int) -> InterviewExit | None:
    return InterviewExit.objects.filter(interview=interview_id, attempt=attempt).order_by("-id").first()


def withdrew() -> Exists:
    """For a query of interviews: since the last exit a colleague closed a follow-up because the candidate withdraws.

    The application itself is withdrawn on its own page; until then nobody asks such a candidate to go on.
    """
    closed = FollowUp.objects.filter(interview=OuterRef("pk"), outcome=Outcome.WITHDRAWN)
    return Exists(closed.filter(attempt=OuterRef("attempt"), closed_at__gte=OuterRef("interrupted_at")))


def has_withdrawn(interview: Interview) -> bool:
    """`withdrew` of one interview."""
    return Interview.objects.filter(withdrew(), pk=interview.pk).exists()


def open_follow_up(interview: Interview) -> FollowUp | None:
    """The unfinished call that the present exit is owed."""
    return FollowUp.objects.filter(
        interview=interview, kind=FollowUpKind.EXIT, state__in=FollowUpState.unfinished
    ).first()
