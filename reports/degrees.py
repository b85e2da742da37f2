"""The highest degree that confirmed educations name, in free words: 浙江大学 · 本科, Bachelor of Science."""

from typing import TYPE_CHECKING, Any

from django.db.models import Case, Subquery, When
from django.db.models import Value as Constant
from django.utils.translation import gettext_lazy as _

from recruitment.models import ResumeFact
from reports.past import Past
from reports.registry import Dimension

if TYPE_CHECKING:
    from django.db.models import QuerySet

EDUCATION = Dimension("education", _("highest degree"))
NONE_NAMED, COLLEGE, BACHELOR, MASTER, DOCTOR = range(5)
LABELS = {
    None: _("not known"),
    NONE_NAMED: _("degree not named"),
    COLLEGE: _("Junior college"),
    BACHELOR: _("Bachelor"),
    MASTER: _("Master"),
    DOCTOR: _("Doctor"),
}
# The highest first: 硕士研究生 is no doctor's, 本科 beside 硕士 in one line is the lower of the two.
WORDS = {
    DOCTOR: r"博士|\mPh\.?D|\mdoctor",
    MASTER: r"硕士|研究生|\mMBA\M|\mmaster|\mM\.?(Sc|A|Eng)\M",
    BACHELOR: r"本科|学士|\mbachelor|\mB\.?(Sc|A|Eng)\M",
    COLLEGE: r"大专|专科|高职|\mjunior college|\massociate",
}


def highest(educations: "QuerySet[Any]", past: Past) -> Subquery:
    """The highest one of an application's confirmed educations, 0 where none names a degree, none without education."""
    rank = Case(
        *(When(title_then__iregex=words, then=Constant(rank)) for rank, words in WORDS.items()),
        default=Constant(NONE_NAMED),
    )
    rows: Any = educations.annotate(title_then=past.value(ResumeFact, "title")).annotate(rank=rank)
    return Subquery(rows.order_by("-rank").values("rank")[:1])


def label(rank: int | None) -> str:
    """In words."""
    return str(LABELS[rank])
