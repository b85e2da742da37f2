"""The page on which a change of an opening's advance rule is tried and made: whom it would have moved, before it is."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from people.actors import person_of
from recruitment.models import Opening, RuleVersion
from recruitment.rules import may_recruit
from recruitment.services import rule_trials

UNPROCESSABLE = 422
PERCENT: dict[str, Any] = {"min_value": 1, "max_value": 100, "max_digits": 5, "decimal_places": 2}


class TrialForm(forms.Form):
    """The overall score, and of each competency the least."""

    threshold = forms.DecimalField(label=_("overall at least"), **PERCENT)

    def __init__(self, *args: Any, opening: Opening, **options: Any) -> None:
        super().__init__(*args, **options)
        rule = getattr(opening, "advance_rule", None)
        self.fields["threshold"].initial = rule.threshold if rule else Decimal(80)
        asked = rule_trials.least_of(rule)
        self.competencies = rule_trials.measured(opening)
        for each in self.competencies:
            self.fields[f"least_{each.pk}"] = forms.DecimalField(
                label=_("%(competency)s at least") % {"competency": each},
                required=False,
                initial=asked.get(each.pk),
                **PERCENT,
            )

    def least(self) -> dict[int, Decimal]:
        """By competency, where one is asked for."""
        typed = {each.pk: self.cleaned_data[f"least_{each.pk}"] for each in self.competencies}
        return {key: figure for key, figure in typed.items() if figure is not None}


class WithRuleTrial:
    """For the ModelAdmin of openings, before it in the bases: `<opening>/rule/`. Asked, it writes nothing; sent, it
    makes what was tried the opening's rule."""

    def get_urls(self) -> list[URLPattern]:
        """The page."""
        view = self.admin_site.admin_view(self.rule_view)  # type: ignore[attr-defined]
        return [path("<int:pk>/rule/", view, name="recruitment_opening_rule"), *super().get_urls()]  # type: ignore[misc]

    def rule_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form, and with `threshold` in the address what the rule would have done."""
        opening = self.get_object(request, str(pk))  # type: ignore[attr-defined]
        if opening is None or not may_recruit(person_of(request), Opening, opening.pk):
            raise Http404
        typed = request.POST if request.method == "POST" else request.GET
        is_asked = "threshold" in typed
        form = TrialForm(typed if is_asked else None, opening=opening)
        trial = None
        if is_asked and form.is_valid():
            if request.method == "POST":
                return _taken(request, opening, form)
            trial = rule_trials.try_rule(
                opening, threshold=form.cleaned_data["threshold"], least=form.least()
            )
        versions = RuleVersion.objects.filter(opening=opening).select_related("made_by")
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": _("Try an advance rule"),
            "opening": opening,
            "form": form,
            "trial": trial,
            "moved": [] if trial is None else _moved(trial),
            "versions": versions.prefetch_related("conditions__competency")[: rule_trials.MOST_SHOWN],
        }
        status = UNPROCESSABLE if is_asked and trial is None else 200
        return TemplateResponse(request, "recruitment/admin/rule_trial.html", context, status=status)


def _moved(trial: rule_trials.Trial) -> list[dict[str, Any]]:
    """Whom only one of the two rules would invite: how many, and the newest of them."""
    both = (
        (_("Invited by this rule alone"), trial.gained),
        (_("Invited by the present rule alone"), trial.lost),
    )
    return [
        {"title": title, "count": len(rows), "rows": rows[: rule_trials.MOST_SHOWN]} for title, rows in both
    ]


def _taken(request: HttpRequest, opening: Opening, form: TrialForm) -> HttpResponse:
    here = reverse("admin:recruitment_opening_rule", args=[opening.pk])
    try:
        version = rule_trials.take(
            opening_id=opening.pk,
            threshold=form.cleaned_data["threshold"],
            least=form.least(),
            by=person_of(request),
        )
    except DomainError as error:
        messages.error(request, str(error.message))
        return HttpResponseRedirect(here)
    said = _("%(rule)s holds for interviews that begin from now on.") % {"rule": version.words}
    messages.success(request, said)
    return HttpResponseRedirect(here)
