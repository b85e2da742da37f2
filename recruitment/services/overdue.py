"""The clock of promised calls: a colleague is asked when the time runs out, the lead is told when it has."""

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from core.bulk import update_rows
from core.events.signal import Happened
from core.jobs.sets import in_sets
from people.actors import Party, actor_label
from recruitment import signals
from recruitment.enums import FollowUpKind, FollowUpState
from recruitment.models import ContactAttempt, FollowUp
from recruitment.services import locking
from recruitment.services.follow_ups import PROMISED_WITHIN

COLLEAGUE_AFTER = timedelta(hours=20)


def _was_reached() -> Exists:
    """For a query of follow-ups: the candidate was reached since it was opened."""
    return Exists(
        ContactAttempt.objects.filter(
            follow_up__interview=OuterRef("interview"), at__gte=OuterRef("opened_at"), reached=True
        )
    )


def watch(*, limit: int = 200) -> int:
    """Escalate promises that run out: a colleague is asked at 20 h, lead and candidate are told at 24 h.

    Where the candidate was reached the promise is kept: no colleague is asked to call, and the lead is told at 24 h
    that nobody closed it. Each level once per follow-up; safe to run twice and at the same time. Returns how many
    were escalated.
    """
    now = timezone.now()
    colleague_due = PROMISED_WITHIN - COLLEAGUE_AFTER
    unfinished = FollowUp.objects.filter(state__in=FollowUpState.unfinished, lead_told_at__isnull=True)
    due = unfinished.exclude(kind__in=FollowUpKind.unpromised).filter(
        Q(due_at__lte=now)
        | Q(~_was_reached(), colleague_asked_at__isnull=True, due_at__lte=now + colleague_due)
    )
    found = list(due.order_by("due_at").values_list("pk", flat=True)[:limit])
    return in_sets(found, _escalate, what="follow-up")


def _escalate(follow_up_ids: Collection[int]) -> int:
    held = locking.free_follow_ups(follow_up_ids)
    reached_ones = FollowUp.objects.filter(_was_reached(), pk__in=[row.pk for row in held])
    reached = set(reached_ones.values_list("pk", flat=True))
    levels = [(row, _level(row, is_reached=row.pk in reached)) for row in held]
    late = [(row, level) for row, level in levels if level is not None]
    update_rows([row for row, _level in late], ["colleague_asked_at", "lead_told_at"])
    signals.follow_up_late.emit_all(
        [Happened(row, {"level": level}, row.interview) for row, level in late],
        by=actor_label(Party.SYSTEM),
    )
    return len(late)


def _level(follow_up: FollowUp, *, is_reached: bool) -> str | None:
    """Who is told of a locked follow-up now, noted on it; None: nobody, or it was settled meanwhile."""
    now = timezone.now()
    if follow_up.state == FollowUpState.CLOSED or follow_up.lead_told_at is not None:
        return None
    if follow_up.due_at <= now:
        follow_up.lead_told_at = now
        if not is_reached:
            follow_up.colleague_asked_at = follow_up.colleague_asked_at or now
        return "lead"
    is_near = follow_up.due_at <= now + PROMISED_WITHIN - COLLEAGUE_AFTER
    if is_near and not is_reached and follow_up.colleague_asked_at is None:
        follow_up.colleague_asked_at = now
        return "colleague"
    return None
