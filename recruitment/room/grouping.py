"""The candidate's page of voluntary details: said, changed and taken back by the candidate. Reading changes nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from recruitment.enums import AgeBand, Gender
from recruitment.models import Interview
from recruitment.room import auth, own_page, views
from recruitment.services import groups


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """GET shows what was said and what it is for; POST says it anew, or takes it back."""
    try:
        interview = own_page.interview_of(auth.counted_session(request))
    except DomainError as error:
        return views.gone(request, error)
    candidate = interview.application.candidate

    def take() -> str:
        _take(request, candidate.pk)
        return reverse("room:groups")

    return own_page.answer(
        request,
        "room/groups.html",
        own_language=candidate.language,
        take=take,
        context=lambda: _context(interview),
    )


def _context(interview: Interview) -> dict[str, Any]:
    return {
        **views.contact_of(interview.application),
        "said": groups.answer_of(interview.application.candidate_id),
        "genders": Gender.choices,
        "ages": AgeBand.choices,
    }


def _take(request: HttpRequest, candidate_id: int) -> None:
    if "take_back" in request.POST:
        groups.take_back(candidate_id=candidate_id)
        return
    groups.say(
        candidate_id=candidate_id,
        gender=request.POST.get("gender", ""),
        age_band=request.POST.get("age_band", ""),
        agreed=request.POST.get("agreed") == "yes",
    )
