"""How long the files and rows of imports are kept: a quarter of a year, in which an import can be taken back."""

from django.utils.translation import gettext_lazy as _

from core.exchange.erasing import rows_of
from core.exchange.models import Export, Import, ImportFile, ImportRow
from core.jobs.retention import Keep
from core.persons import Records


def _files_and_rows(imports: list[int]) -> None:
    ImportRow.objects.filter(batch__in=imports)._raw_delete("default")
    ImportFile.objects.filter(batch__in=imports)._raw_delete("default")


def _of_held(held: Records, imports: list[int]) -> set[int]:
    """Files in which somebody stands whose record is held."""
    theirs = rows_of(held)
    return set(ImportRow.objects.filter(theirs, batch__in=imports).values_list("batch", flat=True))


KEPT = [
    Keep(
        Import,
        since="created_at",
        days=92,
        may_go={},
        first=_files_and_rows,
        spared=_of_held,
        title=_("Files and rows of imports"),
        why=_("As long as an import can be taken back."),
        bounds=(7, 366),
    ),
    # Files of lists: a day.
    Keep(
        Export,
        since="expires_at",
        days=0,
        may_go={},
        title=_("Files of lists"),
        why=_("A day: whoever needs one has it made again."),
    ),
]
