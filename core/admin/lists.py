"""Lists that take as long over a million rows as over a thousand: how every list of the back office is made.

    class ApplicationAdmin(Lean, ModelAdmin):
        sortable_by = ["stage_since"]                       # only what an index sorts
        search_fields = ["candidate__search_key", "=id"]    # only what an index finds

Counted up to ten thousand and estimated beyond, pages only as far as that, first the ids of a page and then its rows,
so that what a row shows is read for fifty rows and not for all that were skipped.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ORDER_VAR
from django.core.exceptions import ValidationError
from django.db.models import F, Func, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter, RangeDateTimeFilter

from core import searching
from core.admin import exporting, masking
from core.admin.base import OfferedLookups
from core.history.models import Why
from core.searching import Asked

# Of an opening's title many applications hang; of a name few.
MOST_TITLES = 20


class LeanChangeList(OfferedLookups):
    """The list itself: one sort that is offered, and the page in two steps."""

    def __init__(self, request: HttpRequest, *asked: Any, **options: Any) -> None:
        super().__init__(request, *asked, **options)
        may = masking.may_be_taken(self.model_admin, request)
        self.reasons = [(one, Why(one).label) for one in masking.WHY_TAKEN] if may else []
        # The list's own filters go into each row's address below. Left here, every address would be resolved against
        # all of the site's, only to learn that a row's page belongs to its list: a third of a page's time.
        self._kept: str = self.preserved_filters  # type: ignore[has-type]
        self.preserved_filters = ""

    def url_for_result(self, result: Model) -> str:
        """The row's page, which leads back to the list as it is."""
        address = str(super().url_for_result(result))
        return f"{address}?{self._kept}" if self._kept else address

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """The one sort that was asked for, if it is offered; else the list's own. Ties by id, in the same direction."""
        minus, name = self._asked()
        field = self.get_ordering_field(name) if name else None
        if isinstance(field, str):
            return [f"{minus}{field}", f"{minus}pk"]
        own = queryset.query.order_by or self.model_admin.get_ordering(request) or self.lookup_opts.ordering
        first = str(own[0]).lstrip("-") if own else ""
        stretch = self._stretch()
        # A stretch of time is one of the index by it: in any other order its rows would be looked for one by one.
        return [f"-{stretch}", "-pk"] if stretch and stretch != first else list(own or ["-pk"])

    def _stretch(self) -> str:
        """The row's own time or day that a filter in use cuts a stretch out of; "" for none."""
        for item in self.list_filter:
            if isinstance(item, tuple | list) and issubclass(item[1], RangeDateFilter | RangeDateTimeFilter):
                path = item[0]
                asked = (
                    value
                    for name, value in self.params.items()
                    if name.startswith((f"{path}_from", f"{path}_to"))
                )
                if LOOKUP_SEP not in path and any(asked):
                    return str(path)
        return ""

    def get_ordering_field_columns(self) -> dict[int, str]:
        """Which header shows an arrow."""
        minus, name = self._asked()
        return {self.list_display.index(name): "desc" if minus else "asc"} if name else {}

    def _asked(self) -> tuple[str, str]:
        """Direction and column of the sort in the address; ("", "") for none, or for one that is not offered."""
        first = str(self.params.get(ORDER_VAR, "")).partition(".")
        _none, minus, number = (first[0] or first[2].rpartition(".")[2]).rpartition("-")
        if not (number.isascii() and number.isdigit() and int(number) < len(self.list_display)):
            return "", ""
        name = self.list_display[int(number)]
        return (minus, str(name)) if name in (self.sortable_by or ()) else ("", "")

    def get_results(self, request: HttpRequest) -> None:
        """The page: its ids by the index, then these rows with all that they show."""
        super().get_results(request)
        page: QuerySet[Any] = self.result_list  # type: ignore[has-type]
        self.result_list = self.rows_of(list(page.values_list("pk", flat=True)))
        masking.hide(self.result_list)

    def rows_of(self, ids: Sequence[Any]) -> list[Any]:
        """These rows, in this order, with all that they show."""
        rows = self.apply_select_related(self.root_queryset.order_by().filter(pk__in=ids))
        found = {row.pk: row for row in self.model_admin.with_details(rows)}
        return [found[pk] for pk in ids if pk in found]


