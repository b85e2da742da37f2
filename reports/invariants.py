"""What the reports promise: a stored figure is what a recount finds."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from core.checks.declaring import Found, Invariant
from reports.models import Fold, KeptTable


def differing() -> Iterator[Found]:
    """How many stored figures the last night's recount had to set right."""
    for row in Fold.objects.filter(differences__gt=0):
        yield Found(name=f"{row.at.isoformat(timespec='minutes')}: {row.differences}")
    for table in KeptTable.objects.filter(differences__gt=0).order_by("pk"):
        yield Found(name=f"{table}: {table.differences}")


INVARIANTS = [
    Invariant(
        code="reports.recount",
        title=_("Stored figures are what counting anew finds."),
        advice=_(
            "The night's recount set them right; if it is found again tomorrow, rows are changed past the suite."
        ),
        look=differing,
    ),
]
