"""What an application's stage and its reports require to be said."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from core.events import note
from core.events.models import Event
from core.figures import Basis
from messaging.kinds import MessageKind, family
from messaging.models import Message
from messaging.refs import ref
from messaging.services import messages
from messaging.services.messages import Need
from notifications import audiences, facts
from notifications.enums import Audience
from notifications.kinds import applications as kinds
from notifications.services.interviews import people
from recruitment.enums import ApplicationStage, AssessmentStatus
from recruitment.models import Application, Assessment, Interview
from recruitment.services.promises import PROMISE_PAST

NO_NEED = gettext_noop("Nothing new to say")


def tell_of_assessment(
    *, assessment_id: int, side: frozenset[Audience], event: Event | None = None
) -> list[Message]:
    """A full report that still stands: the candidate hears that it exists and what comes next, never a score.

    The manager hears the figure too. Once per attempt for the candidate, once per report for the manager.
    """
    if event is not None and event.facts.get("basis") in Basis.estimates:
        note(NO_NEED)  # an estimate never becomes a full report: nothing need be read
        return []
    with transaction.atomic(savepoint=False):
        assessment = Assessment.objects.get(pk=assessment_id)
        if assessment.basis != Basis.FULL or assessment.status != AssessmentStatus.CURRENT:
            note(NO_NEED)
            return []
        interview = facts.interview(assessment.interview_id)
        context = {
            **facts.of_interview(interview),
            "value": None if assessment.value is None else f"{assessment.value.normalize():f}",
            "invited": interview.application.stage == ApplicationStage.SECOND_ROUND,
            "after_interruption": interview.exits.filter(attempt=interview.attempt).exists(),
        }
        keys = {
            Audience.CANDIDATE: f"interview:{interview.pk}:attempt-{assessment.attempt}",
            Audience.MANAGER: f"assessment:{assessment.pk}",
        }
        needs = _needs(interview, kinds.EVALUATED, keys=keys, side=side, context=context)
        topic = ref(interview.application)
        return messages.queue_all(needs, topic=topic, origin=ref(interview), event=event)


def tell_of_stage(
    *, application_id: int, side: frozenset[Audience], event: Event | None = None
) -> list[Message]:
    """An application in the second round: the candidate is invited, the manager hears of it and on what basis.

    Before it (the invitation was taken back) or once the application has ended, what waits of this is called off.
    """
    with transaction.atomic(savepoint=False):
        application = _application(application_id, lock=True)
        if application.stage in (ApplicationStage.OFFER, ApplicationStage.HIRED):
            note(NO_NEED)
            return []
        interview = facts.interview_behind(application.pk, event)
        needs: list[Need] = []
        if application.stage == ApplicationStage.SECOND_ROUND and interview is not None:
            key = f"application:{application.pk}:{application.stage_since.isoformat()}"
            keys = {Audience.CANDIDATE: key, Audience.MANAGER: key}
            needs = _needs(interview, kinds.SECOND_ROUND, keys=keys, side=side, context=_invited(application))
        return messages.bring(
            needs,
            topic=ref(application),
            kinds=family(kinds.INVITATION),
            audiences=side,
            reason="overtaken",
            origin=ref(interview) if interview else None,
            event=event,
        )


def _invited(application: Application) -> dict[str, object]:
    invitation = getattr(application, "invitation", None)
    basis = Basis(invitation.basis) if invitation else Basis.FULL
    return {
        **facts.of_application(application),
        "basis": basis.label,
        "estimate": basis in Basis.estimates,
    }


def tell_of_forgotten(
    *, application_id: int, side: frozenset[Audience], event: Event | None = None
) -> list[Message]:
    """A qualified application that nobody has invited, or one whose promised day has passed: specialist and leads.

    At most once a day each. A promise is owed in every stage until the application ends.
    """
    with transaction.atomic(savepoint=False):
        application = _application(application_id)
        interview = facts.interview_behind(application.pk, event)
        reason = (event.facts if event else {}).get("reason", "unknown")
        if reason == PROMISE_PAST:
            is_settled = application.stage in ApplicationStage.ended or application.promised_by is None
        else:
            is_settled = application.stage not in ApplicationStage.before_second_round
        if is_settled or Audience.LEAD not in side:
            note(NO_NEED)
            return []
        context = {
            **facts.of_application(application),
            "promised_by": application.promised_by,
            "reason": reason,
            "stage": ApplicationStage(application.stage).label,
        }
        key = f"application:{application.pk}:{timezone.localdate(event.at if event else None)}"
        told = [(Audience.SPECIALIST, facts.specialist_of(application))]
        told += [(Audience.LEAD, lead) for lead in audiences.leads()]
        needs = [
            Need(kind=kinds.INVITATION_OVERDUE, audience=audience, to=person, key=key, context=context)
            for audience, person in told
        ]
        origin = ref(interview) if interview else None
        return messages.queue_all(needs, topic=ref(application), origin=origin, event=event)


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


def _application(application_id: int, *, lock: bool = False) -> Application:
    rows = Application.objects.select_related(
        "candidate", "opening__specialist", "opening__department", "invitation"
    )
    return (rows.select_for_update(no_key=True, of=("self",)) if lock else rows).get(pk=application_id)
