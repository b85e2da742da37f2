"""Plan items: what is due, and marking it done."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.filters import DayRangeFilter
from core.admin.lists import Lean
from core.admin.scope import ReadOnly
from core.errors import DomainError
from people.actors import person_of
from training.enums import ItemState
from training.models import PlanItem
from training.rules import may_change_plans
from training.services import items

if TYPE_CHECKING:
    from training.models.plans import PlanItemQuerySet

A_WEEK = 7
STATE_COLOURS = {
    ItemState.PLANNED: "info",
    ItemState.DONE: "success",
    ItemState.REMOVED: "warning",
}


class DueFilter(DropdownFilter):
    """What waits for somebody now, or soon."""

    title = _("to be taken")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """By today, or within a week."""
        return [("due", _("By today")), ("week", _("Within a week"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Of plans that go on."""
        within = {"due": 0, "week": A_WEEK}.get(self.value() or "")
        return queryset if within is None else queryset.due(within=within)


@admin.register(PlanItem)
class PlanItemAdmin(Lean, ReadOnly, ModelAdmin):
    """What is to be learned, the earliest first. Rows come and go with the plan; people mark them done."""

    nothing_yet = _("No course is planned yet: courses come with training plans.")
    list_display = ["candidate", "course", "skill", "why", "due_text", "state_label"]
    list_display_links = ["course"]
    in_copies = {"due_text": ("due_on", "due_words")}
    list_select_related = ["plan__application__candidate", "plan__application__opening", "course", "skill"]
    list_filter = [
        DueFilter,
        ("state", ChoicesDropdownFilter),
        ("reason", ChoicesDropdownFilter),
        ("due_on", DayRangeFilter),
        ("course", AutocompleteSelectFilter),
    ]
    list_filter_submit = True
    search_fields = ["plan__application__candidate__search_key"]
    sortable_by = ["due_text"]
    ordering = ["due_on", "pk"]
    actions = ["mark_done", "mark_not_done"]
    fields = [
        "candidate", "plan", "course", "skill", "reason", "why", "due_text", "state", "done_at",
        "added_in_version", "removed_in_version",
    ]  # fmt: skip
    readonly_fields = fields

    def with_details(self, rows: QuerySet[PlanItem]) -> QuerySet[PlanItem]:
        """With whether the due date is being counted again."""
        return cast("PlanItemQuerySet", rows).with_recount()

    def has_mark_permission(self, request: HttpRequest) -> bool:
        """Who may mark."""
        return may_change_plans(request.user)

    @display(description=_("candidate"))
    def candidate(self, item: PlanItem) -> str:
        """Whose course it is."""
        return item.plan.application.candidate.name

    @display(description=_("why"))
    def why(self, item: PlanItem) -> str:
        """Levels and evidence in words."""
        return item.why

    @display(description=_("due on"), ordering="due_on")
    def due_text(self, item: PlanItem) -> str:
        """The date, or the offset while no start is planned."""
        return item.due_text

    @display(description=_("in words"), empty_value="–")
    def due_words(self, item: PlanItem) -> str | None:
        """What the date alone does not say: the offset without one, or that it is provisional."""
        return item.due_text if item.due_on is None or item.due_is_provisional else None

    @display(description=_("state"), label=STATE_COLOURS)
    def state_label(self, item: PlanItem) -> Any:
        """The state in words."""
        return item.state, ItemState(item.state).label

    @admin.action(description=_("Mark as done"), permissions=["mark"])
    def mark_done(self, request: HttpRequest, queryset: QuerySet[PlanItem]) -> None:
        """The chosen courses were taken."""
        self._mark(request, queryset, items.mark_done)

    @admin.action(description=_("Mark as not done"), permissions=["mark"])
    def mark_not_done(self, request: HttpRequest, queryset: QuerySet[PlanItem]) -> None:
        """The chosen courses were marked done by mistake."""
        self._mark(request, queryset, items.mark_not_done)

    def _mark(
        self, request: HttpRequest, queryset: QuerySet[PlanItem], service: Callable[..., PlanItem]
    ) -> None:
        marked = 0
        for item in queryset.order_by("plan_id", "pk"):
            try:
                service(item_id=item.pk, by=person_of(request))
            except DomainError as error:
                self.message_user(request, f"{item}: {error.message}", messages.ERROR)
            else:
                marked += 1
        if marked:
            text = ngettext("%(count)d course was marked.", "%(count)d courses were marked.", marked)
            self.message_user(request, text % {"count": marked}, messages.SUCCESS)
