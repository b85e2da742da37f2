"""The candidate's page for a problem: raised with one form, and its answer read there. Reading changes nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from people.actors import Party
from recruitment.models import Interview, Problem
from recruitment.room import auth, limits, own_page, views
from recruitment.services import problems

MOST = 20


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """GET shows the form and what became of earlier reports; POST raises one, once however often it is sent."""
    try:
        session = auth.session_of(request)
        limits.counter.take(f"write {session.link_id}", limits.WRITES)
        interview = own_page.interview_of(session)
    except DomainError as error:
        return views.gone(request, error)
    typed = request.POST.get("words", "")

    def take() -> str:
        problems.report(
            words=typed, page="/room/", application_id=interview.application_id, by=Party.CANDIDATE
        )
        return reverse("room:problem")

    return own_page.answer(
        request,
        "room/problem.html",
        own_language=interview.application.candidate.language,
        take=take,
        context=lambda: _context(interview, typed),
    )


def _context(interview: Interview, typed: str) -> dict[str, Any]:
    return {
        **views.people_of(interview),
        "typed": typed,
        "longest": problems.LONGEST,
        "problems": Problem.objects.filter(application=interview.application_id).order_by("-pk")[:MOST],
    }
