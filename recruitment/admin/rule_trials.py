"""The page on which a change of an opening's advance rule is tried: whom it would have moved, before it is made."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from people.actors import person_of
from recruitment.models import Competency, Opening
from recruitment.rules import may_recruit
from recruitment.services import rule_trials

UNPROCESSABLE = 422
PERCENT: dict[str, Any] = {"min_value": 0, "max_value": 100, "max_digits": 5, "decimal_places": 2}


class TrialForm(forms.Form):
    """The overall score, and of each competency the least."""

    threshold = forms.DecimalField(label=_("overall at least"), **{**PERCENT, "min_value": 1})

    def __init__(self, *args: Any, opening: Opening, **options: Any) -> None:
        super().__init__(*args, **options)
        rule = getattr(opening, "advance_rule", None)
        self.fields["threshold"].initial = rule.threshold if rule else Decimal(80)
        measured = Competency.objects.filter(stages__version__plan=opening.interview_plan).distinct()
        self.competencies = list(measured.order_by("pk"))
        for each in self.competencies:
            self.fields[f"least_{each.pk}"] = forms.DecimalField(label=str(each), required=False, **PERCENT)

    def least(self) -> dict[int, Decimal]:
        """By competency, where one is asked for."""
        typed = {each.pk: self.cleaned_data[f"least_{each.pk}"] for each in self.competencies}
        return {key: figure for key, figure in typed.items() if figure is not None}


class WithRuleTrial:
    """For the ModelAdmin of openings, before it in the bases: `<opening>/rule/`. It writes nothing."""

    def get_urls(self) -> list[URLPattern]:
        """The page."""
        view = self.admin_site.admin_view(self.rule_view)  # type: ignore[attr-defined]
        return [path("<int:pk>/rule/", view, name="recruitment_opening_rule"), *super().get_urls()]  # type: ignore[misc]

    def rule_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form, and with `threshold` in the address what the rule would have done."""
        opening = self.get_object(request, str(pk))  # type: ignore[attr-defined]
        if opening is None or not may_recruit(person_of(request), Opening, opening.pk):
            raise Http404
        is_asked = "threshold" in request.GET
        form = TrialForm(request.GET if is_asked else None, opening=opening)
        trial = None
        if is_asked and form.is_valid():
            trial = rule_trials.try_rule(
                opening, threshold=form.cleaned_data["threshold"], least=form.least()
            )
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": _("Try an advance rule"),
            "opening": opening,
            "form": form,
            "trial": trial,
        }
        status = UNPROCESSABLE if is_asked and trial is None else 200
        return TemplateResponse(request, "recruitment/admin/rule_trial.html", context, status=status)
