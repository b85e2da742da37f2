"""Templates and their steps."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise
from unfold.admin import TabularInline
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.formsets import OrderedFormSet
from core.admin.lists import Catalogue
from core.admin.steps import Step, WithSteps
from onboarding.models import OnboardingTemplate, TemplateStep
from onboarding.services import templates
from people.actors import person_of


class TemplateStepInline(TabularInline):
    """The steps, in the order that they are dragged to."""

    model = TemplateStep
    formset = OrderedFormSet
    ordering_field = "number"
    ordering = ["number"]
    extra = 0
    fields = ["number", "kind", "title", "title_en", "offset_working_days", "owner_role"]


def make_default(
    request: HttpRequest, template: OnboardingTemplate, _values: dict[str, Any]
) -> str | StrPromise:
    """New cases take it from now on."""
    templates.make_default(template_id=template.pk, by=person_of(request))
    return _("New cases take the steps of this template from now on.")


@admin.register(OnboardingTemplate)
class OnboardingTemplateAdmin(Catalogue, WithSteps, ModelAdmin):
    """Templates are HR's to edit; open cases keep the steps they have."""

    list_display = ["name", "is_default", "step_count"]
    search_fields = ["name"]
    fields = ["name", "is_default"]
    readonly_fields = ["is_default"]
    inlines = [TemplateStepInline]
    steps = (
        Step(
            "default",
            _("Make this the default"),
            make_default,
            offered=lambda template: not template.is_default,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[OnboardingTemplate]:
        """With the number of steps."""
        return super().get_queryset(request).annotate(step_total=Count("steps"))

    def has_delete_permission(self, request: HttpRequest, obj: OnboardingTemplate | None = None) -> bool:
        """Not the default: new cases would find no steps."""
        return super().has_delete_permission(request, obj) and not (obj is not None and obj.is_default)

    @display(description=_("steps"), ordering="step_total")
    def step_count(self, template: OnboardingTemplate) -> int:
        """How many steps a case gets."""
        return template.step_total  # type: ignore[attr-defined]
