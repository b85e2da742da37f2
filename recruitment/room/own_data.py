"""What a candidate may ask about the own record: by the API, and on a page behind the same link."""

from typing import Any

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from core.numbers import row_number
from people.actors import Party
from recruitment.models import Interview
from recruitment.models.privacy import RequestKind, RequestState
from recruitment.privacy.services import asking, erasing
from recruitment.recordings import storage
from recruitment.recordings.services import faces
from recruitment.room import auth, language, limits, own_page, views
from recruitment.room.answering import endpoint, privately


def _interview(request: HttpRequest) -> Interview:
    session = auth.session_of(request)
    limits.counter.take(f"write {session.link_id}", limits.WRITES)
    return own_page.interview_of(session)


@endpoint("POST")
def request_data(request: HttpRequest) -> HttpResponse:
    """Ask for a copy of everything: `{kind, state, due_on}`. Asked again it is the same request."""
    return _asked(request, RequestKind.DATA)


@endpoint("POST")
def request_erasure(request: HttpRequest) -> HttpResponse:
    """Ask for the record's erasure: `{kind, state, due_on}`. Asked again it is the same request."""
    return _asked(request, RequestKind.ERASURE)


def _asked(request: HttpRequest, kind: str) -> JsonResponse:
    candidate_id = _interview(request).application.candidate_id
    row = asking.ask(candidate_id=candidate_id, kind=kind, by=Party.CANDIDATE)
    return JsonResponse({"kind": row.kind, "state": row.state, "due_on": row.due_on})


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """What was asked for, how it stands and by when it is answered. POST asks, takes back, or leads to the file; GET
    only reads."""
    try:
        interview = _interview(request)
        candidate = interview.application.candidate
        if request.method == "POST":
            return privately(_done(request, interview))
    except DomainError as error:
        return views.gone(request, error)
    with language.speaking(request, candidate.language) as spoken:
        rows = asking.open_requests(candidate.pk)
        context: dict[str, Any] = {
            **views.people_of(interview),
            "requests": rows,
            "asked": {row.kind for row in rows if row.state in RequestState.standing},
            "begins_at": erasing.begins_at(candidate.pk),
            "days": asking.ANSWERED_WITHIN.days,
            "faces": faces.own(interview.pk),
        }
        response = render(request, "room/own_data.html", context)
        language.remember(request, response, spoken)
    return privately(response)


def _done(request: HttpRequest, interview: Interview) -> HttpResponse:
    candidate_id = interview.application.candidate_id
    if "faces" in request.POST:
        faces.withdraw(interview_id=interview.pk, by=Party.CANDIDATE)
        return HttpResponseRedirect(reverse("room:own-data"))
    if "withdraw" in request.POST:
        number = row_number(request.POST["withdraw"]) or 0
        asking.withdraw(request_id=number, candidate_id=candidate_id)
        return HttpResponseRedirect(reverse("room:own-data"))
    wanted = request.POST.get("fetch", "")
    if wanted:
        number = row_number(wanted) or 0
        key = asking.new_key(candidate_id=candidate_id, request_id=number)
        return HttpResponseRedirect(reverse("room:copy", args=[number, key]))
    asking.ask(candidate_id=candidate_id, kind=request.POST.get("kind", ""), by=Party.CANDIDATE)
    return HttpResponseRedirect(reverse("room:own-data"))


@require_http_methods(["GET"])
def copy(request: HttpRequest, number: int, key: str) -> HttpResponseBase:
    """The file, once: whose page it is and the key must fit."""
    try:
        candidate_id = _interview(request).application.candidate_id
        row = asking.use_key(candidate_id=candidate_id, request_id=number, key=key)
    except DomainError as error:
        return views.gone(request, error)
    content = storage.recordings().open(row.stored_name)
    answer = FileResponse(content, as_attachment=True, filename="my-data.zip", content_type="application/zip")
    answer["Cache-Control"], answer["Referrer-Policy"] = "no-store", "same-origin"
    return answer
