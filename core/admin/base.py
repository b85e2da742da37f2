"""The admin class of every page: a list is looked up by what the page offers, and by nothing else.

Django lets whoever reads a list filter it by any field of its rows, the hidden ones included, with any comparison: a
list of people then tells, letter by letter, what is stored in a column that no page shows.
"""

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin as UnfoldModelAdmin
from unfold.views import ChangeList


class OfferedLookups(ChangeList):
    """A list that takes the parameters of its own filters and days; for any other the page opens without it."""

    def get_filters(self, request: HttpRequest) -> Any:
        """The filters. IncorrectLookupParameters, which leads back to the whole list, for what nothing here asks."""
        try:
            found = super().get_filters(request)
        except (DisallowedModelAdminLookup, ValidationError, ValueError, OverflowError) as error:
            raise self._refusal(request) from error
        # What the filters asked for is taken out of the parameters while they are made: the rest was typed.
        if set(found[2]) - self._by_day() - set(self.model_admin.also_by):
            raise self._refusal(request)
        return found

    def _by_day(self) -> set[str]:
        """The bounds that Django makes of a chosen day, month or year."""
        field = self.date_hierarchy
        return {f"{field}__gte", f"{field}__lt"} if f"{field}__year" in self.filter_params else set()

    def _refusal(self, request: HttpRequest) -> IncorrectLookupParameters:
        messages.warning(request, _("This list cannot be filtered like that; it is shown whole."))
        return IncorrectLookupParameters()


class ModelAdmin(UnfoldModelAdmin):
    """Every page of the admin is one of these; a test names the one that is not."""

    # Lookups that no filter of the page has, but links of ours: the rows of one interview.
    also_by: ClassVar[tuple[str, ...]] = ()

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        """The list that takes nothing but what it offers."""
        return OfferedLookups

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """The first look, by the parameter's name alone; the list itself refuses what none of its filters takes."""
        return lookup in self.also_by or super().lookup_allowed(lookup, value, request)
