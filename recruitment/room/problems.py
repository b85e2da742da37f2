"""The candidate's page for a problem: raised with one form, and its answer read there. Reading changes nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.errors import DomainError, Forbidden, Invalid, Refused
from people.actors import Party
from recruitment.models import Interview, Problem
from recruitment.room import auth, language, limits, views
from recruitment.room.answering import privately
from recruitment.services import problems

MOST = 20


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """GET shows the form and what became of earlier reports; POST raises one, once however often it is sent."""
    refused, status, typed = "", 200, request.POST.get("words", "")
    try:
        session = auth.session_of(request)
        limits.counter.take(f"write {session.link_id}", limits.WRITES)
        rows = Interview.objects.select_related("application__candidate", "application__opening__specialist")
        interview = rows.get(pk=session.interview_id)
    except DomainError as error:
        return views.gone(request, error)
    with language.speaking(request, interview.application.candidate.language) as spoken:
        if request.method == "POST":
            try:
                problems.report(
                    words=typed, page="/room/", application_id=interview.application_id, by=Party.CANDIDATE
                )
                return privately(HttpResponseRedirect(reverse("room:problem")))
            except (Invalid, Refused, Forbidden) as error:
                refused, status = str(error.message), error.status
        context: dict[str, Any] = {
            **views.people_of(interview),
            "refused": refused,
            "typed": typed,
            "longest": problems.LONGEST,
            "problems": Problem.objects.filter(application=interview.application_id).order_by("-pk")[:MOST],
        }
        response = render(request, "room/problem.html", context, status=status)
        language.remember(request, response, spoken)
    return privately(response)
