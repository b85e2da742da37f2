"""Training plans with their items."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.panels import WithPanels
from core.admin.scope import ReadOnly
from core.errors import DomainError
from core.history.models import LookKind
from core.joining import joined
from people.actors import person_of
from training.enums import ItemState, PlanState
from training.models import PlanItem, TrainingPlan
from training.rules import may_change_plans
from training.services import plans

if TYPE_CHECKING:
    from training.models.plans import PlanItemQuerySet


class ItemInline(ReadOnly, TabularInline):
    """The items, removed ones included: they tell how the plan came to be what it is."""

    model = PlanItem
    extra = 0
    fields = [
        "course",
        "skill",
        "why",
        "due_text",
        "state",
        "done_at",
        "added_in_version",
        "removed_in_version",
    ]
    readonly_fields = fields
    hide_title = True
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanItem]:
        """With what a line shows."""
        rows = cast("PlanItemQuerySet", super().get_queryset(request))
        return rows.with_recount().select_related("course", "skill")

    @display(description=_("why"))
    def why(self, item: PlanItem) -> str:
        """Levels and evidence in words."""
        return item.why

    @display(description=_("due on"))
    def due_text(self, item: PlanItem) -> str:
        """The date, or the offset while no start is planned."""
        return item.due_text


@admin.register(TrainingPlan)
class TrainingPlanAdmin(Lean, WithPanels, ReadOnly, ModelAdmin):
    """The plans. They follow from what is known; regenerate after the catalogue changed."""

    looked_at = LookKind.PAGE
    nothing_yet = _("No plan yet: it is made as soon as a report or a test shows a skill gap.")
    list_display = [
        "candidate",
        "opening",
        "state_label",
        "basis",
        "planned",
        "done",
        "version",
        "generated_at",
    ]
    list_select_related = ["application__candidate", "application__opening"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("basis", ChoicesDropdownFilter),
        ("application__opening", AutocompleteSelectFilter),
        ("generated_at", MomentRangeFilter),
    ]
    list_filter_submit = True
    search_fields = ["application__candidate__search_key", "application__opening__search_key"]
    sortable_by = ["generated_at"]
    ordering = ["-generated_at", "-pk"]
    actions = ["regenerate"]
    inlines = [ItemInline]
    fields = ["application", "planned_start", "state", "basis", "version", "generated_at", "uncovered_text"]
    readonly_fields = fields

    def with_details(self, rows: QuerySet[TrainingPlan]) -> QuerySet[TrainingPlan]:
        """With the number of planned and done items."""
        counts = {
            "planned_count": Count("items", filter=Q(items__state=ItemState.PLANNED)),
            "done_count": Count("items", filter=Q(items__state=ItemState.DONE)),
        }
        return rows.annotate(**counts)

    def has_regenerate_permission(self, request: HttpRequest) -> bool:
        """Who may regenerate."""
        return may_change_plans(request.user)

    @display(description=_("candidate"))
    def candidate(self, plan: TrainingPlan) -> str:
        """Whose plan it is."""
        return plan.application.candidate.name

    @display(description=_("opening"))
    def opening(self, plan: TrainingPlan) -> str:
        """For which position."""
        return str(plan.application.opening)

    @display(description=_("planned start"), empty_value="–")
    def planned_start(self, plan: TrainingPlan) -> str | None:
        """The day that due dates are counted from."""
        start = plan.application.planned_start
        return date_format(start) if start else None

    @display(
        description=_("state"),
        label={PlanState.ACTIVE: "success", PlanState.CLOSED: "warning"},
    )
    def state_label(self, plan: TrainingPlan) -> Any:
        """The state in words."""
        return plan.state, PlanState(plan.state).label

    @display(description=_("courses planned"))
    def planned(self, plan: TrainingPlan) -> int:
        """How many courses are to be taken."""
        return plan.planned_count  # type: ignore[attr-defined]

    @display(description=_("courses done"))
    def done(self, plan: TrainingPlan) -> int:
        """How many courses were taken."""
        return plan.done_count  # type: ignore[attr-defined]

    @display(description=_("without a course"), empty_value="–")
    def uncovered_text(self, plan: TrainingPlan) -> str | None:
        """The skills that need something no course offers."""
        return joined(row["name"] for row in plan.uncovered) or None

    @admin.action(description=_("Regenerate"), permissions=["regenerate"])
    def regenerate(self, request: HttpRequest, queryset: QuerySet[TrainingPlan]) -> None:
        """Bring the chosen plans to what is known and offered now."""
        changed = 0
        for plan in queryset.order_by("pk"):
            try:
                now = plans.align(application_id=plan.application_id, by=person_of(request))
            except DomainError as error:
                self.message_user(request, f"{plan}: {error.message}", messages.ERROR)
                continue
            changed += now is not None and now.version != plan.version
        text = ngettext("%(count)d plan changed.", "%(count)d plans changed.", changed) % {"count": changed}
        self.message_user(request, text, messages.SUCCESS)
