"""The box "try an answer" on the pages of a plan and its versions: what the rubric would say of a typed answer."""

from typing import Any

from django import forms
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from core.admin import fields
from recruitment.evaluation.services.trying import try_answer
from recruitment.models import PlanVersion, Question
from recruitment.services.answers import LONGEST_TEXT


class TryForm(forms.Form):
    """A question of one version, and an answer to it."""

    text = fields.words(pgettext_lazy("of a candidate", "answer"), lines=4, max_length=LONGEST_TEXT)

    def __init__(self, *args: Any, version: PlanVersion, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["question"] = forms.ModelChoiceField(
            label=_("question"),
            queryset=Question.objects.filter(stage__version=version).order_by("stage__number", "number"),
            empty_label=None,
            widget=UnfoldAdminSelectWidget(),
        )
        self.order_fields(["question", "text"])


def box(request: HttpRequest, version: PlanVersion | None) -> SafeString:
    """The box against one version; nothing where nothing is asked."""
    if version is None:
        return SafeString("")
    if not Question.objects.filter(stage__version=version).exists():
        return SafeString("")
    context = {"form": TryForm(version=version), "version": version}
    return SafeString(render_to_string("recruitment/admin/try_box.html", context, request))


class WithTrying:
    """For the ModelAdmin of versions, before it in the bases: where the box is sent to."""

    def get_urls(self) -> list[URLPattern]:
        """And the address of the box "try an answer"."""
        address = path(
            "<path:object_id>/try/",
            self.admin_site.admin_view(self.try_view),  # type: ignore[attr-defined]
            name="recruitment_planversion_try",
        )
        return [address, *super().get_urls()]  # type: ignore[misc]

    def try_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What the rubric would say of a typed answer: score, matched and missing points. Writes nothing."""
        version = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if version is None or not self.has_view_permission(request, version):  # type: ignore[attr-defined]
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = TryForm(request.POST, version=version)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": _("Try an answer"),
            "version": version,
            "form": form,
            "tried": None,
        }
        if form.is_valid():
            question = form.cleaned_data["question"]
            context |= {"question": question, "tried": try_answer(question, form.cleaned_data["text"])}
        status = 200 if form.is_valid() else 422
        return TemplateResponse(request, "recruitment/admin/try_answer.html", context, status=status)
