"""The admin class of every page: a list is looked up by what the page offers, and by nothing else.

Django lets whoever reads a list filter it by any field of its rows, the hidden ones included, with any comparison: a
list of people then tells, letter by letter, what is stored in a column that no page shows.

And a form that two people have open saves nothing over the other's work unseen: see core.admin.versions.
"""

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.utils import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils.html import conditional_escape
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin as UnfoldModelAdmin
from unfold.views import ChangeList

from core import seen
from core.admin import versions
from core.admin.filters import refusal
from core.admin.history import WithHistory
from core.counts import BoundedPaginator
from core.history import looks
from core.history.models import LookKind
from core.middleware import was_taken


class Pages(BoundedPaginator):
    """Pages that say how many rows there are as people read it."""

    template_name = "core/admin/pagination.html"


class OfferedLookups(ChangeList):
    """A list that takes the parameters of its own filters and days; for any other the page opens without it."""

    def get_filters(self, request: HttpRequest) -> Any:
        """The filters. IncorrectLookupParameters, which leads back to the whole list, for what nothing here asks."""
        try:
            found = super().get_filters(request)
        except (DisallowedModelAdminLookup, ValidationError, ValueError, OverflowError) as error:
            raise refusal(request) from error
        # What the filters asked for is taken out of the parameters while they are made: the rest was typed.
        if set(found[2]) - self._by_day() - set(self.model_admin.also_by):
            raise refusal(request)
        return found

    def _by_day(self) -> set[str]:
        """The bounds that Django makes of a chosen day, month or year."""
        field = self.date_hierarchy
        return {f"{field}__gte", f"{field}__lt"} if f"{field}__year" in self.filter_params else set()


class Coloured(tuple[str, Any]):
    """A code and its word: a list shows the word in the code's colour, the page of one row the word alone."""

    __slots__ = ()

    def __html__(self) -> str:
        """The word."""
        return str(conditional_escape(self[1]))


def _coloured(shown: Any) -> Any:
    def colour(row: Any) -> Any:
        value = shown(row)
        return Coloured(value) if isinstance(value, tuple) else value

    vars(colour).update(vars(shown))
    return colour


class ModelAdmin(WithHistory, UnfoldModelAdmin):
    """Every page of the admin is one of these; a test names the one that is not."""

    # Lookups that no filter of the page has, but links of ours: the rows of one interview.
    also_by: ClassVar[tuple[str, ...]] = ()
    paginator = Pages
    change_form_before_template = "core/admin/opened_with.html"
    # Of pages of personal records: that somebody opened one is noted, as this.
    looked_at: ClassVar[LookKind | None] = None

    def __init__(self, model: Any, admin_site: Any) -> None:
        super().__init__(model, admin_site)
        for name in self.readonly_fields:
            shown = getattr(self, name, None) if isinstance(name, str) else None
            if getattr(shown, "label", None):
                setattr(self, name, _coloured(shown))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Its rows, without the bytes of files."""
        return seen.without_bytes(super().get_queryset(request))

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Its parts; those that nobody may change here have no handles to drag them by."""
        found = super().get_inline_instances(request, obj)
        for inline in found:
            if getattr(inline, "ordering_field", None) and not inline.has_change_permission(request, obj):
                inline.ordering_field = None
        return list(found)

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        """The list that takes nothing but what it offers."""
        return OfferedLookups

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The rows; and a word about those that somebody added and left empty, which are none."""
        # Asked before they are saved: a row that is kept as it was offered has changed nothing, once it is there.
        empty = sum(not row.has_changed() for row in formset.extra_forms) - formset.extra
        super().save_formset(request, form, formset, change)
        if empty > 0:
            said = ngettext(
                "%(count)s added row was left empty (%(rows)s): it is not saved.",
                "%(count)s added rows were left empty (%(rows)s): they are not saved.",
                empty,
            )
            rows = formset.model._meta.verbose_name_plural
            messages.warning(request, said % {"count": empty, "rows": rows})

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """The first look, by the parameter's name alone; the list itself refuses what none of its filters takes."""
        return lookup in self.also_by or super().lookup_allowed(lookup, value, request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        """The form, which knows what it was opened with."""
        form = super().get_form(request, obj, change=change, **options)
        return type(form)(form.__name__, (versions.Versioned, form), {"__module__": form.__module__})

    def _changeform_view(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        # Held from reading to saving: of two saves at once the second sees the first.
        if request.method == "POST" and object_id is not None:
            self._hold(unquote(object_id))
        return super()._changeform_view(request, object_id, form_url, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form. Where another saved the same at this instant it is looked at again, and says so by the field."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            if not was_taken(error):
                raise
            return super().changeform_view(request, object_id, form_url, extra_context)

    def _hold(self, object_id: str) -> None:
        try:
            key = self.model._meta.pk.to_python(object_id)
        except ValidationError:
            return
        rows = self.model._base_manager.select_for_update(of=("self",)).order_by()
        rows.filter(pk=key).values_list("pk").first()

    def _create_formsets(self, request: HttpRequest, obj: Any, change: bool) -> tuple[list[Any], list[Any]]:
        formsets, inlines = super()._create_formsets(request, obj, change)
        if request.method == "POST" and change:
            for formset, inline in zip(formsets, inlines, strict=True):
                if inline.has_change_permission(request, obj):
                    versions.compare_rows(formset)
        return formsets, inlines

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """The page, with the marks of what it shows."""
        form = context["adminform"].form
        if self.looked_at is not None and request.method == "GET" and form.instance.pk:
            looks.note(request, self.looked_at, form.instance)
        formsets = [each.formset for each in context["inline_admin_formsets"]]
        context["opened_with"] = versions.carried(form, formsets) if form.instance.pk else ""
        return super().render_change_form(request, context, *args, **options)
