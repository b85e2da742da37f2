"""Promised days that have passed: each application whose candidate waits for a word is named until it is settled."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.events.models import Event
from people.actors import Party, actor_label
from recruitment import signals
from recruitment.enums import ApplicationStage, InterviewState
from recruitment.models import Application, Interview
from recruitment.services import locking

PROMISE_PAST = "promise_past"
ONCE_IN = timedelta(days=1)


def report_past() -> list[int]:
    """The hourly check: every application whose promised day lies in the past, announced once a day each.

    Returns the applications found. Whoever has an interview before them is not waiting for a word, and an application
    that has ended is owed none. The promised day itself still counts as kept.
    """
    ahead = Interview.objects.filter(application=OuterRef("pk"), state__in=InterviewState.running)
    waiting = (
        Application.objects.filter(promised_by__lt=timezone.localdate())
        .exclude(stage__in=ApplicationStage.ended)
        .exclude(Exists(ahead))
        .order_by("promised_by", "pk")
    )
    found = list(waiting.values_list("pk", flat=True))
    told = told_lately(found)
    for application_id in found:
        if application_id not in told:
            _announce(application_id)
    return found


def _announce(application_id: int) -> None:
    with transaction.atomic():
        application = locking.application(application_id)
        promised = application.promised_by
        # Read again under the lock: the word may have been given since.
        if (
            promised is None
            or promised >= timezone.localdate()
            or application.stage in ApplicationStage.ended
        ):
            return
        if not was_told(application):
            signals.invitation_overdue.emit(
                subject=application,
                origin=application.interviews.order_by("-pk").first(),
                facts={"reason": PROMISE_PAST, "promised_by": promised.isoformat()},
                by=actor_label(Party.SYSTEM),
            )


def was_told(application: Application) -> bool:
    """Whether somebody was told within a day that this application waits, for whatever reason."""
    return bool(told_lately([application.pk]))


def told_lately(application_ids: Collection[int]) -> set[int]:
    """Those of which somebody was told within a day that they wait. One query."""
    return set(
        Event.objects.filter(
            subject_type=Application._meta.label_lower,
            subject_id__in=application_ids,
            kind=signals.invitation_overdue.kind,
            at__gt=timezone.now() - ONCE_IN,
        ).values_list("subject_id", flat=True)
    )
