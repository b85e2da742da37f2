"""The event track of one answer: recording, silence on the line, hiding, leaving and coming back, on one thin bar.

Drawn from what is stored alone: when pieces arrived, which page opened which segment, what the page said of itself,
exits with their causes. How long it was without a line only the page can say, and it is named as the page's word.
Long waits are cut short on the bar, so that a day's absence does not hide a minute's answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F, Window
from django.db.models.functions import Lag
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from recruitment.enums import Standing
from recruitment.models import Chunk, PresenceNote

# Pieces come every four seconds: three missing ones are a line that was away.
SILENCE = timedelta(seconds=12)
# On the bar nothing lasts longer than this.
LONGEST_DRAWN = timedelta(seconds=60)
# A single piece has no length of its own.
SHORTEST = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted: from and to, its name for styles, and its words. `left` and `width` are percent."""

    begin: datetime
    end: datetime
    name: str
    words: str
    left: str = "0"
    width: str = "0"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at a moment."""

    at: datetime
    name: str
    words: str
    left: str = "0"


@dataclass(frozen=True, slots=True)
class Track:
    """The bar, and the same in words, in order."""

    spans: list[Span]
    marks: list[Mark]
    lines: list[tuple[str, str, str]]


def silences(segments: list[int]) -> dict[int, list[tuple[datetime, datetime]]]:
    """By segment, from when to when no piece arrived although more came afterwards. One query."""
    previous = Window(Lag("received_at"), partition_by=F("segment"), order_by=F("seq").asc())
    limit = ExpressionWrapper(F("previous") + SILENCE, output_field=DateTimeField())
    found = (
        Chunk.objects.filter(segment__in=segments)
        .annotate(previous=previous)
        .filter(received_at__gt=limit)
        .order_by("segment", "seq")
        .values_list("segment", "previous", "received_at")
    )
    rows: dict[int, list[tuple[datetime, datetime]]] = {}
    for segment, begin, end in found:
        rows.setdefault(segment, []).append((begin, end))
    return rows


def draw(
    *,
    segments: list[Any],
    silences: dict[int, list[tuple[datetime, datetime]]],
    entries: list[Any],
    exits: list[Any],
    finished_at: datetime | None,
    until: datetime | None,
    notes: Sequence[PresenceNote] = (),
) -> Track:
    """The track of one answer: its own segments, and what else happened from its first piece until the next answer."""
    begin = min(segment.opened_at for segment in segments)

    def is_here(moment: datetime | None) -> bool:
        return moment is not None and begin <= moment and (until is None or moment < until)

    spans = [_recording(segment) for segment in segments]
    spans += [_silence(*gap) for segment in segments for gap in silences.get(segment.pk, [])]
    marks = []
    for note in notes:
        told = _told(note, begin, _next_sight(note, notes, entries, exits)) if is_here(note.at) else None
        if isinstance(told, Span):
            spans.append(told)
        elif told is not None:
            marks.append(told)
    for exit_ in exits:
        if is_here(exit_.left_at):
            spans += _away(exit_)
            marks.append(Mark(exit_.left_at, "exit", _exit_words(exit_)))
    marks += [Mark(entry.at, "entry", _("In the room again")) for entry in entries if is_here(entry.at)]
    if finished_at is not None and is_here(finished_at):
        marks.append(Mark(finished_at, "finish", _("Answer finished")))
    return _placed(spans, marks)


def _recording(segment: Any) -> Span:
    words = {
        Standing.TAKEN: _("Recording %(number)s"),
        Standing.SET_ASIDE: _("Recording %(number)s, kept apart"),
        Standing.DISCARDED: _("Recording %(number)s, discarded for another take"),
    }[segment.standing]
    end = max(segment.last_piece_at or segment.opened_at, segment.opened_at + SHORTEST)
    return Span(segment.opened_at, end, segment.standing, words % {"number": segment.number + 1})


def _silence(begin: datetime, end: datetime) -> Span:
    seconds = int((end - begin).total_seconds())
    return Span(begin, end, "silence", _("Nothing arrived for %(seconds)s s") % {"seconds": seconds})


def _next_sight(
    note: PresenceNote, notes: Sequence[PresenceNote], entries: list[Any], exits: list[Any]
) -> datetime | None:
    """When a page that was out of sight said something else, somebody entered anew, or it was noticed as gone."""
    moments = [each.at for each in notes if each.event != PresenceNote.Event.ONLINE]
    moments += [entry.at for entry in entries] + [exit_.left_at for exit_ in exits]
    return min((moment for moment in moments if moment > note.at), default=None)


def _told(note: PresenceNote, begin: datetime, seen: datetime | None) -> Span | Mark | None:
    """What the page said, as a span where its end is known, else as a moment; being in sight needs no word."""
    if note.event == PresenceNote.Event.ONLINE and note.seconds is not None:
        lost = max(begin, note.at - timedelta(seconds=note.seconds))
        words = _("No connection for %(seconds)s s, says the page") % {"seconds": note.seconds}
        return Span(lost, note.at, "offline", words)
    if note.event not in (PresenceNote.Event.HIDDEN, PresenceNote.Event.PAGEHIDE):
        return None
    is_closed = note.event == PresenceNote.Event.PAGEHIDE
    if seen is None:
        words = _("Page closed, and not opened again") if is_closed else _("Out of sight, and not seen again")
        return Mark(note.at, "unseen", words)
    words = _("Closed for %(seconds)s s") if is_closed else _("Out of sight for %(seconds)s s")
    return Span(note.at, seen, "unseen", words % {"seconds": round((seen - note.at).total_seconds())})


def _away(exit_: Any) -> list[Span]:
    if exit_.returned_at is None:
        return []
    return [Span(exit_.left_at, exit_.returned_at, "away", _exit_words(exit_))]


def _exit_words(exit_: Any) -> str:
    cause = exit_.get_corrected_cause_display() or exit_.get_cause_display()
    if exit_.is_announced:
        return _("Left: %(cause)s") % {"cause": cause}
    return _("Lost: %(cause)s") % {"cause": cause}


def _placed(spans: list[Span], marks: list[Mark]) -> Track:
    """Everything at its place in percent of the bar, waits longer than LONGEST_DRAWN cut to it."""
    moments = sorted(
        {moment for span in spans for moment in (span.begin, span.end)} | {mark.at for mark in marks}
    )
    at, places = 0.0, {moments[0]: 0.0}
    for earlier, later in pairwise(moments):
        at += min(later - earlier, LONGEST_DRAWN).total_seconds()
        places[later] = at
    whole = at or 1.0

    def percent(value: float) -> str:
        return f"{value / whole * 100:.2f}"

    placed_spans = [
        Span(
            span.begin,
            span.end,
            span.name,
            span.words,
            percent(places[span.begin]),
            percent(places[span.end] - places[span.begin]),
        )
        for span in spans
    ]
    placed_marks = [Mark(mark.at, mark.name, mark.words, percent(places[mark.at])) for mark in marks]
    said = [(span.begin, span.words, span.name) for span in spans if span.name != "away"]
    said += [(mark.at, mark.words, mark.name) for mark in marks]
    lines = [
        (date_format(localtime(moment), "n-j H:i:s"), words, name) for moment, words, name in sorted(said)
    ]
    return Track(placed_spans, placed_marks, lines)