class Lean:
    """For a ModelAdmin, before it in the bases."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    sortable_by: Any = ()
    is_catalogue = False
    list_after_template = "core/admin/export.html"
    # Columns that are buttons; and those that tell how somebody is reached, which not everybody takes away.
    only_on_screen: ClassVar[tuple[str, ...]] = ("step_buttons",)
    personal: ClassVar[tuple[str, ...]] = ()
    # What a copy has in place of a column that writes days and times in words: these, as days and times.
    in_copies: ClassVar[dict[str, tuple[str, ...]]] = {}

    def get_urls(self) -> list[URLPattern]:
        """The address at which the list is taken away: export/."""
        opts = self.opts  # type: ignore[attr-defined]
        address = path(
            "export/",
            self.admin_site.admin_view(self.export_view),  # type: ignore[attr-defined]
            name=f"{opts.app_label}_{opts.model_name}_export",
        )
        return [address, *super().get_urls()]  # type: ignore[misc]

    def may_take_personal(self, request: HttpRequest) -> bool:
        """Who may change such rows takes away how people are reached."""
        opts = self.opts  # type: ignore[attr-defined]
        return bool(request.user.has_perm(f"{opts.app_label}.change_{opts.model_name}"))

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """The list as it is shown, as a file; a long one is made beside, and its page waits for it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return exporting.answer(self, request)

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[OfferedLookups]:
        """The list in two steps."""
        return LeanChangeList

    def with_details(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What a line shows and no filter asks: read for a page's rows, and for the one row of a page of its own."""
        return rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row with its details, None where this person may not see it. A page that is only read, reads it once."""
        if request.method != "GET":
            return self._found(request, object_id, from_field)
        known = request.__dict__.setdefault("_rows_read", {})
        key = self.model, str(object_id), from_field  # type: ignore[attr-defined]
        if key not in known:
            known[key] = self._found(request, object_id, from_field)
        return known[key]

    def _found(self, request: HttpRequest, object_id: str, from_field: str | None) -> Any:
        rows = self.with_details(self.get_queryset(request))  # type: ignore[attr-defined]
        field = rows.model._meta.pk if from_field is None else rows.model._meta.get_field(from_field)
        try:
            return rows.get(**{field.name: field.to_python(object_id)})
        except (rows.model.DoesNotExist, ValidationError, ValueError):
            return None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The rows that fit what was typed; a catalogue is looked through as Django does."""
        asked = Asked.of(search_term)
        if asked.is_cut:
            words = {"words": searching.MOST_WORDS, "characters": searching.MOST_CHARACTERS}
            text = _("Only the first %(words)s words and %(characters)s characters were looked for.") % words
            messages.warning(request, text, fail_silently=True)
        if not asked.words:
            return queryset, False
        fields = self.get_search_fields(request)  # type: ignore[attr-defined]
        if not any(is_indexed(field) for field in fields):
            text = " ".join(asked.words)
            return super().get_search_results(request, queryset, text)  # type: ignore[misc]
        return few_in_order(queryset.filter(self.found_by(request, asked, search_term.strip()))), False

    def found_by(self, request: HttpRequest, asked: Asked, typed: str) -> Q:
        """The condition on the rows that fit: by the first of the search keys that finds anything, or a number."""
        fields = self.get_search_fields(request)  # type: ignore[attr-defined]
        exact = [_exact(self.model, field[1:], typed) for field in fields if field.startswith("=")]  # type: ignore[attr-defined]
        numbers = Q()
        for one in exact:
            numbers |= one
        for field in fields:
            if field.startswith("="):
                continue
            steps = field.split(LOOKUP_SEP)[:-1]
            model: Any = self.model  # type: ignore[attr-defined]
            if steps:
                model = get_fields_from_path(model, LOOKUP_SEP.join(steps))[-1].related_model
            most = MOST_TITLES if steps[-1:] == ["opening"] else searching.MOST_FOUND
            ids = searching.ids_matching(model, asked, most=most)
            if len(ids) == most:
                text = _("More than can be shown fit these words; type more of them.")
                messages.info(request, text, fail_silently=True)
            if ids:
                return searching.rows_reaching(self.model, LOOKUP_SEP.join(steps), ids) | numbers  # type: ignore[attr-defined]
        return numbers or Q(pk__in=[])


class Catalogue(Lean):
    """For a ModelAdmin of a few hundred rows at most, whatever the company does: it may sort and look as it likes."""

    sortable_by = None
    is_catalogue = True


def is_indexed(field: str) -> bool:
    """Whether an entry of `search_fields` is found by an index: a search key, or an exact value."""
    return field.startswith("=") or field.endswith(searching.KEY)


def _exact(model: type[Model], name: str, typed: str) -> Q:
    """The rows whose field is what was typed; none where it can be no such value. A field of another row is looked for
    there, by its index: beside another condition a join would read both tables."""
    *steps, last = name.split(LOOKUP_SEP)
    *_way, field = cast(list[Any], get_fields_from_path(model, name))
    try:
        value = field.to_python(typed)
        field.run_validators(value)
    except ValidationError:
        return Q()
    if not steps:
        return Q(**{last: value})
    found = field.model._default_manager.order_by().filter(**{last: value})
    ids = list(found.values_list("pk", flat=True)[: searching.MOST_FOUND])
    return searching.rows_reaching(model, LOOKUP_SEP.join(steps), ids) if ids else Q()


class _Sorted(Func):
    """A field's value as nothing but itself: no index is by it."""

    function = "GREATEST"
    arity = 1


def few_in_order(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same rows in the same order, found first and sorted then. For rows that are few: in order of an index the
    database would look through the whole table for them."""
    order = [str(name) for name in rows.query.order_by or rows.model._meta.ordering]
    return rows.order_by(*(_by_value(rows.model, name) for name in order))


def _by_value(model: type[Model], name: str) -> Any:
    bare = name.removeprefix("-")
    field: Any = model._meta.pk if bare == "pk" else get_fields_from_path(model, bare)[-1]
    if field.is_relation:
        return name
    value = _Sorted(F(bare), output_field=field)
    return value.desc() if name.startswith("-") else value.asc()
