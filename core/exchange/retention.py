"""How long the files and rows of imports are kept: a quarter of a year, in which an import can be taken back."""

from core.exchange.models import Export, Import, ImportFile, ImportRow
from core.jobs.retention import Keep


def _files_and_rows(imports: list[int]) -> None:
    ImportRow.objects.filter(batch__in=imports)._raw_delete("default")
    ImportFile.objects.filter(batch__in=imports)._raw_delete("default")


KEPT = [
    Keep(Import, since="created_at", days=92, may_go={}, first=_files_and_rows),
    # Files of lists: a day.
    Keep(Export, since="expires_at", days=0, may_go={}),
]
