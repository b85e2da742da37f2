"""`/resumes/<id>/`: the file as a download; `/resumes/<id>/pages/<n>/`: a picture of a page. For those who may see it.

What somebody sent is never shown by the browser itself: the pictures are drawn by us, and the file is only fetched.
"""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import connections
from core.errors import DomainError, NotFound
from people.models import User
from recruitment.models import Resume
from recruitment.recordings import storage
from recruitment.resumes.services import looking

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_WHOLE = 1 << 40


@require_safe
def file(request: HttpRequest, resume_id: int) -> HttpResponseBase:
    """The file as it was sent, as a download. 404 `resume_unknown` for everybody whose it is not."""
    return _answer(request, resume_id, None)


@require_safe
def page(request: HttpRequest, resume_id: int, number: int) -> HttpResponseBase:
    """A picture of one page, from 1. 404 `resume_unknown`, `page_unknown`."""
    return _answer(request, resume_id, number)


def _answer(request: HttpRequest, resume_id: int, number: int | None) -> HttpResponseBase:
    try:
        if not isinstance(request.user, User):
            raise NotFound("resume_unknown", _("There is no such résumé."))
        found = looking.to_open(resume_id=resume_id, by=request.user, fetched=number is None)
        response = _file(found) if number is None else _picture(found, number)
    except DomainError as error:
        response = JsonResponse(error.body(), status=error.status, headers=error.headers())
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response


def _file(found: Resume) -> HttpResponseBase:
    response = StreamingHttpResponse(_alone(found.stored_name), content_type=TYPES[found.kind])
    response["Content-Length"] = str(found.bytes)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=found.name) or ""
    )
    return response


def _picture(found: Resume, number: int) -> HttpResponseBase:
    if not 0 < number <= len(found.page_names):
        raise NotFound("page_unknown", _("There is no such page."))
    return StreamingHttpResponse(_alone(found.page_names[number - 1]), content_type="image/webp")


def _alone(name: str) -> Iterator[bytes]:
    """The bytes, without a database connection meanwhile."""
    connections.give_back()
    with storage.opened(name) as content:
        while block := content.read(storage.BLOCK):
            yield block
