"""The department tree."""

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.lists import Catalogue
from core.admin.panels import WithPanels
from people.models import Department


@admin.register(Department)
class DepartmentAdmin(Catalogue, WithPanels, ModelAdmin):
    """Departments in tree order. Refusing a cycle is the model's."""

    list_display = ["tree_name", "name_en", "manager", "people_count"]
    list_select_related = ["manager"]
    search_fields = ["name", "name_en"]
    autocomplete_fields = ["parent", "manager"]
    fields = ["name", "name_en", "parent", "manager", "wecom_number"]
    readonly_fields = ["wecom_number"]
    ordering = ["path"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Department]:
        """With the number of active people."""
        people = Count("members", filter=Q(members__is_active=True))
        return super().get_queryset(request).annotate(people_count=people)

    @display(description=_("department"), ordering="path")
    def tree_name(self, department: Department) -> str:
        """The name, indented by its depth."""
        depth = department.path.count("/") - 2
        return format_html('<span style="padding-left: {}em">{}</span>', depth * 1.5, str(department))

    @display(description=_("people"), ordering="people_count")
    def people_count(self, department: Department) -> int:
        """How many active people belong to it directly."""
        return department.people_count  # type: ignore[attr-defined]
