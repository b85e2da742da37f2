"""What the candidate's pages behind the own link share: whose they are, and how one takes what is sent."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from core.errors import DomainError
from recruitment.models import Interview, RoomSession
from recruitment.room import language
from recruitment.room.answering import privately


def interview_of(session: RoomSession) -> Interview:
    """The interview that the link is for, with its candidate, opening and specialist. One query."""
    rows = Interview.objects.select_related("application__candidate", "application__opening__specialist")
    return rows.get(pk=session.interview_id)


def answer(
    request: HttpRequest,
    template: str,
    *,
    own_language: str,
    take: Callable[[], str],
    context: Callable[[], dict[str, Any]],
) -> HttpResponse:
    """The page, in the language that was chosen, else in the candidate's own.

    A POST is taken and leads to the address that `take` gives; refused, the page says why as `refused`, with the
    error's status. `context` is asked after that, so that it shows what stands now.
    """
    refused, status = "", 200
    with language.speaking(request, own_language) as spoken:
        if request.method == "POST":
            try:
                return privately(HttpResponseRedirect(take()))
            except DomainError as error:
                refused, status = str(error.message), error.status
        response = render(request, template, {**context(), "refused": refused}, status=status)
        language.remember(request, response, spoken)
    return privately(response)
