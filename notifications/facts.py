"""What the templates may say about an interview, an application, a follow-up: facts by name, read once."""

from collections.abc import Collection, Iterable
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from core import contacts
from core.events.models import Event
from core.events.reading import once_in_sets
from core.language import in_language
from messaging import connected
from people.colleagues import whom_to_turn_to
from people.models import User
from recruitment.enums import (
    ExitCause,
    InterviewKind,
    InterviewState,
    Outcome,
)
from recruitment.models import Application, Checkpoint, FollowUp, Interview, InterviewExit, Round, Stage
from recruitment.queries import exits_of
from recruitment.services.interviews import MOST_ANNOUNCED_EXITS

FOLLOW_UP_QUEUE = "recruitment/followup/"


def admin_url(path: str) -> str:
    """The address of a back-office page, as a message can carry it."""
    return f"{settings.BASE_URL}/admin/{path}"


def offer_url(offer_id: int) -> str:
    """The offer's page."""
    return admin_url(f"recruitment/offer/{offer_id}/change/")


def case_url(case_id: int) -> str:
    """The page of a start that is prepared."""
    return admin_url(f"onboarding/onboardingcase/{case_id}/change/")


def approval_url(kind: str, pk: int) -> str:
    """Where whoever decides on it does so, made for the phone: an `offer`, or the approval of a `start`."""
    return admin_url(f"managers/approvals/{kind}/{pk}/")


def approvals_url() -> str:
    """Where everything stands that somebody is asked to agree to."""
    return admin_url("managers/approvals/")


def refused_by(event: Event) -> User | None:
    """Who did not agree to the offer that was withdrawn by this; None where it was taken back otherwise."""
    number = event.facts.get("refused_by")
    return User.objects.filter(pk=int(number)).first() if number else None


def interviews() -> "QuerySet[Interview]":
    """Interviews with everything that their messages speak of, in one query."""
    return Interview.objects.select_related(
        "version",
        "application__candidate",
        "application__opening__specialist",
        "application__opening__department",
    )


def specialist_of(application: Application) -> User:
    """Whom a candidate may turn to: somebody whose account is open, where there is anybody."""
    return whom_to_turn_to(application.opening.specialist)


def of_application(application: Application) -> dict[str, Any]:
    """Candidate, opening, department, specialist, and what was promised by when."""
    return {
        "candidate": application.candidate,
        "phone": contacts.shown(application.candidate.phone),
        "email": application.candidate.email,
        "opening": application.opening,
        "department": application.opening.department,
        "specialist": specialist_of(application),
        "in_wechat": connected.kf() is not None,
        "promised_by": _still_ahead(application.promised_by),
        "queue_url": admin_url(FOLLOW_UP_QUEUE),
        # Where managers read of it: they have no back office.
        "opening_url": admin_url(f"managers/openings/{application.opening_id}/"),
        "application_url": admin_url(f"recruitment/application/{application.pk}/change/"),
    }


def _still_ahead(day: date | None) -> date | None:
    """A day that has passed is promised to nobody any more; who watches promises names it by itself."""
    return day if day is not None and day >= timezone.localdate() else None


def of_interview(interview: Interview) -> dict[str, Any]:
    """The application's facts with window, stages, what is saved, and until when the candidate may return.

    The stages are read only for a text that speaks of them.
    """
    stages = cache(lambda: _stages((interview.pk, interview.version_id, interview.attempt)))
    return {
        **of_application(interview.application),
        "interview": interview,
        "state": InterviewState(interview.state).label,
        "room": interview.kind == InterviewKind.ROOM,
        "with_people": interview.kind == InterviewKind.PEOPLE,
        "round": interview.round,
        **_of_round(interview),
        "can_return": interview.announced_exits <= MOST_ANNOUNCED_EXITS,
        "until": interview.resume_until,
        "opens_at": interview.window_opens_at,
        "closes_at": interview.window_closes_at,
        "stages": stages,
        "stage_count": lambda: len(stages()),
        "minutes": lambda: sum(stage.minutes for stage in stages()),
        "notes": lambda: in_language(interview.version.notes, interview.version.notes_en).strip(),
        "saved": lambda: [stage for stage in stages() if stage.is_saved],
        "record_url": admin_url(f"recruitment/interview/{interview.pk}/change/"),
    }


def _of_round(interview: Interview) -> dict[str, Any]:
    """Where people hold it, and who; read only for a text that speaks of it, and empty where nobody said."""
    held = cache(
        lambda: (
            Round.objects.filter(interview=interview.pk).first()
            if interview.kind == InterviewKind.PEOPLE
            else None
        )
    )

    def interviewers() -> list[str]:
        found = held()
        if found is None:
            return []
        called = found.cards.filter(is_called=True).select_related("interviewer")
        return [str(card.interviewer) for card in called]

    return {
        "place": lambda: getattr(held(), "room", ""),
        "meeting_link": lambda: getattr(held(), "meeting_link", ""),
        "interviewers": interviewers,
    }


def read_stages_ahead(interviews: Iterable[Interview]) -> None:
    """Within a chain: the stages of all of these with one query."""
    _stages.ahead((interview.pk, interview.version_id, interview.attempt) for interview in interviews)


@once_in_sets
def _stages(asked: Collection[tuple[int, int, int]]) -> dict[tuple[int, int, int], list[Any]]:
    """The stages of an interview's version, in order; `is_saved`: its attempt has its checkpoint."""
    found: dict[tuple[int, int, int], list[Any]] = {key: [] for key in asked}
    interview, attempt = F("version__interviews"), F("version__interviews__attempt")
    saved = Checkpoint.objects.filter(
        interview=OuterRef("interview_id"), attempt=OuterRef("attempt"), stage=OuterRef("pk")
    )
    stages = Stage.objects.filter(version__interviews__in=[one for one, _version, _attempt in asked])
    for stage in stages.annotate(interview_id=interview, attempt=attempt).annotate(is_saved=Exists(saved)):
        found.setdefault((stage.interview_id, stage.version_id, stage.attempt), []).append(stage)
    return found


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
    return next((exit_ for exit_ in exits_of(interview.pk) if exit_.attempt == interview.attempt), None)


def withdrew() -> Exists:
    """For a query of interviews: since the last exit a colleague closed a follow-up because the candidate withdraws.

    The application itself is withdrawn on its own page; until then nobody asks such a candidate to go on.
    """
    closed = FollowUp.objects.filter(interview=OuterRef("pk"), outcome=Outcome.WITHDRAWN)
    return Exists(closed.filter(attempt=OuterRef("attempt"), closed_at__gte=OuterRef("interrupted_at")))


def has_withdrawn(interview: Interview) -> bool:
    """`withdrew` of one interview."""
    return Interview.objects.filter(withdrew(), pk=interview.pk).exists()
