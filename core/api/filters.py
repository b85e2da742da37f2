"""What every list may be asked by: a search, times and days, one sort, and what has changed since.

    class InterviewFilter(ListFilter):
        sought = Sought(Candidate, "application__candidate")      # ?search=
        sorts = ("window_opens_at",)                              # ?ordering=, besides id and updated_at
        times = ("window_opens_at",)                              # ?window_opens_at_after=, ?window_opens_at_before=
        changes = ((Assessment, "interview"),)                    # what moves a row in ?updated_since=, besides itself

Offer only what an index serves: a list is as quick over a million rows as over a thousand.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.fields import IsoDateTimeField
from drf_spectacular.drainage import set_override

from core.changes import CHANGED
from core.errors import Invalid
from core.numbers import HIGHEST_ID
from core.searching import MOST_CHARACTERS, MOST_FOUND, MOST_WORDS, Asked, matching, rows_reaching

# A blank where the "+" of an offset stood: nobody escaped it in the address.
_LOST_PLUS = re.compile(r"(?<=:\d\d) (?=\d\d:?\d\d$)|(?<=\.\d{6}) (?=\d\d:?\d\d$)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# No text in the database can hold this character.
NO_NULL = r"^[^\x00]*$"
# Nor is a text that has to be said one of blanks alone.
SAID = r"^[^\x00]*[^\x00\s][^\x00]*$"


class IdField(forms.IntegerField):
    """An id in a query: a whole number that the database can hold."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "min_value": 1, "max_value": HIGHEST_ID})


class _Described:
    """A filter that the schema shows as `shape`, with its label for words."""

    shape: ClassVar[dict[str, Any]]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        set_override(self, "field", {**self.shape, "description": options.get("label", "")})


class IdFilter(_Described, django_filters.NumberFilter):
    """`?field=<id>`; an id that does not exist finds nothing, what is no id is 422."""

    shape = {"type": "integer", "format": "int64", "minimum": 1, "maximum": HIGHEST_ID}
    field_class = IdField

    def get_max_validator(self) -> None:
        """The field checks its own bounds."""


class Moment(IsoDateTimeField):
    """A time; a plus that the address lost is put back."""

    def to_python(self, value: Any) -> Any:
        """The moment, in the company's zone where it names none. In UTC: the database knows not every offset."""
        moment = super().to_python(_LOST_PLUS.sub("+", value) if isinstance(value, str) else value)
        try:
            return moment.astimezone(UTC) if isinstance(moment, datetime) else moment
        except OverflowError:
            # Before the first day or after the last that can be written.
            return moment.replace(tzinfo=UTC)


class MomentFilter(_Described, django_filters.IsoDateTimeFilter):
    """`?field=2026-11-28T09:00:00+08:00`."""

    shape = {"type": "string", "format": "date-time"}
    field_class = Moment


class DayField(forms.DateField):
    """A day as 2026-11-28 and in no other way: elsewhere the first number may be the month."""

    def to_python(self, value: Any) -> Any:
        """The day."""
        if isinstance(value, str) and value and not _DAY.fullmatch(value):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class DayFilter(_Described, django_filters.DateFilter):
    """`?field=2026-11-28`."""

    shape = {"type": "string", "format": "date"}
    field_class = DayField


class _Declared(dict[str, Any]):
    """The shape of choices that apps declare: looked up when the schema is made, since filters are made before."""

    def __init__(self, choices: Callable[[], list[tuple[str, Any]]], words: str) -> None:
        super().__init__(type="string", description=words)
        self._choices = choices

    def copy(self) -> dict[str, Any]:
        """With the choices as they are now."""
        return {**self, "enum": [str(value) for value, _label in self._choices()]}


class DeclaredChoiceFilter(django_filters.ChoiceFilter):
    """One of what the apps declare."""

    def __init__(self, *, choices: Callable[[], list[tuple[str, Any]]], label: str) -> None:
        super().__init__(choices=choices, label=label)
        set_override(self, "field", _Declared(choices, label))


class YesOrNoFilter(_Described, django_filters.TypedChoiceFilter):
    """`?field=true` or `false`, and nothing else."""

    shape = {"type": "boolean"}

    def __init__(self, **options: Any) -> None:
        answers = [("true", "true"), ("false", "false")]
        super().__init__(choices=answers, coerce=lambda answer: answer == "true", **options)


