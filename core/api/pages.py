"""How every list of the API pages: by number as far as rows are counted, and on from there by the last row seen."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from core.counts import REACH, size_of
from core.errors import Invalid, NotFound

AFTER = "after"
LONGEST_TOKEN = 400
FIRST = 1
LONGEST_NUMBER = 6
COUNT_WORDS = "Exact up to 10000. Beyond, an estimate for a whole list, and 10000 for a filtered one."
SIZE_WORDS = "Rows on a page: 50 unless said, 200 at most."
AFTER_WORDS = "Where the page before ended, as its `next` says: the way on behind the first 10000 rows."


@dataclass(frozen=True, slots=True)
class Order:
    """One field of a list's order."""

    name: str
    is_down: bool
    field: Any

    @classmethod
    def of(cls, model: type[Model], name: str) -> "Order":
        """From a field's name, "-" before it for the greatest first."""
        bare = name.removeprefix("-")
        field = model._meta.pk if bare == "pk" else get_fields_from_path(model, bare)[-1]
        return cls(bare, name.startswith("-"), field)

    @property
    def sign(self) -> str:
        """As `order_by` takes it."""
        return f"-{self.name}" if self.is_down else self.name

    def same(self, value: Any) -> Q:
        """The rows with this value."""
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def behind(self, value: Any) -> Q:
        """The rows whose value comes later; none at all is last upwards and first downwards, as PostgreSQL sorts."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if self.is_down else Q(pk__in=[])
        if self.is_down:
            return Q(**{f"{self.name}__lt": value})
        later = Q(**{f"{self.name}__gt": value})
        return later | Q(**{f"{self.name}__isnull": True}) if self.field.null else later

    def from_here(self, value: Any) -> Q:
        """What bounds the index: this value and later ones, where one condition says so."""
        if value is None or (self.field.null and not self.is_down):
            return Q()
        return Q(**{f"{self.name}__{'lte' if self.is_down else 'gte'}": value})


def _order_of(rows: QuerySet[Any]) -> list[Order]:
    """The list's whole order by fields, ties by id."""
    names = [str(name) for name in rows.query.order_by or rows.model._meta.ordering or ["-pk"]]
    if names[-1].removeprefix("-") not in ("pk", rows.model._meta.pk.name):
        names.append("-pk" if names[0].startswith("-") else "pk")
    return [Order.of(rows.model, name) for name in names]


def _later(order: list[Order], values: list[Any]) -> Q:
    """The rows behind the one with these values."""
    found, before = Q(pk__in=[]), Q()
    for one, value in zip(order, values, strict=True):
        found |= before & one.behind(value)
        before &= one.same(value)
    return order[0].from_here(values[0]) & found


