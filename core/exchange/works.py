"""The long work of imports: done beside the product's own jobs, so that no candidate waits for a table."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.exchange.services import exports, imports
from core.jobs.works import SLOW, WorkKind

FILES_AT_ONCE = 10


def _checking(code: str, title: Any, *, at_once: int) -> WorkKind:
    return WorkKind(
        code=code,
        title=title,
        rows=imports.rows_of,
        bring=lambda batch, ids: imports.check(import_id=batch, ids=ids),
        ended=imports.checked,
        gave_up=imports.gave_up,
        cluster=SLOW,
        at_once=at_once,
    )


def _importing(code: str, title: Any, *, at_once: int = WorkKind.at_once) -> WorkKind:
    return WorkKind(
        code=code,
        title=title,
        rows=imports.rows_of,
        bring=lambda batch, ids: imports.apply(import_id=batch, ids=ids),
        ended=imports.applied,
        cluster=SLOW,
        at_once=at_once,
    )


WORKS = [
    WorkKind(
        code=exports.MAKE,
        title=_("Making the file"),
        rows=exports.to_make,
        bring=lambda export, ids: exports.make(export_id=export),
        gave_up=exports.gave_up,
        cluster=SLOW,
        at_once=1,
    ),
    WorkKind(
        code=imports.READ,
        title=_("Reading the file"),
        rows=imports.to_read,
        bring=lambda batch, ids: imports.read(import_id=batch),
        gave_up=imports.gave_up,
        cluster=SLOW,
        at_once=1,
    ),
    _checking(imports.CHECK, _("Checking the rows"), at_once=500),
    _importing(imports.APPLY, _("Importing the rows")),
    # Each row is a file that processes of their own look at: few in one transaction.
    _checking(imports.CHECK_FILES, _("Checking the files"), at_once=FILES_AT_ONCE),
    _importing(imports.APPLY_FILES, _("Importing the files"), at_once=FILES_AT_ONCE),
    WorkKind(
        code=imports.UNDO,
        title=_("Taking the import back"),
        rows=imports.rows_of,
        bring=lambda batch, ids: imports.undo_rows(import_id=batch, ids=ids),
        ended=imports.undone,
        cluster=SLOW,
    ),
]
