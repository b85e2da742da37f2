"""Taking back how an application ended: rejected, withdrawn, fallen through, or hired."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from people.actors import Actor, actor_label
from recruitment import signals
from recruitment.enums import ApplicationStage, InterviewState
from recruitment.models import Application, Candidate
from recruitment.services import application_stages


def reopen(application: Application, *, reason: str, by: Actor) -> None:
    """On a locked application that has ended, its interviews locked before it: back to where it stood.

    A word is promised anew where one is owed in that stage. A planned start that has passed meanwhile is dropped.
    Refused: applied_again, when another run of the same candidate at the same opening goes on;
    erased_already.
    """
    was = application.stage
    if was in ApplicationStage.called_off and _has_applied_again(application):
        raise Refused(
            "applied_again",
            _("The candidate has applied for this opening again: go on with that application."),
        )
    if Candidate.objects.filter(pk=application.candidate_id, erased_at__isnull=False).exists():
        raise Refused("erased_already", _("The record was erased: nobody is there with whom it could go on."))
    application.reopen(to=stood_at(application))
    application.stood_at = application.end_reason = ""
    if application.planned_start is not None and application.planned_start < timezone.localdate():
        application.planned_start = None
    promised = application_stages.owed(application, application.stage)
    if promised is None and application.stage not in (ApplicationStage.OFFER, *ApplicationStage.ended):
        # Nobody is left without a word after an end that was a mistake.
        promised = application_stages.owed(application, ApplicationStage.EVALUATING)
    application_stages.save(application, promised=promised)
    signals.application_reopened.emit(
        subject=application,
        facts={"stage": application.stage, "was": was, "reason": reason},
        by=actor_label(by),
    )


def stood_at(application: Application) -> str:
    """Where an ended application goes back to; of an end from before this was kept, as its interviews show."""
    if application.stage == ApplicationStage.HIRED:
        return ApplicationStage.OFFER
    if application.stood_at:
        return application.stood_at
    if application.stage == ApplicationStage.FELL_THROUGH:
        return ApplicationStage.OFFER
    if hasattr(application, "invitation"):
        return ApplicationStage.SECOND_ROUND
    interviews = list(application.interviews.values_list("state", "started_at"))
    if any(state == InterviewState.COMPLETED for state, _started_at in interviews):
        return ApplicationStage.EVALUATING
    if any(started_at for _state, started_at in interviews):
        return ApplicationStage.INTERVIEWING
    return ApplicationStage.SCREENING


def _has_applied_again(application: Application) -> bool:
    others = Application.objects.filter(
        candidate=application.candidate_id, opening=application.opening_id
    ).exclude(pk=application.pk)
    return others.exclude(stage__in=ApplicationStage.called_off).exists()
