"""The room's JSON API: what a candidate's browser may ask and do. Each write carries the epoch of the page."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from core import connections
from core.errors import DomainError, NotFound
from core.language import in_language
from people.actors import Party
from recruitment.evaluation.services import probing
from recruitment.models import PresenceNote, RoomSession
from recruitment.recordings.services import chunks, closing
from recruitment.room import auth, limits, parsing, uploading
from recruitment.room.answering import endpoint
from recruitment.room.state import room_state
from recruitment.room.status import status_of
from recruitment.services import answers, follow_ups, interviews, leases

EVENTS = frozenset(PresenceNote.Event)
LARGEST_BEACON = 4096


def _reader(request: HttpRequest) -> RoomSession:
    session = auth.session_of(request)
    limits.counter.take(f"read {session.link_id}", limits.READS)
    return session


def _writer(request: HttpRequest) -> RoomSession:
    """The session of a write, counted against its link before anything is read or done."""
    session = auth.session_of(request)
    limits.counter.take(f"write {session.link_id}", limits.WRITES)
    return session


@endpoint("GET", "HEAD")
def state(request: HttpRequest) -> HttpResponse:
    """The state, the stages and what is saved. Changes nothing."""
    return JsonResponse(room_state(_reader(request).interview_id))


@endpoint("GET", "HEAD")
def status(request: HttpRequest) -> HttpResponse:
    """How it stands, for every state of interview and application. Changes nothing."""
    return JsonResponse(status_of(_reader(request).interview_id).body())


@endpoint("POST")
def enter(request: HttpRequest) -> HttpResponse:
    """Start, resume or take over: `{epoch, state}`, the epoch one higher. 422 for an unknown consent."""
    session = _writer(request)
    content = parsing.json_object(request)
    entered = interviews.enter(
        interview_id=session.interview_id,
        by=Party.CANDIDATE,
        consents=parsing.names(content, "consents"),
        device=parsing.facts(content, "device"),
    )
    return JsonResponse({"epoch": entered.epoch, "state": entered.state})


@endpoint("POST")
def heartbeat(request: HttpRequest) -> HttpResponse:
    """Proof of life: one UPDATE by the cookie's hash, 204. 409 `stale_epoch`, `interrupted` or `ended`."""
    token_hash = auth.token_hash_of(request)
    limits.counter.look(token_hash, limits.WRITES)
    content = parsing.json_object(request, at_most=parsing.WAITED_FOR)
    try:
        leases.heartbeat(
            token_hash=token_hash,
            epoch=parsing.epoch_of(request, content),
            visible=parsing.flag(content, "visible", default=True),
        )
    except NotFound as error:
        raise auth.as_gone(error) from error
    except DomainError:
        limits.counter.take(token_hash, limits.WRITES)
        raise
    # Only now is it known that the cookie means anything: a made-up one leaves nothing behind.
    limits.counter.take(token_hash, limits.WRITES)
    return HttpResponse(status=204)


@endpoint("POST")
def beacon(request: HttpRequest) -> HttpResponse:
    """A page says that it was hidden, seen, closed, or back `online` after so many `seconds`: 204 whatever it sent.

    Nobody reads the answer. The time without a line is the page's own word: it is shown to HR and moves no lease.
    """
    try:
        token_hash = auth.token_hash_of(request)
        limits.counter.look(token_hash, limits.WRITES)
        content = json.loads(parsing.raw_body(request, at_most=LARGEST_BEACON) or b"{}")
        if isinstance(content, dict) and content.get("event") in EVENTS:
            event = content["event"]
            if leases.note_beacon(
                token_hash=token_hash,
                epoch=parsing.epoch_of(request, content),
                event=event,
                seconds=parsing.number(content, "seconds") if event == PresenceNote.Event.ONLINE else None,
            ):
                limits.counter.take(token_hash, limits.WRITES)
    except (DomainError, ValueError, TypeError, RecursionError):
        pass
    return HttpResponse(status=204)


@endpoint("PUT")
def answer_text(request: HttpRequest, question: str) -> HttpResponse:
    """Save the text of an answer. 409 `revision_conflict` with the saved revision and text when ours is not newer."""
    session = _writer(request)
    content = parsing.json_object(request)
    answer = answers.save_text(
        interview_id=session.interview_id,
        question_id=parsing.question_id(question),
        epoch=parsing.epoch_of(request, content),
        revision=parsing.number(content, "revision"),
        text=parsing.text(content, "text"),
    )
    return JsonResponse({"revision": answer.revision, "saved_at": answer.saved_at})


