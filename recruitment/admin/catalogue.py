"""What interviews measure and openings ask for: competencies and skills; within which time a word is promised."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, UniqueConstraint
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.formsets import CheckedFormSet
from core.admin.lists import Catalogue
from recruitment.admin.questions import LevelForm
from recruitment.models import Competency, RubricLevel, Skill, StagePromise


class HouseLevels(CheckedFormSet):
    """The levels of one competency that belong to no plan."""

    def _within(self) -> list[UniqueConstraint]:
        return [UniqueConstraint(fields=["competency", "level"], name="one_anchor_per_level")]

    def _others(self, constraint: UniqueConstraint, names: list[str]) -> set[tuple[Any, ...]]:
        mine = [form.instance.pk for form in self.initial_forms if form.instance.pk]
        rows = RubricLevel.objects.filter(competency=self.instance.pk, version__isnull=True)
        return {keys[1:] for keys in rows.exclude(pk__in=mine).values_list("pk", *names)}


class HouseLevelInline(TabularInline):
    """The house's rubric: what an answer of each level sounds like. A plan takes it over when it is published."""

    model = RubricLevel
    form = LevelForm
    formset = HouseLevels
    extra = 0
    verbose_name_plural = _("The house's rubric; a plan takes it over when its next version is published")
    fields = ["level", "anchor"]
    ordering = ["level"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RubricLevel]:
        """Those of plans are on the plans' pages."""
        return super().get_queryset(request).filter(version__isnull=True)


@admin.register(Competency)
class CompetencyAdmin(Catalogue, ModelAdmin):
    """The competencies that stages measure, and the house's rubric."""

    inlines = [HouseLevelInline]

    list_display = ["name", "name_en", "code"]
    search_fields = ["name", "name_en", "code"]
    prepopulated_fields = {"code": ["name_en"]}
    fields = ["name", "name_en", "code"]


@admin.register(Skill)
class SkillAdmin(Catalogue, ModelAdmin):
    """The skills that openings require and courses teach."""

    list_display = ["name", "name_en", "code", "competency"]
    list_select_related = ["competency"]
    search_fields = ["name", "name_en", "code"]
    autocomplete_fields = ["competency"]
    prepopulated_fields = {"code": ["name_en"]}
    fields = ["name", "name_en", "code", "competency"]


@admin.register(StagePromise)
class StagePromiseAdmin(Catalogue, ModelAdmin):
    """The times of the house, and of the openings that say others. They count for what comes to a stage from now on."""

    nothing_yet = _(
        "No time is set. Until then: three working days for screening, the evaluation and the second round."
    )
    list_display = ["opening_label", "stage", "within"]
    list_select_related = ["opening"]
    autocomplete_fields = ["opening"]
    fields = ["opening", "stage", "within"]

    @display(description=_("opening"))
    def opening_label(self, promise: StagePromise) -> Any:
        """The opening, or the house."""
        return promise.opening or _("whole house")
