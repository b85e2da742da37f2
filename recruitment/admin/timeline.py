"""What happened to an interview, in words that a colleague reads."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.events.models import Event
from core.events.queries import events_of
from core.figures import Basis
from messaging.models import Message
from messaging.told import told_words
from people.actors import Party
from recruitment import signals
from recruitment.enums import ApplicationStage, ExitCause, FollowUpKind, InterviewKind, Outcome
from recruitment.models import Application, Interview
from recruitment.services.promises import PROMISE_PAST

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """One line: when, what, by whom; `tone` is "bad", "good" or ""."""

    at: datetime
    text: str
    by: str
    tone: str


def of(interview: Interview) -> list[Moment]:
    """The interview's events in order. Two queries at most, the first serves the chain beside it; kinds of other floors
    are there."""
    events = interview.events_read = events_of(interview)
    told = _told_of([event.pk for event in events if event.kind == signals.follow_up_late.kind])
    return [
        Moment(
            at=event.at,
            text=" ".join([_words(event), *told.get(event.pk, ())]),
            by=_by(event.by),
            tone=_TONES.get(event.kind, ""),
        )
        for event in events
        if event.kind in _WORDS
    ]


def of_many(interviews: list[int], applications: list[int], *, most: int) -> list[Moment]:
    """What happened to these, the newest first: of each chain that began with one of them. One query."""
    mine = Q(origin_type=Interview._meta.label_lower, origin_id__in=interviews)
    mine |= Q(origin_type=Application._meta.label_lower, origin_id__in=applications)
    events = Event.objects.filter(mine, kind__in=_WORDS).order_by("-id")[:most]
    return [
        Moment(at=event.at, text=_words(event), by=_by(event.by), tone=_TONES.get(event.kind, ""))
        for event in events
    ]


def _told_of(event_ids: list[int]) -> dict[int, list[str]]:
    """Who is told of these events, and what became of it; one that nobody is told of says so. One query, or none."""
    found: dict[int, list[str]] = {event_id: [] for event_id in event_ids}
    for message in (
        Message.objects.filter(event__in=event_ids).with_telling().order_by("pk") if event_ids else ()
    ):
        words = {"name": message.recipient_name, "told": told_words(message)}
        found[message.event_id].append(_("%(name)s: %(told)s.") % words)  # type: ignore[index]
    return {event_id: words or [_("Nobody was told.")] for event_id, words in found.items()}


def _words(event: Event) -> str:
    return _WORDS[event.kind](event.facts)


def _by(label: str) -> str:
    return str(Party(label).label) if label in Party.values else label


def _label(choices: Any, value: Any) -> str:
    return str(choices(value).label) if value in choices.values else str(value or "–")


def _minute(value: Any) -> str:
    moment = parse_datetime(str(value))
    return date_format(localtime(moment), "n-j H:i") if moment else "–"


def _interrupted(facts: Facts) -> str:
    cause = facts.get("cause") or ExitCause.UNKNOWN
    words = {"cause": _label(ExitCause, cause), "stages": facts.get("saved_stages", 0)}
    if facts.get("announced"):
        return _("Left the interview: %(cause)s. Stages saved: %(stages)s.") % words
    return _("Lost, noticed by the system: %(cause)s. Stages saved: %(stages)s.") % words


def _completed(facts: Facts) -> str:
    if facts.get("held_by") != InterviewKind.PEOPLE:
        return _("Every stage is finished.")
    text = _("The interview took place.")
    return f"{text} “{facts['note']}”" if facts.get("note") else text


def _abandoned(facts: Facts) -> str:
    if facts.get("given_up"):
        return _("The candidate gave the interview up.")
    return _("The time to return is over; the interview counts as abandoned.")


def _cancelled(facts: Facts) -> str:
    if not facts.get("withdrawn"):
        return _("Cancelled by HR.")
    if not facts.get("cause"):
        return _("Cancelled: the candidate withdrew.")
    text = _("Cancelled: the candidate withdrew (%(cause)s).") % {"cause": _label(ExitCause, facts["cause"])}
    return f"{text} “{facts['note']}”" if facts.get("note") else text


def _rescheduled(facts: Facts) -> str:
    words = {"attempt": facts.get("attempt"), "stages": facts.get("kept_stages", 0)}
    text = _("New window, attempt %(attempt)s. Stages kept: %(stages)s.") % words
    return f"{text} {_('Moved by the candidate.')}" if facts.get("by_candidate") else text


def _follow_up_opened(facts: Facts) -> str:
    words = {"kind": _label(FollowUpKind, facts.get("kind")), "due": _minute(facts.get("due_at"))}
    return _("Follow-up opened (%(kind)s), promised by %(due)s.") % words


def _late(facts: Facts) -> str:
    if facts.get("level") == "lead":
        return _("The promised time to call has passed.")
    return _("The promised time to call is near.")


def _issued(facts: Facts) -> str:
    return _("Assessment issued: %(basis)s.") % {"basis": _label(Basis, facts.get("basis"))}


def _withdrawn(facts: Facts) -> str:
    return _("Assessment withdrawn: %(basis)s.") % {"basis": _label(Basis, facts.get("basis"))}


def _moved(facts: Facts) -> str:
    words = {
        "stage": _label(ApplicationStage, facts.get("stage")),
        "was": _label(ApplicationStage, facts.get("was")),
    }
    text = _("Application: %(was)s → %(stage)s.") % words
    return f"{text} “{facts['reason']}”" if facts.get("reason") else text


def _reopened(facts: Facts) -> str:
    words = {
        "stage": _label(ApplicationStage, facts.get("stage")),
        "was": _label(ApplicationStage, facts.get("was")),
        "reason": facts.get("reason", ""),
    }
    return _("Taken back: %(was)s; again in %(stage)s. “%(reason)s”") % words


def _corrected(facts: Facts) -> str:
    words = {"was": _label(ExitCause, facts.get("was")), "cause": _label(ExitCause, facts.get("cause"))}
    return _("Cause corrected: %(was)s → %(cause)s.") % words


def _planned(facts: Facts) -> str:
    day = parse_date(str(facts.get("planned_start") or ""))
    return _("Planned start: %(day)s.") % {"day": day or "–"}


def _overdue(facts: Facts) -> str:
    if facts.get("reason") == PROMISE_PAST:
        return _("The day by which the candidate was promised a word has passed.")
    return _("Qualified, but not invited to the second round yet.")


_WORDS: dict[str, Callable[[Facts], str]] = {
    signals.interview_scheduled.kind: lambda facts: _("Scheduled."),
    signals.interview_started.kind: lambda facts: _("The candidate began."),
    signals.interview_interrupted.kind: _interrupted,
    signals.interview_resumed.kind: lambda facts: _("The candidate came back and continues."),
    signals.interview_completed.kind: _completed,
    signals.interview_abandoned.kind: _abandoned,
    signals.interview_missed.kind: lambda facts: _("The window ended and nobody came."),
    signals.interview_cancelled.kind: _cancelled,
    signals.interview_rescheduled.kind: _rescheduled,
    signals.interview_reinstated.kind: lambda facts: _("Stands again as before the application's end."),
    signals.stage_saved.kind: lambda facts: _("Stage %(number)s saved.") % {"number": facts.get("stage")},
    signals.exit_cause_corrected.kind: _corrected,
    signals.follow_up_opened.kind: _follow_up_opened,
    signals.follow_up_claimed.kind: lambda facts: _("Follow-up claimed."),
    signals.follow_up_released.kind: lambda facts: _(
        "Follow-up back in the queue: whoever was to call has left."
    ),
    signals.follow_up_closed.kind: lambda facts: (
        _("Follow-up closed: %(outcome)s.") % {"outcome": _label(Outcome, facts.get("outcome"))}
    ),
    signals.follow_up_late.kind: _late,
    signals.assessment_issued.kind: _issued,
    signals.assessment_withdrawn.kind: _withdrawn,
    signals.application_advanced.kind: _moved,
    signals.application_moved.kind: _moved,
    signals.application_ended.kind: _moved,
    signals.application_reopened.kind: _reopened,
    signals.evidence_changed.kind: lambda facts: _("A test or résumé fact was entered or mended."),
    signals.start_planned.kind: _planned,
    signals.invitation_overdue.kind: _overdue,
}
_TONES = {
    signals.interview_interrupted.kind: "bad",
    signals.interview_abandoned.kind: "bad",
    signals.interview_missed.kind: "bad",
    signals.follow_up_late.kind: "bad",
    signals.invitation_overdue.kind: "bad",
    signals.interview_resumed.kind: "good",
    signals.interview_completed.kind: "good",
    signals.application_advanced.kind: "good",
}
