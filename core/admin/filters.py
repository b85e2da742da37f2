"""Filters of lists, where the theme's own would leave a list whole for what it cannot read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import DateField, TimeField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.contrib.filters.admin import RangeDateFilter, RangeDateTimeFilter

A_DAY = timedelta(days=1)
BOUNDS = {"from": "gte", "to": "lte"}


class OneAnswerFilter(SimpleListFilter):
    """Those that one thing is true of, or the whole list. `answer`: as it stands in the address, and in words."""

    answer: tuple[str, Any]

    def found(self) -> QuerySet[Any]:
        """The rows that it is true of, by their own table."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one answer."""
        return [self.answer]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """These alone, when they are asked for."""
        is_asked = self.value() == self.answer[0]
        return queryset.filter(pk__in=self.found().values("pk")) if is_asked else queryset


class DayRangeFilter(RangeDateFilter):
    """From a day to a day, both included.

    IncorrectLookupParameters, which leads back to the whole list and says so, for what is no day.
    """

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows between the two."""
        asked = {}
        for end, lookup in BOUNDS.items():
            day = self.used_parameters.get(f"{self.parameter_name}_{end}") or ""
            if day:
                with refusing_unreadable(request):
                    asked[f"{self.parameter_name}__{lookup}"] = DateField().clean(day)
        return queryset.filter(**asked)


class MomentRangeFilter(RangeDateTimeFilter):
    """From a moment to a moment, by the reader's clock. A day without a time is the whole day, at either end.

    IncorrectLookupParameters, which leads back to the whole list and says so, for what is no day or no time.
    """

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows between the two."""
        return queryset.filter(
            **{f"{self.parameter_name}__{lookup}": at for lookup, at in self.asked(request).items()}
        )

    def asked(self, request: HttpRequest) -> dict[str, datetime]:
        """What was typed: by gte, and by lte or, behind a whole day, by lt."""
        found = {}
        for end, lookup in BOUNDS.items():
            day, clock = (
                self.used_parameters.get(f"{self.parameter_name}_{end}_{part}") or "" for part in "01"
            )
            if not day and not clock:
                continue
            with refusing_unreadable(request):
                at = TimeField().clean(clock) if clock else time.min
                moment = timezone.make_aware(datetime.combine(DateField().clean(day), at))
                if clock or end == "from":
                    found[lookup] = moment
                else:
                    found["lt"] = moment + A_DAY
        return found


@contextmanager
def refusing_unreadable(request: HttpRequest) -> Iterator[None]:
    """Lead back to the whole list, and say so, when what a filter was given cannot be read."""
    try:
        yield
    except (ValidationError, OverflowError, ValueError) as error:
        raise refusal(request) from error


def refusal(request: HttpRequest) -> IncorrectLookupParameters:
    """What leads back to the whole list, and the sentence that says so."""
    messages.warning(request, _("This list cannot be filtered like that; it is shown whole."))
    return IncorrectLookupParameters()
