"""Seeing the house as a colleague: the step on their page, what stands above every page meanwhile, and the end."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.admin import fields, panels
from core.admin.steps import Step, StepForm, Text
from core.history import looks
from people import viewing
from people.actors import person_of
from people.models import User
from people.rights import Right
from people.rules import has_right, is_hr

SHOWN = 10


class ReasonForm(StepForm):
    """Why: it is kept, and may be read by whoever keeps the house."""

    reason = fields.words(gettext_lazy("reason"), max_length=viewing.LONGEST_REASON)


def _see(request: HttpRequest, user: User, data: dict[str, Any]) -> HttpResponse:
    viewing.begin(request, viewer=person_of(request), person=user, reason=data["reason"])
    return HttpResponseRedirect(reverse("admin:index"))


SEE_AS = Step(
    "see-as",
    gettext_lazy("See as this person"),
    _see,
    form=ReasonForm,
    offered=is_hr,
    words=gettext_lazy(
        "You see pages, lists and numbers as this person sees them, for half an hour at most, and can change nothing. "
        "That you did, and why, is noted."
    ),
)


def said(request: HttpRequest) -> Text | None:
    """Above every page meanwhile."""
    standing: viewing.Viewing | None = getattr(request, "viewing", None)
    if standing is None:
        return None
    return _("You see this as %(person)s sees it, until %(time)s. Nothing can be changed.") % {
        "person": standing.person,
        "time": date_format(timezone.localtime(standing.until), "H:i"),
    }


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Back to one's own first page."""
    viewing.end(request)
    return HttpResponseRedirect(reverse("admin:index"))


def _panel(request: HttpRequest, user: Any) -> SafeString:
    """Who looked as this person, and why; nothing for whoever does not keep the house."""
    if not has_right(request.user, Right.KEEP):
        return SafeString("")
    theirs = looks.of_records([(User._meta.label_lower, [user.pk])]).filter(facts__viewed_as=True)
    found = list(theirs[:SHOWN])
    return (
        SafeString(render_to_string("people/admin/viewed.html", {"looks": found}))
        if found
        else SafeString("")
    )


panels.register(User, panels.Panel("viewed", gettext_lazy("Who looked as this person"), _panel, order=200))
