"""Lists by the tags of candidates."""

from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from core.counts import REACH
from people.rules import is_hr
from recruitment.models import CandidateTag
from recruitment.services import tags


class TagFilter(DropdownFilter):
    """Candidates by a tag; offered to whoever may read tags."""

    title = _("tag")
    parameter_name = "tag"
    candidate: ClassVar[str] = "pk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every tag that somebody has."""
        return [(name, name) for name in tags.offered()] if is_hr(request.user) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """A few by their ids, many by the index from each row: the database knows how many there are."""
        if not self.value() or not is_hr(request.user):
            return queryset
        having = CandidateTag.objects.order_by().filter(tag=self.value())
        few = list(having.values_list("candidate", flat=True)[: REACH + 1])
        if len(few) <= REACH:
            return queryset.filter(**{f"{self.candidate}__in": few})
        return queryset.filter(Exists(having.filter(candidate=OuterRef(self.candidate))))


class TagOfCandidateFilter(TagFilter):
    """Rows that belong to a candidate, by the candidate's tag."""

    candidate = "candidate"
