"""The candidate's page of voluntary details: said, changed and taken back by the candidate. Reading changes nothing."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from recruitment.enums import AgeBand, Gender
from recruitment.models import Interview
from recruitment.room import auth, language, views
from recruitment.room.answering import privately
from recruitment.services import groups


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """GET shows what was said and what it is for; POST says it anew, or takes it back."""
    refused, status = "", 200
    try:
        session = auth.counted_session(request)
        rows = Interview.objects.select_related("application__candidate", "application__opening__specialist")
        interview = rows.get(pk=session.interview_id)
    except DomainError as error:
        return views.gone(request, error)
    candidate = interview.application.candidate
    with language.speaking(request, candidate.language) as spoken:
        if request.method == "POST":
            try:
                _take(request, candidate.pk)
                return privately(HttpResponseRedirect(reverse("room:groups")))
            except DomainError as error:
                refused, status = str(error.message), error.status
        context = {
            **views.contact_of(interview.application),
            "said": groups.answer_of(candidate.pk),
            "genders": Gender.choices,
            "ages": AgeBand.choices,
            "refused": refused,
        }
        response = render(request, "room/groups.html", context, status=status)
        language.remember(request, response, spoken)
    return privately(response)


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
