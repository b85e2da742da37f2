"""What was recorded, on the interview's page: players per question, text beside, the track beneath, who listened."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import panels
from people.actors import person_of
from recruitment import queries
from recruitment.enums import InterviewState, RecordingState, Standing
from recruitment.enums_faces import Faces
from recruitment.models import Answer, FaceFigures, Interview, PresenceNote, RecordingAccess, Segment
from recruitment.models.interviews import live_state_of
from recruitment.recordings import facewords
from recruitment.recordings.admin import devices, event_track, transcripts

MOST_ACCESSES = 20
_NOTES: dict[str, Promise] = {
    "the first piece never arrived": _("the first piece never arrived"),
    "the first piece is not what was received": _("the first piece is not what was received"),
    "no sound and no picture": _("no sound and no picture"),
    "nothing in it lasts any time": _("nothing in it lasts any time"),
    "its description cannot be read": _("its description cannot be read"),
}


@dataclass(slots=True)
class Take:
    """One segment as a colleague meets it. `look`: player, pending, running, broken or deleted."""

    segment: Any
    look: str
    address: str
    is_video: bool
    seconds: float | None
    note: str
    # What was said in it; empty where nothing is owed.
    words: dict[str, Any]


@dataclass(slots=True)
class Spoken:
    """One question with what was said and written to it."""

    answer: Answer
    takes: list[Take] = field(default_factory=list)
    apart: list[Take] = field(default_factory=list)
    track: event_track.Track | None = None
    # What its browser counted of faces; "" where nothing is shown.
    faces: str = ""

    @property
    def late_pieces(self) -> int:
        """Pieces that came after the answer was finished: kept, but no part of it."""
        return sum(take.segment.late for take in self.takes)


def panel(request: HttpRequest, interview: Interview) -> SafeString:
    """The panel: a constant number of queries, whatever was recorded. Empty while nobody was ever in the room."""
    attempt = queries.attempt_of(interview, request.GET.get("attempt"))
    answers = (interview.answers_read or {}).get(attempt)
    if answers is None:
        rows = Answer.objects.filter(interview=interview, attempt=attempt).select_related("question__stage")
        placed = rows.annotate(**queries.places("question"))
        answers = list(placed.order_by("question__stage__number", "question__number"))
    takes = _segments(answers)
    consents = [consent for consent in interview.consents.all() if consent.attempt == attempt]
    entries = list(interview.entries.order_by("epoch"))
    if not (takes or consents or entries):
        return SafeString("")
    exits = sorted(interview.exits.all(), key=lambda exit_: exit_.left_at)
    spoken = _spoken(answers, takes, is_running=live_state_of(interview) == InterviewState.IN_PROGRESS)
    notes = list(interview.presence_notes.order_by("pk"))
    _draw_tracks(spoken, entries, exits, notes)
    if interview.version.faces == Faces.SHOW:
        _say_faces(request, spoken)
    context = {
        "interview": interview,
        "spoken": spoken,
        "has_recordings": bool(takes),
        "consents": consents,
        "entries": [(entry, devices.words(entry.device)) for entry in entries if entry.attempt == attempt],
        "accesses": _accesses(list(takes)),
        "most_accesses": MOST_ACCESSES,
        "kept_until": max(
            (take.deletion_due for take in takes.values() if take.deleted_at is None), default=None
        ),
    }
    return SafeString(render_to_string("recruitment/admin/recordings_panel.html", context, request))


def _source_of(answer: Answer) -> int:
    """A kept answer's recordings lie with the answer of the attempt in which they were made."""
    return answer.kept_from_id or answer.pk


def _segments(answers: list[Answer]) -> dict[int, Any]:
    """Every segment of these answers by its id, in order, with its pieces counted. One query."""
    found = (
        Segment.objects.filter(answer__in={_source_of(answer) for answer in answers})
        .select_related("recording__transcript__corrected_by")
        .annotate(
            pieces=Count("chunks"),
            late=Count("chunks", filter=Q(chunks__set_aside=True)),
            size=Sum("chunks__bytes"),
            last_piece_at=Max("chunks__received_at"),
        )
        .order_by("answer", "number")
    )
    return {segment.pk: segment for segment in found}


def _spoken(answers: list[Answer], segments: dict[int, Any], *, is_running: bool) -> list[Spoken]:
    rows = []
    for answer in answers:
        row = Spoken(answer)
        for segment in segments.values():
            if segment.answer_id == _source_of(answer):
                take = _take(segment, is_running=is_running and answer.finished_at is None)
                (row.takes if segment.standing == Standing.TAKEN else row.apart).append(take)
        if row.takes or row.apart or answer.text:
            rows.append(row)
    return rows


def _take(segment: Any, *, is_running: bool) -> Take:
    recording = getattr(segment, "recording", None)
    playable = recording is not None and bool(recording.stored_name)
    if segment.deletion_reason:
        look = "deleted"
    elif playable:
        # An older file plays on while a longer one is being made.
        look = "player"
    elif recording is not None and recording.state == RecordingState.BROKEN:
        look = "broken"
    else:
        look = "running" if is_running else "pending"
    transcript = getattr(recording, "transcript", None)
    kind = recording.mime if recording is not None and playable else segment.mime
    return Take(
        segment=segment,
        look=look,
        address=reverse("recordings:recording", args=[recording.pk]) if recording is not None else "",
        is_video=kind.startswith("video/"),
        seconds=recording.seconds if recording is not None else None,
        note=note_words(recording.note) if recording is not None else "",
        words=transcripts.words(transcript) if transcript is not None else {},
    )


def note_words(note: str) -> str:
    """Why it does not play; what a program said about the file stays as it said it."""
    return str(_NOTES.get(note, note))


def _draw_tracks(
    spoken: list[Spoken], entries: list[Any], exits: list[Any], notes: list[PresenceNote]
) -> None:
    """A track under each answer with a recording: what happened between its first piece and the next answer's."""
    recorded = sorted((row for row in spoken if row.takes or row.apart), key=_begin_of)
    segments = [take.segment.pk for row in recorded for take in (*row.takes, *row.apart)]
    silences = event_track.silences(segments)
    ends: list[datetime | None] = [*(_begin_of(row) for row in recorded[1:]), None]
    for row, until in zip(recorded, ends, strict=False):
        row.track = event_track.draw(
            segments=[take.segment for take in (*row.takes, *row.apart)],
            silences=silences,
            entries=entries,
            exits=exits,
            notes=notes,
            finished_at=row.answer.finished_at,
            until=until,
        )


def _say_faces(request: HttpRequest, spoken: list[Spoken]) -> None:
    """Beside what was recorded, for whoever may play it. One query."""
    sources = [_source_of(row.answer) for row in spoken if row.takes]
    rows = FaceFigures.objects.visible_to(person_of(request)).filter(answer__in=sources)
    words = {each.answer_id: facewords.words_of(each) for each in rows}
    for row in spoken:
        row.faces = words.get(_source_of(row.answer), "") if row.takes else ""


def _begin_of(row: Spoken) -> datetime:
    return min(take.segment.opened_at for take in (*row.takes, *row.apart))


def _accesses(segments: list[int]) -> list[RecordingAccess]:
    """Who played one of these, the latest first."""
    rows = RecordingAccess.objects.filter(recording__segment__in=segments)
    return list(
        rows.select_related("recording__segment__answer__question").order_by("-last_at")[:MOST_ACCESSES]
    )


panels.register(Interview, panels.Panel("recordings", _("Recordings and event track"), panel, order=5))
