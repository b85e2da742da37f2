"""What an application's reports require to be said, and an invitation that is late."""

from datetime import date, timedelta

from django.utils import timezone

from core.events.models import Event
from core.figures import Basis, rounded
from messaging.kinds import MessageKind
from messaging.refs import Ref, ref
from messaging.services.deciding import Brief, Need
from notifications import audiences, facts
from notifications.enums import Audience
from notifications.kinds import applications as kinds
from notifications.services.interviews import people
from notifications.services.scene import Scene
from recruitment import signals
from recruitment.enums import ApplicationStage, AssessmentStatus
from recruitment.models import Interview
from recruitment.services.promises import PROMISE_PAST

# Past the promised day; on the first day the specialist alone is told.
LEADS_AFTER = timedelta(days=1)


def decide_on_report(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief | None:
    """A full report that still stands: the candidate hears that it exists and what comes next, never a score.

    The manager hears the figure too. Once per attempt; and the manager once more when a reviewer says that the review
    is finished, after which it stands otherwise.
    """
    assessment = scene.assessments[event.subject_id]
    if assessment.basis != Basis.FULL or assessment.status != AssessmentStatus.CURRENT:
        return None
    interview = scene.interview(assessment.interview_id)
    is_corrected = event.kind == signals.review_finished.kind
    attempt = f"interview:{interview.pk}:attempt-{assessment.attempt}"
    context = {
        **facts.of_interview(interview),
        "is_corrected": is_corrected,
        "value": None if assessment.value is None else str(rounded(assessment.value)),
        "invited": interview.application.stage == ApplicationStage.SECOND_ROUND,
        "after_interruption": lambda: facts.last_exit(interview) is not None,
    }
    keys = {
        Audience.CANDIDATE: attempt,
        Audience.MANAGER: f"assessment:{assessment.pk}" if is_corrected else attempt,
    }
    return Brief(
        topic=ref(interview.application),
        needs=_needs(interview, kinds.EVALUATED, keys=keys, side=side, context=context),
        audiences=side,
        origin=ref(interview),
        event=event,
    )


def decide_on_received(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief | None:
    """Who applied over the public page hears once that it is here, and by when they hear more."""
    application = scene.applications[event.subject_id]
    if Audience.CANDIDATE not in side or application.stage in ApplicationStage.ended:
        return None
    need = Need(
        kind=kinds.RECEIVED,
        audience=Audience.CANDIDATE,
        to=application.candidate,
        key=f"application:{application.pk}",
        context=facts.of_application(application),
    )
    return Brief(topic=ref(application), needs=[need], audiences=side, origin=None, event=event)


def decide_on_forgotten(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief | None:
    """A qualified application that nobody has invited: specialist and leads. One whose promised day has passed: the
    specialist on the day after it, the leads too from the next.

    At most once a day each. A promise is owed in every stage until the application ends.
    """
    application = scene.applications[event.subject_id]
    reason = event.facts.get("reason", "unknown")
    if reason == PROMISE_PAST:
        is_settled = application.stage in ApplicationStage.ended or application.promised_by is None
    else:
        is_settled = application.stage not in ApplicationStage.before_second_round
    if is_settled or Audience.LEAD not in side:
        return None
    interview = scene.interview_behind(application.pk, Ref(event.origin_type, event.origin_id))
    context = {
        **facts.of_application(application),
        "promised_by": application.promised_by,
        "reason": reason,
        "stage": ApplicationStage(application.stage).label,
    }
    key = f"application:{application.pk}:{timezone.localdate(event.at)}"
    told = [(Audience.SPECIALIST, facts.specialist_of(application))]
    if reason != PROMISE_PAST or _has_waited(application.promised_by, event):
        told += [(Audience.LEAD, lead) for lead in audiences.leads()]
    needs = [
        Need(kind=kinds.INVITATION_OVERDUE, audience=audience, to=person, key=key, context=context)
        for audience, person in told
    ]
    return Brief(
        topic=ref(application),
        needs=needs,
        audiences=side,
        origin=ref(interview) if interview else None,
        event=event,
    )


def _has_waited(promised: date | None, event: Event) -> bool:
    """The specialist hears first; the leads once a whole day more has passed."""
    return promised is not None and timezone.localdate(event.at) - promised > LEADS_AFTER


def _needs(
    interview: Interview,
    kind: MessageKind,
    *,
    keys: dict[Audience, str],
    side: frozenset[Audience],
    context: dict[str, object],
) -> list[Need]:
    wanted = [audience for audience in keys if audience in side]
    return [
        Need(
            kind=kind,
            audience=audience,
            to=person,
            key=keys[audience],
            context={**context, audience.value: person},
        )
        for audience, person in people(interview, wanted).items()
    ]
