"""The advance rule on the page of its opening."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.decorators import display

from core.admin.fields import WRITTEN_NUMBERS
from core.admin.formsets import CheckedFormSet
from recruitment.models import AdvanceRule

HIGHEST = Decimal(100)


# Below this a "full score" is reached by hardly answering: refuse it as a slip of the keyboard.
LOWEST_SENSIBLE = Decimal(1)


class AdvanceRuleForm(forms.ModelForm):
    """The rule, with thresholds that mean something."""

    class Meta:
        model = AdvanceRule
        fields = ["threshold", "second_round_within"]

    def has_changed(self) -> bool:
        """A new rule left as it is offered is a rule too: Django would not write an untouched row."""
        return self.instance.pk is None or super().has_changed()

    def clean_threshold(self) -> Decimal:
        """Above 0 and at most 100; nobody is advanced by a slip of the keyboard."""
        threshold: Decimal = self.cleaned_data["threshold"]
        if threshold <= 0:
            raise forms.ValidationError(
                _("A threshold of %(value)s would invite everybody who finishes. It lies between 1 and 100."),
                code="threshold_not_positive",
                params={"value": f"{threshold.normalize():f}"},
            )
        if threshold > HIGHEST:
            raise forms.ValidationError(
                _("Nobody can reach %(value)s: a score ends at 100."),
                code="threshold_out_of_reach",
                params={"value": f"{threshold.normalize():f}"},
            )
        if threshold < LOWEST_SENSIBLE:
            raise forms.ValidationError(
                _("A threshold is written from 1 to 100, not as a fraction: for 80 %% write 80."),
                code="threshold_is_a_fraction",
            )
        return threshold


class AdvanceRuleInline(StackedInline):
    """One rule an opening; without one a person decides each time."""

    nothing_yet = _("No rule: a person decides on each candidate.")
    model = AdvanceRule
    formset = CheckedFormSet
    formfield_overrides = WRITTEN_NUMBERS
    form = AdvanceRuleForm
    extra = 0
    max_num = 1
    readonly_fields = ["conditions", "to_trial"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The way to the trial for whoever may change the rule there."""
        if request.user.has_perm("recruitment.change_advancerule"):
            return self.readonly_fields
        return [name for name in self.readonly_fields if name != "to_trial"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AdvanceRule]:
        """With what it asks of competencies."""
        rows = super().get_queryset(request).select_related("version")
        return rows.prefetch_related("version__conditions__competency")

    @display(description=_("the whole rule"), empty_value="–")
    def conditions(self, rule: Any) -> str | None:
        """The present version in words."""
        return rule.version.words if rule.version else None

    @display(description=_("before a change"))
    def to_trial(self, rule: Any) -> Any:
        """The way to whom a change would have moved."""
        if rule.pk is None:
            return "–"
        address = reverse("admin:recruitment_opening_rule", args=[rule.opening_id])
        return format_html('<a class="hs-button small" href="{}">{}</a>', address, _("Try an advance rule"))
