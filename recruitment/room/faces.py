"""Noting faces before the camera: the library as a file, the figures of an answer, the consent taken back."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from core.errors import NotFound
from people.actors import Party
from recruitment.enums import Medium
from recruitment.models import Interview
from recruitment.recordings import facelib, policy
from recruitment.recordings.services import faces
from recruitment.room import auth, parsing
from recruitment.room.answering import endpoint, refusal

LARGEST_FIGURES = 1024
WORKER = "facework.js"
_WORKER = Path(__file__).parent / "static" / "room" / WORKER
_TYPES = {".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm"}
# The worker alone may compile WebAssembly; it reaches no address but ours.
WORKER_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; frame-ancestors 'none'"
)
_FOR_GOOD = "public, max-age=31536000, immutable"


@lru_cache(maxsize=1)
def _worker() -> tuple[str, bytes]:
    """What the addresses are named by, and the worker's script."""
    content = _WORKER.read_bytes()
    pins = "".join(facelib.PINS.values()).encode()
    return hashlib.sha256(pins + content).hexdigest()[:16], content


def config_of(interview: Interview) -> dict[str, Any] | None:
    """What the page needs to know where the plan asks for it and the library is there, else None."""
    takes_pictures = Medium.VIDEO in policy.allowed_media(interview.application.opening)
    if not (takes_pictures and faces.is_offered(interview.version)):
        return None
    address = reverse("room:faces-file", args=[_worker()[0], WORKER])
    return {"worker": address, "degrees": faces.AWAY_DEGREES}


def file(request: HttpRequest, release: str, name: str) -> HttpResponse:
    """A file of the library, or the worker that runs it: the same for everybody, and never another one."""
    try:
        known, worker = _worker()
        if release != known or request.method not in ("GET", "HEAD"):
            raise NotFound("file_unknown")
        zipped = "gzip" in request.headers.get("Accept-Encoding", "") and name != WORKER
        content = worker if name == WORKER else facelib.content_of(name, zipped=zipped)
    except NotFound as error:
        return refusal(error)
    kind = _TYPES.get(Path(name).suffix, "application/octet-stream")
    response = HttpResponse(content, content_type=kind)
    if zipped:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = _FOR_GOOD
    response["Content-Security-Policy"] = WORKER_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@endpoint("PUT")
def figures(request: HttpRequest, question: str) -> HttpResponse:
    """`{epoch, seconds, frames, absent, away, several}` or `{epoch, reason}` of one answer: 204, and 204 again.

    A lost one is no fault: nothing waits for it. 422 `faces_invalid`, 409 `faces_off`, `faces_not_agreed`,
    `faces_without_recording`, and as for every answer.
    """
    session = auth.counted_session(request)
    content = parsing.json_object(request, at_most=LARGEST_FIGURES)
    faces.note(
        interview_id=session.interview_id,
        question_id=parsing.question_id(question),
        epoch=parsing.epoch_of(request, content),
        figures=faces.counted(content),
    )
    return HttpResponse(status=204)


@endpoint("POST")
def withdraw(request: HttpRequest) -> HttpResponse:
    """The candidate takes the consent back, at any time, from any page: `{deleted}`. Again: nothing more."""
    session = auth.counted_session(request)
    deleted = faces.withdraw(interview_id=session.interview_id, by=Party.CANDIDATE)
    return JsonResponse({"deleted": deleted})
