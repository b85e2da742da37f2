"""The highest degree of an application's confirmed educations."""

from typing import TYPE_CHECKING, Any

from django.db.models import Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from recruitment.enums_incoming import Degree
from recruitment.models import ResumeFact
from reports.past import Past
from reports.registry import Dimension

if TYPE_CHECKING:
    from django.db.models import QuerySet

EDUCATION = Dimension("education", _("highest degree"))
NONE_NAMED = 0


def highest(educations: "QuerySet[Any]", past: Past) -> Subquery:
    """The highest one, `NONE_NAMED` where none names a degree, none without education."""
    rows: Any = educations.annotate(degree_then=Coalesce(past.value(ResumeFact, "degree"), NONE_NAMED))
    return Subquery(rows.order_by("-degree_then").values("degree_then")[:1])


def label(rank: int | None) -> str:
    """In words."""
    if rank is None:
        return str(_("not known"))
    return str(Degree(rank).label if rank else _("degree not named"))
