"""The hire's own page of identity document and home address, asked before the first day. Reading changes nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError, NotFound
from core.sealed import masks
from onboarding import documents, retention
from onboarding.enums import DocumentKind
from onboarding.models import OnboardingCase
from onboarding.queries import case_asked
from onboarding.services import identities
from people.actors import Party
from recruitment.enums import ApplicationStage
from recruitment.models import Application
from recruitment.room import auth, own_page
from recruitment.room.asked import Asked
from recruitment.room.views import contact_of, gone


def ask(application: Application) -> Asked | None:
    """For the person's pages: what is missing, or that it is there. A query for whoever was hired, none for others."""
    if application.stage != ApplicationStage.HIRED:
        return None
    case = case_asked(application_id=application.pk)
    if case is None or not case.is_running:
        return None
    address, title = reverse("onboarding:identity"), _("Identity document and home address")
    if hasattr(case.employee, "onboarding_identity"):
        return Asked(
            title, _("We have received them. Thank you!"), _("Look at them, or correct them"), address, True
        )
    words = _("Your contract must name both. Please enter them before your first day; it takes two minutes.")
    return Asked(title, words, _("Enter them now"), address)


@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: HttpRequest) -> HttpResponse:
    """GET says why it is asked, who sees it and when it goes, and shows masked what was given; POST takes it."""
    try:
        interview = own_page.interview_of(auth.counted_session(request))
        case = case_asked(application_id=interview.application_id)
        if case is None:
            raise NotFound(
                "nothing_asked", _("Nothing is asked of you here. What is, your contact will tell you.")
            )
    except DomainError as error:
        return gone(request, error)
    typed = {name: request.POST.get(name, "") for name in ("kind", "number", "address")}

    def take() -> str:
        identities.give(case_id=case.pk, **typed, by=Party.CANDIDATE)
        return reverse("onboarding:identity")

    return own_page.answer(
        request,
        "onboarding/identity.html",
        own_language=interview.application.candidate.language,
        take=take,
        context=lambda: {**contact_of(interview.application), **_context(case), "typed": typed},
    )


def _context(case: OnboardingCase) -> dict[str, Any]:
    given = getattr(case.employee, "onboarding_identity", None)
    return {
        "given": given,
        "number": given and masks.document(given.number),
        "address": given and masks.home(given.address),
        "is_open": case.is_running,
        "kinds": DocumentKind.choices,
        "longest_number": documents.LONGEST_NUMBER,
        "longest_address": documents.LONGEST_ADDRESS,
        "days_never_came": retention.days_of(retention.OF_WHO_NEVER_CAME),
        "days_left": retention.days_of(retention.OF_WHO_LEFT),
    }
