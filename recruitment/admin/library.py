"""The library of ready interview plans: what each asks, and the button that takes it over as a draft."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.language import is_english
from people.actors import person_of
from recruitment.admin import plan_page
from recruitment.library.posts import COMPETENCIES, POSTS, Asked, Post
from recruitment.services import ready_plans

UNPROCESSABLE = 422


class TakeForm(forms.Form):
    """Which ready plan, and what it is called here."""

    code = forms.ChoiceField(choices=[(post.code, post.name) for post in POSTS])
    name = forms.CharField(max_length=ready_plans.LONGEST_NAME)


def library(request: HttpRequest) -> HttpResponse:
    """Each plan with its questions and what a full answer mentions; POST takes one over and leads to its draft."""
    if not request.user.has_perm("recruitment.view_interviewplan"):
        raise PermissionDenied
    refused = ""
    if request.method == "POST":
        form = TakeForm(request.POST)
        if form.is_valid():
            try:
                draft = ready_plans.take(**form.cleaned_data, by=person_of(request))
            except DomainError as error:
                refused = str(error.message)
            else:
                messages.success(request, _("Taken over as a draft: look it through, then publish it."))
                return HttpResponseRedirect(plan_page.address_of(draft))
        else:
            refused = _("Please give the plan a name.")
    context = {
        **admin.site.each_context(request),
        "title": _("Library of interview plans"),
        "posts": [_shown(post) for post in POSTS],
        "refused": refused,
        "may_take": request.user.has_perm("recruitment.add_interviewplan"),
    }
    status = UNPROCESSABLE if refused else 200
    return TemplateResponse(request, "recruitment/admin/library.html", context, status=status)


def _shown(post: Post) -> dict[str, Any]:
    """The plan in the reader's language."""
    speaks_english = is_english()

    def words(asked: Asked) -> dict[str, Any]:
        points = [(COMPETENCIES[one.competency][speaks_english], one) for one in asked.points]
        return {"text": asked.text_en if speaks_english else asked.text, "points": points}

    return {
        "code": post.code,
        "name": post.name_en if speaks_english else post.name,
        "stages": [
            (title_en if speaks_english else title, minutes, [words(one) for one in questions])
            for title, title_en, minutes, questions in ready_plans.stages_of(post)
        ],
    }
