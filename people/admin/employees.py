"""Employee files."""

from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.filters import DayRangeFilter
from core.admin.lists import Lean
from core.admin.masking import Masked
from core.admin.panels import WithPanels
from core.admin.steps import WithSteps
from core.errors import DomainError
from core.history.models import LookKind
from people.calendar import require_working_day
from people.models import Employee, EmployeeStatus
from people.services import employees


class EmployeeForm(ModelForm):
    """A file; a start that is typed lies on a working day."""

    class Meta:
        model = Employee
        fields = [
            "name", "department", "position", "user", "email", "phone", "other_contacts", "wecom_userid", "starts_on",
        ]  # fmt: skip

    def clean_starts_on(self) -> date | None:
        """What stands already may stay, whatever day it is."""
        day: date | None = self.cleaned_data["starts_on"]
        if day is None or day == self.initial.get("starts_on"):
            return day
        try:
            require_working_day(day)
        except DomainError as error:
            raise ValidationError(str(error.message), code=error.code) from error
        return day


@admin.register(Employee)
class EmployeeAdmin(Masked, Lean, WithSteps, WithPanels, ModelAdmin):
    """The files. The status is written by its actions; what apps know of a person stands in their panels."""

    form = EmployeeForm
    looked_at = LookKind.PAGE
    masked = ("phone", "email", "other_contacts")
    nothing_yet = _("No file yet: one is made when an onboarding begins.")
    list_display = ["name", "number", "department", "position", "starts_on", "status_label"]
    list_select_related = ["department"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("department", AutocompleteSelectFilter),
        ("starts_on", DayRangeFilter),
    ]
    list_filter_submit = True
    search_fields = ["search_key"]
    sortable_by = ["number", "starts_on"]
    ordering = ["name_key", "pk"]
    autocomplete_fields = ["department", "user"]
    readonly_fields = ["number", "status_label", "status_since", "created_at"]
    actions = ["mark_active", "mark_left"]
    fieldsets = [
        (None, {"fields": ["number", "name", "department", "position", "status_label", "starts_on"]}),
        (_("Contact"), {"fields": ["user", "email", "phone", "other_contacts", "wecom_userid"]}),
        (_("Dates"), {"fields": ["status_since", "created_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Employee]:
        """Employees; prospective hires where they are asked for by their status, or by their own page."""
        rows: QuerySet[Employee] = super().get_queryset(request)
        match = request.resolver_match
        if "status__exact" in request.GET or (match is not None and "object_id" in match.kwargs):
            return rows
        return rows.exclude(status=EmployeeStatus.PROSPECTIVE)

    def save_model(self, request: HttpRequest, obj: Employee, form: ModelForm, change: bool) -> None:
        """A new file gets its number from the service."""
        if change:
            super().save_model(request, obj, form, change)
            return
        given = {name: form.cleaned_data[name] for name in _OPENED_WITH}
        opened = employees.open_file(**given)
        obj.pk, obj.number = opened.pk, opened.number
        if obj.user_id:
            opened.user_id = obj.user_id
            opened.save(update_fields=["user"])

    @display(
        description=_("status"),
        label={
            EmployeeStatus.PROSPECTIVE.label: "info",
            EmployeeStatus.PREPARING.label: "warning",
            EmployeeStatus.ACTIVE.label: "success",
            EmployeeStatus.CANCELLED.label: "danger",
        },
    )
    def status_label(self, employee: Employee) -> Any:
        """The status in words."""
        return EmployeeStatus(employee.status).label

    @admin.action(description=_("Mark as employed"))
    def mark_active(self, request: HttpRequest, queryset: QuerySet[Employee]) -> None:
        """The chosen people have started."""
        self._mark(request, queryset, EmployeeStatus.ACTIVE)

    @admin.action(description=_("Mark as left"))
    def mark_left(self, request: HttpRequest, queryset: QuerySet[Employee]) -> None:
        """The chosen people have left."""
        self._mark(request, queryset, EmployeeStatus.LEFT)

    def _mark(self, request: HttpRequest, queryset: QuerySet[Employee], status: EmployeeStatus) -> None:
        chosen = list(queryset.order_by("pk").values_list("pk", flat=True))
        for pk in chosen:
            employees.set_status(employee_id=pk, status=status)
        text = ngettext("%(count)d file changed.", "%(count)d files changed.", len(chosen))
        self.message_user(request, text % {"count": len(chosen)}, messages.SUCCESS)


_OPENED_WITH = [
    "name", "department", "position", "email", "phone", "other_contacts", "wecom_userid", "starts_on",
]  # fmt: skip