class SearchFilter(_Described, django_filters.CharFilter):
    """`?search=`: every word, at the beginning of a word of the key."""

    shape = {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS, "pattern": NO_NULL}


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search looks through: a model with a search key, and the way to it ("" for the list's own)."""

    model: type[Model]
    way: str = ""
    words: str = "Name, phone or e-mail of the person behind the row"

    # One more than anybody looks through.
    most: ClassVar[int] = MOST_FOUND + 1

    def among(self, rows: QuerySet[Any], asked: Asked, user: Any) -> QuerySet[Any]:
        """Those of the rows that fit. Invalid("search_too_wide") when more fit than anybody looks through."""
        known: Any = self.model._default_manager
        seen = known.visible_to(user) if hasattr(known, "visible_to") else known.all()
        found = self.bounded(matching(seen, asked, most=self.most))
        return rows.filter(rows_reaching(rows.model, self.way, found))

    def bounded(self, found: list[Any]) -> list[Any]:
        """What was found, if it is not too much."""
        if len(found) < self.most:
            return found
        raise Invalid(
            "search_too_wide",
            _("More than %(most)s fit these words: type more of them.") % {"most": MOST_FOUND},
        )


class ListFilter(django_filters.FilterSet):
    """The filters of a list: those that are declared, and what the class names."""

    sought: ClassVar[Sought | None] = None
    # Each a field, or (its name in the address, the way to it).
    sorts: ClassVar[tuple[str | tuple[str, str], ...]] = ()
    times: ClassVar[tuple[str, ...]] = ()
    days: ClassVar[tuple[str, ...]] = ()
    changes: ClassVar[tuple[tuple[type[Model], str], ...]] = ()
    # The one of `times` at which a row is made, where newest first is by id: a stretch of it is read by its own index.
    made_at: ClassVar[str] = ""
    # What is computed from rows has its own order, and no time of its own.
    is_computed: ClassVar[bool] = False

    @classmethod
    def get_filters(cls) -> Any:
        """All of them by name."""
        found = super().get_filters()
        if cls._meta.model is None:
            return found
        if cls.sought is not None:
            words = (
                f"{cls.sought.words}: up to {MOST_WORDS} words, each at the beginning of one; of a number also its "
                "last digits, from four on."
            )
            found["search"] = SearchFilter(
                method="by_search", max_length=MOST_CHARACTERS, strip=False, label=words
            )
        for name in cls.times:
            found |= _stretch(name, MomentFilter, "time")
        for name in cls.days:
            found |= _stretch(name, DayFilter, "day")
        if cls.is_computed:
            return found
        words = (
            "Only what has changed since, also in what is shown with it. Ask again with a minute of overlap."
        )
        found["updated_since"] = MomentFilter(method="by_change", label=words)
        paths = cls._sort_paths()
        choices = [(name, name) for bare in paths for name in (bare, f"-{bare}")]
        found["ordering"] = django_filters.ChoiceFilter(
            choices=choices,
            method="by_sort",
            label="One sort, “-” before it for the greatest first; ties by id.",
        )
        return found

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What all of them leave; a stretch of the time they were made by that time, newest first, as by their ids."""
        rows = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        stretch = any(asked.get(f"{self.made_at}_{end}") for end in ("after", "before"))
        return rows.order_by(f"-{self.made_at}", "-pk") if stretch and not asked.get("ordering") else rows

    @classmethod
    def _sort_paths(cls) -> dict[str, str]:
        named = dict((one, one) if isinstance(one, str) else one for one in cls.sorts)
        return {"id": "pk", **named, CHANGED: CHANGED}

    def by_search(self, rows: QuerySet[Any], _name: str, typed: str) -> QuerySet[Any]:
        """The rows that fit what was typed; nothing fits what holds no word."""
        asked = Asked.of(typed)
        assert self.sought is not None  # noqa: S101 -- the filter is only there where something is sought
        return self.sought.among(rows, asked, self.request.user) if asked.words else rows.none()

    def by_change(self, rows: QuerySet[Any], _name: str, since: Any) -> QuerySet[Any]:
        """The rows that have changed, or of which something shown with them has: each found by its own index."""
        own = rows.model._default_manager.order_by().filter(**{f"{CHANGED}__gte": since}).values("pk")
        others = [
            model._default_manager.order_by().filter(**{f"{CHANGED}__gte": since}).values(way)
            for model, way in self.changes
        ]
        return rows.filter(pk__in=own.union(*others) if others else own)

    def by_sort(self, rows: QuerySet[Any], _name: str, name: str) -> QuerySet[Any]:
        """In this order, ties by id the same way."""
        minus, path = ("-" if name.startswith("-") else ""), self._sort_paths()[name.removeprefix("-")]
        return rows.order_by(f"{minus}{path}", f"{minus}pk")


def _stretch(name: str, kind: Any, unit: str) -> dict[str, Any]:
    return {
        f"{name}_after": kind(field_name=name, lookup_expr="gte", label=f"`{name}` at this {unit} or later."),
        f"{name}_before": kind(field_name=name, lookup_expr="lt", label=f"`{name}` before this {unit}."),
    }