@endpoint("POST")
def answer_finish(request: HttpRequest, question: str) -> HttpResponse:
    """The candidate is done with a question; 200 again for the same. 422 with `missing` when it cannot be."""
    session = _writer(request)
    content = parsing.json_object(request)
    answer = answers.finish_answer(
        interview_id=session.interview_id,
        question_id=parsing.question_id(question),
        epoch=parsing.epoch_of(request, content),
        segments=parsing.segments(content),
    )
    return JsonResponse(
        {"revision": answer.revision, "finished_at": answer.finished_at, "media": answer.media}
    )


@endpoint("POST")
def answer_probe(request: HttpRequest, question: str) -> HttpResponse:
    """What is asked further about a finished answer: `{probe: {text} or null, decided}`, once, within seconds.

    Where something is asked the answer is open again, takes what is added, and is finished as before. A repeat answers
    the same; with `shown` the page says that it has it on the screen.
    """
    session = _writer(request)
    content = parsing.json_object(request)
    probe = probing.choose(
        interview_id=session.interview_id,
        question_id=parsing.question_id(question),
        epoch=parsing.epoch_of(request, content),
    )
    if probe is not None and content.get("shown") is True:
        probing.shown(probe)
    point = probe.point if probe else None
    asked = {"text": in_language(point.probe, point.probe_en)} if point else None
    return JsonResponse({"probe": asked, "decided": probe is not None})


@endpoint("POST")
def answer_discard(request: HttpRequest, question: str) -> HttpResponse:
    """These segments, `{epoch, segments: [n, …]}`, are no part of the open answer any more: 204, and 204 again."""
    session = _writer(request)
    content = parsing.json_object(request)
    closing.discard(
        interview_id=session.interview_id,
        question_id=parsing.question_id(question),
        epoch=parsing.epoch_of(request, content),
        numbers=parsing.numbers(content, "segments"),
    )
    return HttpResponse(status=204)


@endpoint("PUT")
def chunk(request: HttpRequest, question: str, segment: str, seq: str) -> HttpResponse:
    """A piece of a recording: 201 new, 200 the same again. Nothing is read of what comes without a live session.

    `X-Epoch` is the epoch in which the segment was opened. `set_aside`: kept, but its answer was finished before.
    """
    session = auth.session_of(request)
    limits.counter.take(f"chunk {session.link_id}", limits.CHUNKS)
    connections.give_back()
    with limits.at_once(session.link_id), uploading.received(request) as upload:
        piece = chunks.Piece(
            question_id=parsing.question_id(question),
            segment=parsing.known_number(segment, parsing.no_number("segment")),
            seq=parsing.known_number(seq, parsing.no_number("seq")),
            epoch=parsing.epoch_of(request, {}),
            sha256=upload.sha256,
            bytes=upload.bytes,
            mime=uploading.mime_of(request),
        )
        token = auth.token_of(request)
        taken = chunks.take_chunk(session_token=token, piece=piece, content=upload.content)
    body = {"segment": piece.segment, "seq": piece.seq, "set_aside": taken.set_aside}
    return JsonResponse(body, status=201 if taken.is_new else 200)


@endpoint("POST")
def stage_finish(request: HttpRequest, stage: str) -> HttpResponse:
    """Verify a stage and commit its checkpoint: `{saved_at, state}`; 422 with the unanswered questions."""
    session = _writer(request)
    content = parsing.json_object(request)
    saved = answers.finish_stage(
        interview_id=session.interview_id,
        stage_number=parsing.known_number(
            stage, NotFound("stage_unknown", _("This interview has no such stage."))
        ),
        epoch=parsing.epoch_of(request, content),
    )
    return JsonResponse({"saved_at": saved.saved_at, "state": saved.state})


@endpoint("POST")
def leave(request: HttpRequest) -> HttpResponse:
    """The candidate leaves, for now (`leave`) or for good (`give_up`, `withdraw`): `{state, resume_until}`."""
    session = _writer(request)
    content = parsing.json_object(request)
    interview = interviews.leave(
        interview_id=session.interview_id,
        epoch=parsing.epoch_of(request, content),
        choice=parsing.word(content, "choice"),
        cause=parsing.word(content, "cause"),
        note=parsing.note(content),
        by=Party.CANDIDATE,
    )
    return JsonResponse({"state": interview.state, "resume_until": interview.resume_until})


@endpoint("POST")
def contact(request: HttpRequest) -> HttpResponse:
    """The candidate asks to be called, without leaving: a follow-up of kind `asked`."""
    session = _writer(request)
    content = parsing.json_object(request)
    follow_up = follow_ups.ask(interview_id=session.interview_id, note=parsing.note(content))
    return JsonResponse({"follow_up": follow_up.pk, "due_at": follow_up.due_at})


@endpoint("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
def nothing_here(request: HttpRequest, **parts: Any) -> HttpResponse:
    """Any other address below `/room/api/`: 404 in the shape of every error."""
    raise NotFound("not_found", _("There is nothing at this address."))
