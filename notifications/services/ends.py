"""What an application's stage requires to be said: invitation, offer, how it ended, that an end was taken back."""

from collections.abc import Iterator
from typing import Any

from core.events.models import Event
from core.figures import Basis
from messaging.enums import MessageState, Settled
from messaging.kinds import MessageKind, family
from messaging.models import Message
from messaging.refs import Ref, ref
from messaging.services.deciding import Brief, Need
from notifications import facts
from notifications.audiences import Person
from notifications.enums import Audience, End
from notifications.kinds import applications, ends
from notifications.services.interviews import people_of
from notifications.services.scene import APPLICATION, Scene
from notifications.services.waits import wait_of
from people.actors import Party, actor_label
from recruitment import signals
from recruitment.enums import ApplicationStage, InterviewKind, InterviewState
from recruitment.models import Application, Interview

KINDS: dict[str, MessageKind] = {
    ApplicationStage.SECOND_ROUND: applications.SECOND_ROUND,
    ApplicationStage.OFFER: ends.OFFER,
    ApplicationStage.HIRED: ends.HIRED,
    ApplicationStage.REJECTED: ends.REJECTED,
    ApplicationStage.WITHDRAWN: ends.WITHDRAWN,
    ApplicationStage.FELL_THROUGH: ends.FELL_THROUGH,
}
# What may turn out to have been said too early.
_TAKEN_BACK = {KINDS[stage].code: stage for stage in ApplicationStage.ended}
_MOVES = (
    signals.application_advanced.kind,
    signals.application_ended.kind,
    signals.application_moved.kind,
    signals.application_reopened.kind,
)


def decide(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief:
    """What the application's present stage requires to be said to candidate and manager.

    What waits of an earlier stage is called off: an end that was taken back in time is never told. Who was told of an
    end that does not stand any more hears that it was taken back, and where the application stands now.
    """
    application = scene.applications[event.subject_id]
    interview = scene.interview_behind(application.pk, Ref(event.origin_type, event.origin_id))
    said = scene.ledger.about(ref(application))
    people = people_of(application, [one for one in (Audience.CANDIDATE, Audience.MANAGER) if one in side])
    needs = []
    for audience, person in people.items():
        undone = _told_too_early(said, audience, application)
        if undone is not None:
            needs.append(_taken_back(application, interview, undone, audience, person))
        else:
            needs += _of_stage(application, event, said, audience, person)
    return Brief(
        topic=ref(application),
        needs=needs,
        kinds=[*family(applications.INVITATION), *family(ends.FAMILY)],
        audiences=side,
        origin=ref(interview) if interview else None,
        event=event,
    )


def _of_stage(
    application: Application,
    event: Event,
    said: list[Message],
    audience: Audience,
    person: Person,
) -> Iterator[Need]:
    kind = KINDS.get(application.stage)
    if kind is None:
        return
    key = f"application:{application.pk}:{application.stage_since.isoformat()}"
    told = [row for row in said if _is_told(row) and (row.kind, row.audience) == (kind.code, audience)]
    if any(key not in row.idem_key for row in told) and _came_back(application):
        return  # the same was said when the application first came here
    due_at = None
    if kind.code in End.values and event.by != actor_label(Party.CANDIDATE):
        due_at = application.stage_since + wait_of(kind.code)
    yield Need(
        kind=kind,
        audience=audience,
        to=person,
        key=key,
        context={**_context(application), audience.value: person},
        due_at=due_at,
    )


def _taken_back(
    application: Application, interview: Interview | None, undone: Message, audience: Audience, person: Person
) -> Need:
    stage = ApplicationStage(application.stage)
    context = {
        **_context(application),
        "was": ApplicationStage(_TAKEN_BACK[undone.kind]).label,
        "stage": stage.label,
        "can_enter": False,
        audience.value: person,
    }
    if interview is not None and interview.kind == InterviewKind.ROOM:
        context |= {
            "can_enter": interview.state in InterviewState.running,
            "begun": interview.state != InterviewState.SCHEDULED,
            "until": interview.resume_until or interview.window_closes_at,
            "opens_at": interview.window_opens_at,
        }
    return Need(
        kind=ends.REOPENED,
        audience=audience,
        to=person,
        key=f"application:{application.pk}:after-{undone.pk}",
        context=context,
        due_at=application.stage_since + wait_of(ends.REOPENED.code),
    )


def _told_too_early(said: list[Message], audience: Audience, application: Application) -> Message | None:
    """The last end that this audience was told of, when the application does not stand there any more."""
    if application.stage in ApplicationStage.called_off:
        return None
    told = [row for row in said if row.audience == audience and row.kind in _TAKEN_BACK and _is_told(row)]
    last = max(told, key=lambda row: row.pk, default=None)
    return last if last is not None and _TAKEN_BACK[last.kind] != application.stage else None


def _is_told(row: Message) -> bool:
    """By a message, by one about many of which it is a part, or by a colleague who called because none arrived."""
    whole = row.coalesced_into if row.state == MessageState.COALESCED else None
    return (whole or row).state in MessageState.told or row.settled_how == Settled.CALLED


def _came_back(application: Application) -> bool:
    """Whether its last step took an end back."""
    moves = Event.objects.filter(subject_type=APPLICATION, subject_id=application.pk, kind__in=_MOVES)
    last = moves.order_by("-id").values_list("kind", flat=True).first()
    return bool(last == signals.application_reopened.kind)


def _context(application: Application) -> dict[str, Any]:
    invitation = getattr(application, "invitation", None)
    basis = Basis(invitation.basis) if invitation else Basis.FULL
    return {
        **facts.of_application(application),
        "planned": application.planned_start,
        "basis": basis.label,
        "estimate": basis in Basis.estimates,
    }
