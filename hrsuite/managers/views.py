"""`/admin/managers/`: a department manager's pages, made for the phone. HR sees all of it, others their rounds."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from hrsuite.managers import pages
from people.models import User
from people.pages import for_colleagues
from people.rules import is_hr
from recruitment.models import Opening
from reports.headcount import MOST_DAYS, MOST_RECOVERED


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
    if not user.is_manager and not is_hr(user):
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
