"""问题反馈: the list for whoever answers, and the page from which any colleague raises one and reads the answers."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import fields
from core.admin.base import ModelAdmin
from core.admin.lists import Lean
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import Step, StepForm, Text, WithSteps
from core.errors import DomainError
from people.actors import person_of
from people.models import User
from people.rules import has_right
from recruitment.enums import ProblemState
from recruitment.models import Problem
from recruitment.services import problems

COLOURS = {"open": "warning", "taken": "info", "answered": "success"}
MOST = 20


class AnswerForm(StepForm):
    """What whoever raised it reads."""

    words = fields.words(gettext_lazy("our answer"), max_length=problems.LONGEST)


def _take(request: HttpRequest, row: Problem, data: dict[str, Any]) -> Text:
    problems.take(problem_id=row.pk, by=person_of(request))
    return _("You look into it now.")


def _answer(request: HttpRequest, row: Problem, data: dict[str, Any]) -> Text:
    problems.answer(problem_id=row.pk, words=data["words"], by=person_of(request))
    return _("Answered: whoever raised it is told.")


def _in(*states: str) -> Callable[[Problem], bool]:
    return lambda row: row.state in states


@admin.register(Problem)
class ProblemAdmin(Lean, Scoped, WithSteps, ReadOnly, ModelAdmin):
    """What was raised, by whom, who looks into it, and what was answered."""

    nothing_yet = gettext_lazy("Nobody has reported a problem.")
    steps = (
        Step("take", gettext_lazy("Look into it"), _take, offered=_in(ProblemState.OPEN), in_list=True),
        Step(
            "answer",
            gettext_lazy("Answer"),
            _answer,
            form=AnswerForm,
            offered=_in(*ProblemState.unfinished),
            in_list=True,
            words=gettext_lazy("Whoever raised it is told, and reads it on the page where they raised it."),
        ),
    )
    list_display = [
        "number",
        "raised_at",
        "who",
        "words_short",
        "state_label",
        "owner",
        "answered_at",
        "step_buttons",
    ]
    list_select_related = ["raised_by", "owner", "application__candidate"]
    list_filter = [("state", ChoicesDropdownFilter)]
    list_filter_submit = True
    only_on_screen = ("step_buttons",)
    search_fields = ["=id"]
    ordering = ["-id"]
    fields = readonly_fields = [
        "number",
        "who",
        "page",
        "words",
        "state",
        "owner",
        "raised_at",
        "taken_at",
        "answer",
        "answered_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Problem]:
        """With whom they name."""
        return super().get_queryset(request).select_related("raised_by", "owner", "application__candidate")

    def has_step_permission(self, request: HttpRequest) -> bool:
        """Whoever keeps the house, or recruits; the service asks again."""
        return any(has_right(request.user, right) for right in problems.ANSWERED_BY)  # type: ignore[arg-type]

    @display(description=gettext_lazy("report number"))
    def number(self, row: Problem) -> str:
        """As it is named in messages."""
        return str(row)

    @display(description=gettext_lazy("raised by"))
    def who(self, row: Problem) -> Any:
        """The colleague, or the candidate."""
        return row.raised_by or (row.application.candidate if row.application else "–")

    @display(description=gettext_lazy("problem"))
    def words_short(self, row: Problem) -> str:
        """Its beginning."""
        return row.words if len(row.words) <= 60 else f"{row.words[:60]}…"  # noqa: PLR2004

    @display(description=gettext_lazy("state"), label=COLOURS)
    def state_label(self, row: Problem) -> Any:
        """In words."""
        return row.state, ProblemState(row.state).label


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def report(request: HttpRequest) -> HttpResponse:
    """For whoever is signed in, HR or not: the form, and the own reports with their answers."""
    person = request.user
    if not isinstance(person, User) or not person.is_active:
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    error, typed = "", request.POST.get("words", "")
    page = request.POST.get("page", _came_from(request))
    if request.method == "POST":
        try:
            found = problems.report(words=typed, page=page, by=person)
        except DomainError as refused:
            error = str(refused.message)
        else:
            messages.success(request, _("Thank you. It has the number %(number)s.") % {"number": found})
            return HttpResponseRedirect(reverse("problem_report"))
    context = {
        "person": person,
        "error": error,
        "typed": typed,
        "page": page,
        "longest": problems.LONGEST,
        "own": Problem.objects.filter(raised_by=person).select_related("owner").order_by("-pk")[:MOST],
    }
    return TemplateResponse(request, "recruitment/rounds/problem.html", context, status=422 if error else 200)


def _came_from(request: HttpRequest) -> str:
    """The page of ours that the link was followed from, without what was asked of it."""
    came = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came, {request.get_host()}, request.is_secure())
    return urlsplit(came).path[: problems.LONGEST_PAGE] if ours else ""
