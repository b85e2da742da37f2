"""The highest degree of an application's confirmed educations."""

from typing import TYPE_CHECKING, Any

from django.db.models import (
    Aggregate,
    F,
    Func,
    IntegerField,
    JSONField,
    Max,
    OuterRef,
    Q,
    Subquery,
    TextField,
)
from django.db.models import Value as Constant
from django.db.models.functions import Cast, Coalesce, Greatest
from django.utils.translation import gettext_lazy as _
from django_cte import CTE, with_cte

from recruitment.enums_incoming import Degree, ResumeFactKind
from recruitment.models import ResumeFact
from reports.past import Past
from reports.registry import Dimension

if TYPE_CHECKING:
    from django.db.models import QuerySet

EDUCATION = Dimension("education", _("highest degree"))
NONE_NAMED = 0


def by_application(facts: "QuerySet[Any]", past: Past) -> "QuerySet[Any]":
    """The facts of résumés as they are or were, `kind_then` of each, by application: with `education`, the highest
    degree, `NONE_NAMED` where no education names one, none without education."""
    there = facts.filter(past.was_there(ResumeFact)).annotate(kind_then=past.value(ResumeFact, "kind"))
    return (
        there.order_by()
        .values("application_id")
        .annotate(education=_highest(past.value(ResumeFact, "degree")))
    )


def gone_by_application(past: Past) -> "QuerySet[Any] | None":
    """The same of facts that were deleted since, by `application_id_then`; None where none are looked for."""
    gone = past.gone(ResumeFact, "application_id", "kind", "degree")
    if gone is None:
        return None
    return gone.values("application_id_then").annotate(education=_highest(F("degree_then")))


def _highest(degree: Any) -> Max:
    return Max(Coalesce(degree, NONE_NAMED), filter=Q(kind_then=ResumeFactKind.EDUCATION))


class _AsMap(Aggregate):
    """Two columns as one value: what the second holds under the first."""

    function = "jsonb_object_agg"
    output_field = JSONField()


class _Under(Func):
    """What such a value holds under a key, as text."""

    arg_joiner = " ->> "
    template = "(%(expressions)s)"
    output_field = TextField()


def highest(application: str, past: Past) -> Any:
    """The highest one of the application that this column names, as `by_application` says it."""
    facts = ResumeFact.objects.filter(application=OuterRef(application))
    there = Subquery(by_application(facts, past).values("education"))
    deleted = gone_by_application(past)
    if deleted is None:
        return there
    # Looked up once, not row by row.
    gone = CTE(deleted, name="gone_degrees")
    every = gone.queryset().order_by().values(every=Constant(1))
    lost = every.annotate(found=_AsMap("application_id_then", "education")).values("found")
    key = Cast(F(application), TextField())
    return Greatest(there, Cast(_Under(Subquery(with_cte(gone, select=lost)), key), IntegerField()))


def label(rank: int | None) -> str:
    """In words."""
    if rank is None:
        return str(_("not known"))
    return str(Degree(rank).label if rank else _("degree not named"))
