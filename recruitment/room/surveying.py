"""The candidate's page of the survey: how the interview was, once it is over. Reading changes nothing."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError, Invalid
from recruitment.models import Interview
from recruitment.models.surveys import BEST, LONGEST_WHY
from recruitment.room import auth, language, views
from recruitment.room.answering import privately
from recruitment.services import surveys


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """GET asks while nothing was answered, and thanks afterwards; POST answers, once however often it is sent."""
    refused, status = "", 200
    try:
        session = auth.counted_session(request)
        rows = Interview.objects.select_related("application__candidate", "application__opening__specialist")
        interview = rows.get(pk=session.interview_id)
    except DomainError as error:
        return views.gone(request, error)
    with language.speaking(request, interview.application.candidate.language) as spoken:
        if request.method == "POST":
            try:
                surveys.answer(
                    interview_id=interview.pk,
                    rating=_rating(request.POST.get("rating", "")),
                    why=request.POST.get("why", ""),
                )
                return privately(HttpResponseRedirect(reverse("room:survey")))
            except DomainError as error:
                refused, status = str(error.message), error.status
        context = {
            **views.contact_of(interview.application),
            "is_asked": surveys.is_asked(interview),
            "is_over": interview.state in surveys.OVER,
            "ratings": range(BEST + 1),
            "longest": LONGEST_WHY,
            "typed": request.POST.get("why", ""),
            "refused": refused,
        }
        response = render(request, "room/survey.html", context, status=status)
        language.remember(request, response, spoken)
    return privately(response)


def _rating(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(BEST))):
        raise Invalid("rating_unknown", _("Please choose a number from 0 to 10."))
    return int(typed)
