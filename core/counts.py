"""How many rows there are: exact as far as people turn pages, beyond it an estimate that says that it is one.

Counting a million rows takes as long as reading them, and nobody needs the last digit.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.core.paginator import Paginator
from django.db import connections
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

REACH = 10_000
TEN_THOUSAND = 10_000
DIGITS = 2  # an estimate is said in so many digits


class Exactness(Enum):
    """Exact, about (what the statistics say of a whole table), or more than were counted."""

    EXACT = "exact"
    ABOUT = "about"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Size:
    """A number of rows, and how exact it is."""

    number: int
    exactness: Exactness = Exactness.EXACT

    @classmethod
    def of(cls, counted: int) -> "Size":
        """Of a number that was counted up to one more than REACH."""
        return cls(counted) if counted <= REACH else cls(REACH, Exactness.OVER)

    @property
    def is_exact(self) -> bool:
        """Whether it was counted to the end."""
        return self.exactness is Exactness.EXACT

    @property
    def words(self) -> str:
        """As people read it: 1,234, about 980,000 (约 98 万), 10,000+."""
        if self.exactness is Exactness.OVER:
            return f"{_grouped(self.number)}+"
        if self.exactness is Exactness.ABOUT:
            return _("about %(number)s") % {"number": _rough(self.number)}
        return _grouped(self.number)

    @property
    def shown(self) -> int | str:
        """The number where it is exact, else its words: for one figure among others."""
        return self.number if self.is_exact else self.words


def size_of(rows: QuerySet[Any]) -> Size:
    """How many rows there are. One query up to REACH, and one more for what lies beyond in a whole table."""
    counted = rows.order_by().values("pk")[: REACH + 1].count()
    if counted <= REACH or rows.query.where or rows.query.distinct or rows.query.is_sliced:
        return Size.of(counted)
    return Size(max(_estimated(rows), counted), Exactness.ABOUT)


class BoundedPaginator(Paginator):
    """Pages as far as rows are counted. What lies behind is found by a filter or a search, not by turning pages."""

    @cached_property
    def size(self) -> Size:
        """How many rows there are, to be said."""
        if isinstance(self.object_list, QuerySet):
            return size_of(self.object_list)
        return Size(len(self.object_list))

    @cached_property
    def count(self) -> int:
        """How many can be turned to."""
        return min(self.size.number, REACH) if isinstance(self.object_list, QuerySet) else self.size.number


def _estimated(rows: QuerySet[Any]) -> int:
    """What the last ANALYZE or VACUUM found in the table; less than nothing before the first."""
    with connections[rows.db].cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [rows.model._meta.db_table]
        )
        return int(cursor.fetchone()[0])


def _rough(number: int) -> str:
    """The number in two digits; in Chinese by ten thousands."""
    unit = 10 ** max(0, len(str(number)) - DIGITS)
    rounded = round(number / unit) * unit
    if not (get_language() or "").startswith("zh") or rounded < TEN_THOUSAND:
        return _grouped(rounded)
    return f"{rounded / TEN_THOUSAND:g} 万"


def _grouped(number: int) -> str:
    return f"{number:,}"
