"""The highest degree of an application's confirmed educations."""

from typing import TYPE_CHECKING, Any

from django.db.models import Max, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

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
    named = Coalesce(past.value(ResumeFact, "degree"), NONE_NAMED)
    return (
        facts.filter(past.was_there(ResumeFact))
        .annotate(kind_then=past.value(ResumeFact, "kind"))
        .order_by()
        .values("application_id")
        .annotate(education=Max(named, filter=Q(kind_then=ResumeFactKind.EDUCATION)))
    )


def highest(application: Any, past: Past) -> Subquery:
    """The highest one of an application, as `by_application` says it."""
    facts = ResumeFact.objects.filter(application=application)
    return Subquery(by_application(facts, past).values("education"))


def label(rank: int | None) -> str:
    """In words."""
    if rank is None:
        return str(_("not known"))
    return str(Degree(rank).label if rank else _("degree not named"))
