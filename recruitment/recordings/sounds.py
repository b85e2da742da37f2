"""A voice as it is sent to a player: whole, or the range that it asks for."""

from django.http import HttpRequest, HttpResponse

from recruitment.recordings import ranges

MIME = "audio/mpeg"


def sent(request: HttpRequest, sound: bytes) -> HttpResponse:
    """206 for a range, 416 for one that is not there; it may be kept by this browser alone."""
    try:
        part = ranges.part_of(request.headers.get("Range"), len(sound))
    except ranges.UnsatisfiableError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(sound)}"})
    wanted = part or ranges.Part(0, len(sound))
    response = HttpResponse(sound[wanted.start : wanted.start + wanted.length], content_type=MIME)
    if part:
        response.status_code = 206
        response["Content-Range"] = part.header(len(sound))
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
