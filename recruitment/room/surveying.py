"""The candidate's page of the survey: how the interview was, once it is over. Reading changes nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError, Invalid
from recruitment.models import Interview
from recruitment.models.surveys import BEST, LONGEST_WHY
from recruitment.room import auth, own_page, views
from recruitment.services import surveys


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """GET asks while nothing was answered, and thanks afterwards; POST answers, once however often it is sent."""
    try:
        interview = own_page.interview_of(auth.counted_session(request))
    except DomainError as error:
        return views.gone(request, error)
    why = request.POST.get("why", "")

    def take() -> str:
        surveys.answer(interview_id=interview.pk, rating=_rating(request.POST.get("rating", "")), why=why)
        return reverse("room:survey")

    return own_page.answer(
        request,
        "room/survey.html",
        own_language=interview.application.candidate.language,
        take=take,
        context=lambda: _context(interview, why),
    )


def _context(interview: Interview, typed: str) -> dict[str, Any]:
    return {
        **views.contact_of(interview.application),
        "is_asked": surveys.is_asked(interview),
        "is_over": interview.state in surveys.OVER,
        "ratings": range(BEST + 1),
        "longest": LONGEST_WHY,
        "typed": typed,
    }


def _rating(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(BEST))):
        raise Invalid("rating_unknown", _("Please choose a number from 0 to 10."))
    return int(typed)
