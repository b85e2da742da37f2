"""Promised days that have passed: each application whose candidate waits for a word is named until it is settled."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.events.models import Event
from core.events.signal import Happened
from core.jobs.sets import in_sets
from people.actors import Party, actor_label
from recruitment import signals
from recruitment.enums import ApplicationStage, InterviewState
from recruitment.models import Application, Interview
from recruitment.services import locking

PROMISE_PAST = "promise_past"
ONCE_IN = timedelta(days=1)
# So many are announced in one run, the oldest promise first: the next hour goes on with the others.
MOST_AT_ONCE = 500
# So many are handed back by number: a house that forgot twenty thousand reads a count.
MOST_NAMED = 100


class Waiting(NamedTuple):
    """Applications that an hourly check found: how many there are, exactly, and the first `MOST_NAMED` of them."""

    number: int
    first: list[int]


def report_past(*, limit: int = MOST_AT_ONCE) -> Waiting:
    """The hourly check: every application whose promised day lies in the past, announced once a day each.

    Returns what was found, those first whose promise is the oldest. Whoever has an interview before them is not waiting
    for a word, and an application that has ended is owed none. The promised day itself still counts as kept.
    """
    ahead = Interview.objects.filter(application=OuterRef("pk"), state__in=InterviewState.running)
    waiting = (
        Application.objects.filter(promised_by__lt=timezone.localdate())
        .exclude(stage__in=ApplicationStage.ended)
        .exclude(Exists(ahead))
        .order_by("promised_by", "pk")
    )
    not_told = waiting.exclude(was_told_lately(OuterRef("pk"))).values_list("pk", flat=True)
    in_sets(list(not_told[:limit]), _announce, what="promise of application")
    return Waiting(waiting.count(), list(waiting.values_list("pk", flat=True)[:MOST_NAMED]))


def _announce(application_ids: Collection[int]) -> int:
    held = locking.free_applications(application_ids)
    # Read again under the lock: the word may have been given since.
    told = told_lately(row.pk for row in held)
    owed = [(row, row.promised_by) for row in held if row.pk not in told and _is_past(row)]
    newest = last_interviews([row.pk for row, _day in owed])
    signals.invitation_overdue.emit_all(
        [
            Happened(row, {"reason": PROMISE_PAST, "promised_by": day.isoformat()}, newest.get(row.pk))
            for row, day in owed
            if day is not None
        ],
        by=actor_label(Party.SYSTEM),
    )
    return len(owed)


def _is_past(application: Application) -> bool:
    promised, has_ended = application.promised_by, application.stage in ApplicationStage.ended
    return promised is not None and promised < timezone.localdate() and not has_ended


def last_interviews(application_ids: Collection[int]) -> dict[int, Interview]:
    """The last interview of each of these applications that has one. One query."""
    rows = Interview.objects.filter(application__in=application_ids).order_by("application_id", "-pk")
    return {row.application_id: row for row in rows.distinct("application_id")}


def told_lately(application_ids: Iterable[int]) -> set[int]:
    """Those of which somebody was told within a day that they wait, for whatever reason. One query."""
    told = Application.objects.filter(was_told_lately(OuterRef("pk")), pk__in=list(application_ids))
    return set(told.values_list("pk", flat=True))


def was_told_lately(application_id: OuterRef) -> Exists:
    """The condition: somebody was told within a day that this application waits."""
    return Exists(
        Event.objects.filter(
            subject_type=Application._meta.label_lower,
            subject_id=application_id,
            kind=signals.invitation_overdue.kind,
            at__gt=timezone.now() - ONCE_IN,
        )
    )
