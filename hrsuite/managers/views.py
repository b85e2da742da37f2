"""`/admin/managers/`: a department manager's pages, made for the phone. HR sees all of it, others their rounds."""

from http import HTTPStatus

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from core.errors import DomainError, NotFound
from core.history import looks
from core.history.models import LookKind
from core.numbers import row_number
from hrsuite.approvals import MOST, Waiting, agree, agree_to_offers, disagree, matter, waiting_for, why_not
from hrsuite.managers import pages
from onboarding.services.steps import LONGEST_OBJECTION
from people.models import User
from people.pages import for_colleagues
from people.rules import is_hr_or_manager
from recruitment.models import Offer, Opening
from recruitment.offers.approval import in_words
from recruitment.offers.letters import pay
from reports.asking import asked_for, report_named
from reports.headcount import MOST_DAYS, MOST_RECOVERED
from reports.lines import openings_of, people_behind, times_behind


class WhatIf(forms.Form):
    """What if so many of the exits at risk were recovered, in so many working days."""

    recovered = forms.IntegerField(
        label=_("Exits recovered"), min_value=0, max_value=MOST_RECOVERED, required=False
    )
    days = forms.IntegerField(label=_("in working days"), min_value=0, max_value=MOST_DAYS, required=False)


@require_GET
@for_colleagues
def mine(request: HttpRequest, user: User) -> HttpResponse:
    """The person's openings with what is needed, expected and at risk. `recovered`, `days`: the what-if; what is no
    number is said above the plan, which then stands without it."""
    if not is_hr_or_manager(user):
        return HttpResponseRedirect(reverse("rounds:mine"))
    form = WhatIf(request.GET or None)
    recovered, days = None, 0
    if form.is_bound and form.is_valid():
        recovered, days = form.cleaned_data["recovered"], form.cleaned_data["days"] or 0
    return TemplateResponse(
        request,
        "hrsuite/managers/mine.html",
        {"mine": pages.mine(user, recovered=recovered, days=days), "person": user, "form": form},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_colleagues
def approvals(request: HttpRequest, user: User) -> HttpResponse:
    """What waits for the person's agreement, offers with what they pay. A POST agrees to the offers that it names; what
    stays comes back with why."""
    stay: list[tuple[Waiting, DomainError]] = []
    if request.method == "POST":
        stay = agree_to_offers(_ids(request.POST.getlist("offer")), by=user)
        if not stay:
            return HttpResponseRedirect(request.path)
    waiting = waiting_for(user)
    of_offers = [one.row for one in waiting if isinstance(one.row, Offer)]
    looks.note_each(request, LookKind.PAGE, of_offers)
    context = {
        "lines": [(one, pay(one.row) if isinstance(one.row, Offer) else "") for one in waiting],
        "offers": of_offers,
        "stay": stay,
        "person": user,
    }
    status = HTTPStatus.CONFLICT if stay else HTTPStatus.OK
    return TemplateResponse(request, "hrsuite/managers/approvals.html", context, status=status)


def _ids(sent: list[str]) -> list[int]:
    """The numbers among these, at most as many as a page shows."""
    found = (row_number(each) for each in sent[:MOST])
    return [one for one in found if one is not None]


@require_http_methods(["GET", "HEAD", "POST"])
@for_colleagues
def approval(request: HttpRequest, user: User, kind: str, pk: int) -> HttpResponse:
    """One matter with what it rests on, agreed to or not; who was too late reads who was first."""
    refused: DomainError | None = None
    typed = request.POST.get("reason", "")
    try:
        if request.method == "POST" and request.POST.get("answer") == "agree":
            agree(kind, pk, by=user)
            return HttpResponseRedirect(request.path)
        if request.method == "POST":
            disagree(kind, pk, reason=typed, by=user)
            return HttpResponseRedirect(request.path)
        one = matter(kind, pk, user)
    except NotFound as error:
        raise Http404 from error
    except DomainError as error:
        refused, one = error, matter(kind, pk, user)
    if isinstance(one.row, Offer):
        looks.note(request, LookKind.PAGE, one.row)
    context = {
        "one": one,
        "pay": pay(one.row) if isinstance(one.row, Offer) else "",
        "ending": one.ending,
        "for_lead": in_words(why_not(user, one)) if not one.ending else "",
        "refused": refused,
        "typed": typed,
        "longest": LONGEST_OBJECTION,
        "person": user,
    }
    status = refused.status if refused else 200
    return TemplateResponse(request, "hrsuite/managers/approval.html", context, status=status)


@require_GET
@for_colleagues
def opening(request: HttpRequest, user: User, opening_id: int) -> HttpResponse:
    """One opening: its stages, pass rate, and who is where and why."""
    row = (
        Opening.objects.visible_to(user)
        .select_related("department", "specialist")
        .filter(pk=opening_id)
        .first()
    )
    if row is None:
        raise Http404
    context = {**pages.context_of(row, user), "person": user}
    return TemplateResponse(request, "hrsuite/managers/opening.html", context)


@require_GET
@for_colleagues
def counted(request: HttpRequest, user: User, opening_id: int, report: str, measure: str) -> HttpResponse:
    """Whom a figure of a report counts of one opening in the days `from` to `to`: where a letter's numbers lead."""
    days = {name: request.GET.get(name, "") for name in ("from", "to")}
    try:
        of = report_named(report)
        shown = next((one for one in of.measures if one.name == measure), None)
        if shown is None:
            raise Http404
        asked = asked_for(of, {**days, "opening": str(opening_id)}, user)
        found = people_behind(of, asked, measure, None).select_related("candidate")[: pages.MOST_PEOPLE]
        number, times = times_behind(of, asked, measure, None, of=[one.pk for one in found])
    except DomainError as error:
        raise Http404 from error
    context = {
        "opening": openings_of(asked).get(),
        "measure": shown,
        "asked": asked,
        "number": number,
        "people": [(one, times[one.pk]) for one in found],
        "person": user,
    }
    return TemplateResponse(request, "hrsuite/managers/counted.html", context)
