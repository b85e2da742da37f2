"""The course catalogue."""

from django.contrib import admin
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from core.admin.base import ModelAdmin
from core.admin.fields import WRITTEN_NUMBERS
from core.admin.lists import Catalogue
from training.models import Course


@admin.register(Course)
class CourseAdmin(Catalogue, ModelAdmin):
    """Courses and diagnostics. A plan follows a change of the catalogue when it is regenerated."""

    list_display = [
        "title", "code", "kind", "skill", "from_level", "to_level", "hours", "offset_working_days", "is_active",
    ]  # fmt: skip
    list_select_related = ["skill"]
    list_filter = [("kind", ChoicesDropdownFilter), ("skill", AutocompleteSelectFilter), "is_active"]
    list_filter_submit = True
    search_fields = ["title", "title_en", "code"]
    autocomplete_fields = ["skill"]
    formfield_overrides = WRITTEN_NUMBERS
    ordering = ["code"]
    fields = [
        "code", ("title", "title_en"), "skill", "kind", ("from_level", "to_level"), ("hours", "offset_working_days"),
        "is_active",
    ]  # fmt: skip
