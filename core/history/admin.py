"""Who looked at which personal record, and who took which list or file out of the house: for the lead, to read."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean, LeanChangeList
from core.admin.scope import ReadOnly
from core.history import looks, words
from core.history.models import Look, LookKind
from core.joining import joined
from core.text import one_line


@admin.register(Look)
class Looks(Lean, ReadOnly, ModelAdmin):
    """The log as it was written: who, when, which record or list, how many rows of which columns, and why."""

    nothing_yet = _("Nobody has opened a personal record or taken a list away yet.")
    list_display = ["at", "who", "way", "record", "how_many", "columns", "reason"]
    list_filter = [
        ("kind", ChoicesDropdownFilter),
        ("by", AutocompleteSelectFilter),
        ("at", MomentRangeFilter),
    ]
    list_filter_submit = True
    list_fullwidth = True
    search_fields = ["by__search_key"]
    search_help_text = _("A colleague's name")
    fields = readonly_fields = [
        "at", "who", "way", "record", "how_many", "columns", "narrowed_by", "reason"
    ]  # fmt: skip

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The lead: it names candidates, and who read about them."""
        return bool(getattr(request.user, "is_lead", False)) and request.user.is_active

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same people."""
        return self.has_view_permission(request)

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[LeanChangeList]:
        """With what the records are called."""
        return _Named

    def with_details(self, rows: QuerySet[Look]) -> QuerySet[Look]:
        """With who it was."""
        return rows.select_related("by")

    @display(description=_("by"))
    def who(self, look: Look) -> str:
        """The colleague; of an account that is gone its number."""
        return looks.viewer_of(look)

    @display(description=_("kind of look"))
    def way(self, look: Look) -> str:
        """A page, a file, an export; and as what it was taken, or that the API told it."""
        return " · ".join(filter(None, (look.get_kind_display(), look.facts.get("format"))))

    @display(description=_("of what"))
    def record(self, look: Look) -> Any:
        """The record, with the way to it; or the list that was taken away."""
        model = words.model_of(look.model)
        if model is None:
            return gettext(look.facts.get("title") or look.model)
        if not look.object_id:
            return capfirst(str(model._meta.verbose_name_plural))
        key, kind = (look.model, look.object_id), capfirst(str(model._meta.verbose_name))
        # On the page of one nobody has read it yet.
        name = look.called if hasattr(look, "called") else words.names_of([key]).get(key, "")
        said = (
            gettext("%(kind)s “%(name)s”") % {"kind": kind, "name": name}
            if name
            else f"{kind} {look.object_id}"
        )
        try:
            address = reverse(f"admin:{look.model.replace('.', '_')}_change", args=[look.object_id])
        except NoReverseMatch:
            return said
        return format_html('<a href="{}">{}</a>', address, said) if name else said

    @display(description=_("how many"), empty_value="–")
    def how_many(self, look: Look) -> int | None:
        """Of what was taken away."""
        return look.count if look.kind == LookKind.EXPORT else None

    @display(description=_("columns"), empty_value="–")
    def columns(self, look: Look) -> str | None:
        """What was taken away of each row, by the headings of the list."""
        return joined(_heading(look.model, name) for name in look.facts.get("columns", ())) or None

    @display(description=_("narrowed by"), empty_value="–")
    def narrowed_by(self, look: Look) -> str | None:
        """By which filters; what was looked for is not kept."""
        return joined(_filter(look.model, name) for name in look.facts.get("by", ())) or None

    @display(description=_("reason"), empty_value="–")
    def reason(self, look: Look) -> str | None:
        """What somebody said it was needed for."""
        return looks.reason_of(look) or None


class _Named(LeanChangeList):
    """The list: the names of a page's records are read together, by a statement for each kind."""

    def rows_of(self, ids: Sequence[Any]) -> list[Any]:
        """These rows, each with its record's name."""
        rows: list[Any] = super().rows_of(ids)
        names = words.names_of((row.model, row.object_id) for row in rows)
        for row in rows:
            row.called = names.get((row.model, row.object_id), "")
        return rows


def _heading(label: str, column: str) -> str:
    """A column as it stands above its list; one that the list has no more as it is named."""
    model = words.model_of(label)
    page = admin.site._registry.get(model) if model else None
    try:
        return one_line(str(label_for_field(column, model, page)))  # type: ignore[arg-type]
    except (AttributeError, FieldDoesNotExist):
        return column


def _filter(label: str, name: str) -> str:
    """What a list was narrowed by, as the address named it: a search, or a field."""
    if name == SEARCH_VAR:
        return gettext("words to search for")
    model: Any = words.model_of(label)
    try:
        return str(model._meta.get_field(name.partition(LOOKUP_SEP)[0]).verbose_name)
    except (AttributeError, FieldDoesNotExist):
        return name
