"""What an interview's present state requires to be said, to the candidate and to colleagues."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from core.events.models import Event
from messaging.enums import MessageState
from messaging.kinds import MessageKind, family
from messaging.refs import ref
from messaging.services.deciding import Brief, Need
from notifications import audiences, facts
from notifications.audiences import CANDIDATE, Person
from notifications.enums import Audience
from notifications.kinds import interviews as kinds
from notifications.services import rounds
from notifications.services.scene import Scene
from people.actors import actor_label
from people.models import User
from recruitment import signals
from recruitment.enums import ApplicationStage, InterviewKind, InterviewState
from recruitment.models import Application, Interview, InterviewExit
from recruitment.services.follow_ups import PROMISED_WITHIN

# A silent exit is often a short one: colleagues hear of it only when it lasts.
SILENT_WAIT = timedelta(minutes=5)


# How long before the window opens the guide goes out.
GUIDE_BEFORE = timedelta(hours=24)


def key_of(interview: Interview) -> str:
    """How the needs of an interview's messages begin."""
    return f"interview:{interview.pk}"


def decide(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief:
    """What the interview's state requires to be said to one side (the candidate, or colleagues).

    What waits and is overtaken is called off: to the candidate everything unsent, to colleagues what is not due yet.
    """
    interview = scene.interview(event.subject_id)
    gather = NEEDS.get(InterviewState(interview.state))
    return Brief(
        topic=ref(interview),
        needs=[*(gather(scene, interview, side) if gather else ()), *rounds.needs(interview, side)],
        kinds=family(kinds.FAMILY),
        audiences=side,
        origin=ref(interview),
        event=event,
        only_future=side != CANDIDATE,
    )


def people(interview: Interview, wanted: Collection[Audience]) -> dict[Audience, Person]:
    """Who holds each wanted part of candidate, specialist and manager; a part that nobody holds is left out."""
    return people_of(interview.application, wanted)


def people_of(application: Application, wanted: Collection[Audience]) -> dict[Audience, Person]:
    """`people` of an application, which need not have an interview."""
    ways: dict[Audience, Callable[[], Person | None]] = {
        Audience.CANDIDATE: lambda: application.candidate,
        Audience.SPECIALIST: lambda: audiences.specialist(application.opening),
        Audience.MANAGER: lambda: audiences.manager(application.opening.department),
    }
    found = {audience: find() for audience, find in ways.items() if audience in wanted}
    return {audience: person for audience, person in found.items() if person is not None}


def _needs(
    interview: Interview,
    side: frozenset[Audience],
    kind: MessageKind,
    *,
    key: str,
    to: Collection[str] | None = None,
    due_at: Callable[[Audience], datetime | None] = lambda audience: None,
    expires_at: Callable[[Audience], datetime | None] = lambda audience: None,
    **more: Any,
) -> Iterator[Need]:
    """One need for each of the kind's audiences (or of `to`) on this side; nothing is read when nobody is."""
    wanted = [Audience(one) for one in kind.audiences if one in side and (to is None or one in to)]
    if not wanted:
        return
    context = {**facts.of_interview(interview), **more}
    for audience, person in people(interview, wanted).items():
        yield Need(
            kind=kind,
            audience=audience,
            to=person,
            key=f"{key_of(interview)}:{key}",
            context={**context, audience.value: person},
            due_at=due_at(audience),
            expires_at=expires_at(audience),
        )


def _interrupted(scene: Scene, interview: Interview, side: frozenset[Audience]) -> Iterator[Need]:
    exit_ = facts.last_exit(interview)
    if exit_ is None or exit_.returned_at is not None or interview.interrupted_at is None:
        return
    follow_up = scene.owed_call(interview)
    yield from _needs(
        interview,
        side,
        kinds.INTERRUPTED,
        key=f"exit-{exit_.pk}",
        due_at=lambda audience: None if audience == Audience.CANDIDATE else colleagues_due(exit_, interview),
        expires_at=lambda audience: interview.resume_until if audience == Audience.CANDIDATE else None,
        call_by=follow_up.due_at if follow_up else interview.interrupted_at + PROMISED_WITHIN,
        **facts.of_exit(exit_),
    )


def colleagues_due(exit_: InterviewExit, interview: Interview) -> datetime | None:
    """When colleagues hear of an exit: at once (None) when it was announced, else once it has lasted."""
    if exit_.is_announced or interview.interrupted_at is None:
        return None
    return interview.interrupted_at + SILENT_WAIT


def _back(scene: Scene, interview: Interview, side: frozenset[Audience]) -> Iterator[Need]:
    """Whoever heard of the last exit, or is about to, hears of the return."""
    exit_ = None if side == CANDIDATE else facts.last_exit(interview)
    if exit_ is None or exit_.returned_at is None:
        return
    heard = {
        row.audience
        for row in scene.ledger.about(ref(interview))
        if row.kind == kinds.INTERRUPTED.code
        and f":exit-{exit_.pk}:" in row.idem_key
        # What is planned for later is called off by this very return.
        and (
            row.state in MessageState.told
            or (row.state == MessageState.PLANNED and row.due_at <= exit_.returned_at)
        )
    }
    yield from _needs(
        interview,
        side,
        kinds.RESUMED,
        key=f"exit-{exit_.pk}",
        to=heard,
        completed=interview.state == InterviewState.COMPLETED,
        **facts.of_exit(exit_),
    )


def _completed(scene: Scene, interview: Interview, side: frozenset[Audience]) -> Iterator[Need]:
    yield from _needs(interview, side, kinds.COMPLETED, key=f"attempt-{interview.attempt}")
    yield from _back(scene, interview, side)


def _scheduled(scene: Scene, interview: Interview, side: frozenset[Audience]) -> Iterator[Need]:
    """A first window is told at once; one that opens within a day by its guide, which goes out at once, too."""
    moved = scene.last_event(interview, signals.interview_rescheduled.kind)
    arranged = None
    if interview.kind == InterviewKind.PEOPLE:
        arranged = scene.last_event(interview, signals.round_arranged.kind)
    is_elsewhere = arranged is not None and not arranged.facts.get("is_new")
    if arranged is not None and is_elsewhere and (moved is None or moved.pk < arranged.pk):
        moved = arranged
    if moved is not None:
        yield from _needs(
            interview,
            side,
            kinds.RESCHEDULED,
            key=f"event-{moved.pk}",
            # That another room was found is for whoever has to go there.
            to=CANDIDATE if moved is arranged else None,
            expires_at=lambda audience: (
                interview.window_closes_at if audience == Audience.CANDIDATE else None
            ),
            by_candidate=bool(moved.facts.get("by_candidate")),
        )
    elif interview.window_opens_at > timezone.now() + GUIDE_BEFORE:
        yield from _needs(
            interview,
            side,
            kinds.SCHEDULED,
            key=f"attempt-{interview.attempt}",
            expires_at=lambda audience: interview.window_closes_at,
        )


def _abandoned(scene: Scene, interview: Interview, side: frozenset[Audience]) -> Iterator[Need]:
    ended = scene.last_event(interview, signals.interview_abandoned.kind)
    if ended is None or ended.facts.get("attempt") != interview.attempt:
        # Left and given up in one step: the exit is announced first, the end right after it says how it ended.
        return
    follow_up = scene.owed_call(interview)
    call_by = follow_up.due_at if follow_up is not None and follow_up.due_at > timezone.now() else None
    yield from _needs(
        interview,
        side,
        kinds.ABANDONED,
        key=f"attempt-{interview.attempt}",
        call_by=call_by,
        given_up=bool(ended.facts.get("given_up")),
        **facts.of_exit(facts.last_exit(interview)),
    )


def _missed(scene: Scene, interview: Interview, side: frozenset[Audience]) -> Iterator[Need]:
    follow_up = scene.owed_call(interview)
    yield from _needs(
        interview,
        side,
        kinds.MISSED,
        key=f"attempt-{interview.attempt}",
        call_by=follow_up.due_at if follow_up else None,
    )


def _cancelled(scene: Scene, interview: Interview, side: frozenset[Audience]) -> Iterator[Need]:
    """What an application's end cancelled is told to the candidate in the words of that end, and not once more; and
    nothing to the colleague who cancelled it, or ended the application."""
    ended = scene.last_event(interview, signals.interview_cancelled.kind)
    withdrawn = (
        bool(ended and ended.facts.get("withdrawn"))
        or interview.application.stage == ApplicationStage.WITHDRAWN
    )
    with_its_application = interview.application.stage in ApplicationStage.called_off
    needs = _needs(
        interview,
        side - CANDIDATE if with_its_application else side,
        kinds.CANCELLED,
        key=f"attempt-{interview.attempt}",
        withdrawn=withdrawn,
    )
    doers = _doers(ended)
    yield from (need for need in needs if not (isinstance(need.to, User) and actor_label(need.to) in doers))


def _doers(event: Event | None) -> set[str]:
    """Whose doing it was, or what it followed from: they know, and need not read it once for each of ninety."""
    return {one.by for one in (event, event and event.caused_by) if one}


NEEDS: dict[InterviewState, Callable[[Scene, Interview, frozenset[Audience]], Iterator[Need]]] = {
    InterviewState.SCHEDULED: _scheduled,
    InterviewState.IN_PROGRESS: _back,
    InterviewState.INTERRUPTED: _interrupted,
    InterviewState.COMPLETED: _completed,
    InterviewState.ABANDONED: _abandoned,
    InterviewState.MISSED: _missed,
    InterviewState.CANCELLED: _cancelled,
}
