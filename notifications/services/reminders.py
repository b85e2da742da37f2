"""Reminders to return, and what has to be said after all because an exit goes on."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, CharField, F, OuterRef, Subquery, Value, When
from django.utils import timezone

from messaging import quiet
from messaging.enums import MessageState
from messaging.models import Message
from messaging.refs import ref
from messaging.services import messages
from notifications import facts
from notifications.audiences import CANDIDATE
from notifications.enums import Audience
from notifications.kinds.interviews import INTERRUPTED, REMINDER
from notifications.rendering import OWN_WORDS
from notifications.services.interviews import key_of
from notifications.services.keys import text, unanswered
from notifications.validity import INTERVIEW
from recruitment.enums import ExperimentSubject, InterviewState
from recruitment.experiments.services import sides
from recruitment.models import Interview, InterviewExit
from recruitment.services.interviews import MOST_ANNOUNCED_EXITS

# How long before the time to return ends a candidate is reminded.
HOURS_BEFORE = (24, 6, 1)


def send_due(*, limit: int = 500) -> int:
    """Queue the reminders whose time has come; safe to run twice. Returns how many are new.

    Only those that were not made yet are looked at: however many have had theirs, the next ones are not kept waiting.
    """
    now = timezone.now()
    newest = InterviewExit.objects.filter(interview=OuterRef("pk"), attempt=OuterRef("attempt")).order_by(
        "-pk"
    )
    hours = Case(
        *(
            When(resume_until__lte=now + timedelta(hours=one), then=Value(str(one)))
            for one in sorted(HOURS_BEFORE)
        ),
        output_field=CharField(),
    )
    due = (
        Interview.objects.filter(
            ~facts.withdrew(),
            state=InterviewState.INTERRUPTED,
            announced_exits__lte=MOST_ANNOUNCED_EXITS,
            # What quiet hours would hold too long is not made.
            resume_until__gt=quiet.held(now),
            resume_until__lte=now + timedelta(hours=max(HOURS_BEFORE)),
        )
        .annotate(exit=Subquery(newest.values("pk")[:1]))
        .filter(exit__isnull=False)
        .annotate(key=text(f"{REMINDER}:interview:", F("pk"), ":exit-", F("exit"), ":", hours, "h"))
        .filter(unanswered("key"))
    )
    ids = list(due.order_by("resume_until", "pk").values_list("pk", flat=True)[:limit])
    return sum(remind(interview_id=pk) for pk in ids)


def remind(*, interview_id: int) -> bool:
    """Queue the one reminder that this moment asks for, in place of an earlier one that quiet hours still hold.

    A time that passed unnoticed is not made up for: of several, only the latest is sent. Nothing is sent when quiet
    hours would hold it until the time to return has ended, or once a colleague noted that the candidate withdraws.
    """
    with transaction.atomic(savepoint=False):
        interview = facts.interviews().select_for_update(no_key=True, of=("self",)).get(pk=interview_id)
        exit_ = facts.last_exit(interview)
        now = timezone.now()
        if interview.state != InterviewState.INTERRUPTED or interview.resume_until is None or exit_ is None:
            return False
        hours = _present(interview.resume_until, now)
        if hours is None or quiet.held(now) >= interview.resume_until or facts.has_withdrawn(interview):
            return False
        key = f"{REMINDER}:{key_of(interview)}:exit-{exit_.pk}:{hours}h"
        if Message.objects.filter(idem_key=key).exists():
            return False
        messages.cancel(
            topic=ref(interview), kinds=[REMINDER.code], audiences=CANDIDATE, keep=[key], reason="overtaken"
        )
        trial = sides.trial_of(ExperimentSubject.REMINDER, interview.application_id)
        if trial:
            sides.note(trial, interview)
        message = messages.queue(
            kind=REMINDER,
            audience=Audience.CANDIDATE,
            recipient=interview.application.candidate,
            context={**facts.of_interview(interview), OWN_WORDS: trial.texts if trial else {}},
            idem_key=key,
            topic=ref(interview),
            origin=ref(interview),
            expires_at=interview.resume_until,
        )
        return message is not None


def _present(until: datetime, now: datetime) -> int | None:
    """The latest reminder whose time has come."""
    come = [hours for hours in HOURS_BEFORE if now >= until - timedelta(hours=hours)]
    return min(come) if come else None


def tell_after_all(*, limit: int = 500) -> int:
    """An exit whose notice became part of an earlier one, and that goes on half an hour later: it is told after all.

    Otherwise the last word that colleagues heard would be "the candidate is back". Returns how many are new.
    """
    assert INTERRUPTED.joins_within is not None  # noqa: S101 -- declared there
    interrupted = Interview.objects.filter(state=InterviewState.INTERRUPTED).values("pk")
    still = Message.objects.filter(
        kind=INTERRUPTED.code,
        state=MessageState.COALESCED,
        due_at__lte=timezone.now() - INTERRUPTED.joins_within,
        due_at__gt=timezone.now() - timedelta(days=1),
        origin_type=INTERVIEW,
        origin_id__in=interrupted,
    )
    return sum(_after_all(pk) for pk in list(still.order_by("id").values_list("pk", flat=True)[:limit]))


def _after_all(message_id: int) -> bool:
    with transaction.atomic(savepoint=False):
        merged = Message.objects.select_related("user").get(pk=message_id)
        assert merged.origin_id is not None  # noqa: S101 -- only notices about an interview become part of another
        interview = facts.interviews().select_for_update(no_key=True, of=("self",)).get(pk=merged.origin_id)
        exit_ = facts.last_exit(interview)
        of_this_exit = exit_ is not None and f":exit-{exit_.pk}:" in merged.idem_key
        if interview.state != InterviewState.INTERRUPTED or not of_this_exit:
            return False
        if merged.audience == Audience.CANDIDATE and facts.has_withdrawn(interview):
            return False
        return messages.repeat(message=merged, idem_key=f"{merged.idem_key}:after-all"[:160]) is not None
