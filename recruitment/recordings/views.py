"""`/recordings/<id>/`: a recording for those who may play it, in the ranges that a player asks for."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from core import connections
from core.errors import DomainError, NotFound, TooMany
from people.authentication import KeyAuthentication
from people.models import User
from recruitment.enums import RecordingState
from recruitment.models import Chunk, Recording
from recruitment.recordings import assembly, ranges, storage
from recruitment.recordings.services import playback


class NotSignedIn(DomainError):
    """Neither a session nor a token."""

    status = 401


@require_safe
def recording(request: HttpRequest, recording_id: int) -> HttpResponseBase:
    """Play or fetch one recording. 206 for a range, 416 for one that is not there; every playback is noted first.

    What does not play is only ever sent as a download of unknown type, whole and as it was received. 401
    `not_signed_in`, 404 `recording_unknown`, 409 `recording_pending` or `recording_deleted`.
    """
    try:
        person = _person(request)
        found = playback.to_play(recording_id=recording_id, by=person)
        response = _playable(request, found, person) if found.stored_name else _as_received(found, person)
    except DomainError as error:
        response = JsonResponse(error.body(), status=error.status, headers=error.headers())
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _person(request: HttpRequest) -> User:
    """Who asks: by session, as the admin's player does, or by the API's token."""
    if isinstance(request.user, User):
        return request.user
    try:
        signed_in = KeyAuthentication().authenticate(Request(request))
    except AuthenticationFailed:
        signed_in = None
    except Throttled as error:
        raise TooMany("too_many_requests", str(error.detail)) from error
    if signed_in is None:
        raise NotSignedIn("not_signed_in", _("Please sign in."))
    return signed_in[0]


def _playable(request: HttpRequest, found: Recording, person: User) -> HttpResponseBase:
    size = found.bytes or 0
    response: HttpResponseBase
    try:
        part = ranges.part_of(request.headers.get("Range"), size)
    except ranges.UnsatisfiableError:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    wanted = part or ranges.Part(0, size)
    if request.method == "HEAD":
        response = HttpResponse(content_type=found.mime)
    else:
        playback.log_access(recording_id=found.pk, by=person, range_start=wanted.start)
        response = StreamingHttpResponse(
            _alone(storage.read_range(found.stored_name, wanted.start, wanted.length)),
            status=206 if part else 200,
            content_type=found.mime,
        )
    if part:
        response.status_code = 206
        response["Content-Range"] = part.header(size)
    response["Content-Length"] = str(wanted.length)
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = (
        f'inline; filename="recording-{found.pk}.{found.mime.rpartition("/")[2]}"'
    )
    return response


def _as_received(found: Recording, person: User) -> HttpResponseBase:
    """The chunks one after another: for a person who wants to find out why it does not play."""
    if found.state != RecordingState.BROKEN:
        raise NotFound("recording_unknown", _("There is no such recording."))
    playback.log_access(recording_id=found.pk, by=person)
    chunks = assembly.prefix_of(found)
    response = StreamingHttpResponse(_alone(_bytes_of(chunks)), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="recording-{found.pk}.bin"'
    return response


def _bytes_of(chunks: list[Chunk]) -> Iterator[bytes]:
    for chunk in chunks:
        yield from storage.read_range(chunk.stored_name, 0, chunk.bytes)


def _alone(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks, without a database connection: a player reads for as long as it likes."""
    connections.give_back()
    yield from blocks