class Pages(PageNumberPagination):
    """`{count, next, previous, results}`, 50 a page, up to 200 by `?page_size=`.

    A page is its ids first, by the index, and then these rows with all that they show.
    """

    page_size_query_param = "page_size"
    max_page_size = 200

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page that is asked for. Refused: 404 behind the last page, and `after_invalid`."""
        self._asked = request
        self._next: str | None = None
        self._previous: str | None = None
        size = self._size()
        if not isinstance(queryset, QuerySet):
            return self._of_list(queryset, size)
        order = _order_of(queryset)
        queryset = queryset.order_by(*(one.sign for one in order))
        token = request.query_params.get(AFTER)
        if token is not None:
            return self._after(queryset, order, token, size)
        return self._by_number(queryset, order, size)

    def _size(self) -> int:
        """How many rows a page has: `?page_size=`, at most 200. Invalid: page_size_invalid."""
        text = self._asked.query_params.get(self.page_size_query_param)
        if text is None:
            return int(self.page_size or REACH)
        if not (text.isascii() and text.isdigit() and int(text[:LONGEST_NUMBER])):
            raise Invalid("page_size_invalid", _("A page has a whole number of rows, up to 200."))
        return min(int(text[:LONGEST_NUMBER]), self.max_page_size)

    def _of_list(self, rows: Any, size: int) -> list[Any]:
        """A page of what is no queryset: it is cut first and counted then, since the one may tell the other."""
        if AFTER in self._asked.query_params:
            raise _no_place()
        number = self._number(lambda: len(rows), size)
        begin = (number - 1) * size
        page: list[Any] = rows[begin : begin + size]
        count = self._count = len(rows)
        self._turn(number, has_more=begin + size < count)
        if number > 1 and begin >= count:
            raise _no_page()
        return page

    def _by_number(self, rows: QuerySet[Any], order: list[Order], size: int) -> list[Any]:
        number = self._number(lambda: min(size_of(rows).number, REACH), size)
        begin = (number - 1) * size
        # One row more tells whether there is a page behind; where there is none, nothing has to be counted.
        keys = self._keys(rows, order, begin, size) if begin < REACH else []
        if number > 1 and not keys:
            raise _no_page()
        has_more = len(keys) > size
        self._count = size_of(rows).number if has_more else begin + len(keys)
        self._turn(number, has_more=has_more)
        if has_more and begin + size >= REACH:
            self._next = self._link_after(keys[size - 1][1:])
        return _in_order(rows, [key[0] for key in keys[:size]])

    def _after(self, rows: QuerySet[Any], order: list[Order], token: str, size: int) -> list[Any]:
        keys = self._keys(rows.filter(_later(order, _values(order, token))), order, 0, size)
        self._count = size_of(rows).number
        if len(keys) > size:
            self._next = self._link_after(keys[size - 1][1:])
        return _in_order(rows, [key[0] for key in keys[:size]])

    def _keys(self, rows: QuerySet[Any], order: list[Order], begin: int, size: int) -> list[tuple[Any, ...]]:
        """The ids with what the rows are ordered by, one more than a page has."""
        return list(rows.values_list("pk", *(one.name for one in order))[begin : begin + size + 1])

    def _number(self, count: Callable[[], int], size: int) -> int:
        """Which page is asked for; 404 for what is no page."""
        text = self._asked.query_params.get(self.page_query_param, "1")
        if text in self.last_page_strings:
            return max(1, -(-count() // size))
        if not (text.isascii() and text.isdigit() and 0 < int(text[:LONGEST_NUMBER]) <= REACH):
            raise _no_page()
        return int(text[:LONGEST_NUMBER])

    def _turn(self, number: int, *, has_more: bool) -> None:
        """The addresses of the pages before and behind."""
        address = self._asked.build_absolute_uri()
        if has_more:
            self._next = str(replace_query_param(address, self.page_query_param, number + 1))
        if number > FIRST + 1:
            self._previous = str(replace_query_param(address, self.page_query_param, number - 1))
        elif number > FIRST:
            self._previous = str(remove_query_param(address, self.page_query_param))

    def _link_after(self, values: tuple[Any, ...]) -> str:
        token = base64.urlsafe_b64encode(json.dumps(values, cls=_Exactly).encode()).decode()
        address = remove_query_param(self._asked.build_absolute_uri(), self.page_query_param)
        return str(replace_query_param(address, AFTER, token))

    def get_paginated_response(self, data: Any) -> Response:
        """The page in its envelope."""
        return Response(
            {"count": self._count, "next": self._next, "previous": self._previous, "results": data}
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The envelope, with what `count` means."""
        described = super().get_paginated_response_schema(schema)
        words = {
            "count": COUNT_WORDS,
            "next": "The address of the page behind; null on the last one.",
            "previous": "The address of the page before; null on the first one.",
            "results": "The rows of this page.",
        }
        for name, text in words.items():
            described["properties"][name]["description"] = text
        described["properties"]["count"]["minimum"] = 0
        return described

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Page, its size, and the way on."""
        return [
            _parameter("page", "Which page, from 1.", {"type": "integer", "minimum": 1, "maximum": REACH}),
            _parameter("page_size", SIZE_WORDS, {"type": "integer", "minimum": 1}),
            _parameter(AFTER, AFTER_WORDS, {"type": "string", "maxLength": LONGEST_TOKEN}),
        ]


def _parameter(name: str, words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "required": False, "in": "query", "description": words, "schema": schema}


class _Exactly(DjangoJSONEncoder):
    """Moments to the microsecond: a rounded one would skip or repeat rows."""

    def default(self, o: Any) -> Any:
        """Text for what JSON does not know."""
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def _no_page() -> NotFound:
    return NotFound("not_found", _("This list has no such page."))


def _no_place() -> NotFound:
    return NotFound("after_invalid", _("This is no place in the list: take `next` as it was answered."))


def _values(order: list[Order], token: str) -> list[Any]:
    """What a token says; NotFound("after_invalid") for one that was not made here."""
    refused = _no_place()
    try:
        values = json.loads(base64.urlsafe_b64decode(token[:LONGEST_TOKEN].encode("ascii")))
        if not isinstance(values, list) or len(values) != len(order):
            raise refused
        return [one.field.to_python(value) for one, value in zip(order, values, strict=True)]
    except (ValueError, TypeError, OverflowError, ValidationError, binascii.Error):
        raise refused from None


def _in_order(rows: QuerySet[Any], ids: list[Any]) -> list[Any]:
    found = {row.pk: row for row in rows.order_by().filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]
