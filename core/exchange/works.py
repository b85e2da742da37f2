"""The long work of imports: done beside the product's own jobs, so that no candidate waits for a table."""

from django.utils.translation import gettext_lazy as _

from core.exchange.services import exports, imports
from core.jobs.works import SLOW, WorkKind

FILES_AT_ONCE = 10

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
    WorkKind(
        code=imports.CHECK,
        title=_("Checking the rows"),
        rows=imports.rows_of,
        bring=lambda batch, ids: imports.check(import_id=batch, ids=ids),
        ended=imports.checked,
        gave_up=imports.gave_up,
        cluster=SLOW,
        at_once=500,
    ),
    WorkKind(
        code=imports.APPLY,
        title=_("Importing the rows"),
        rows=imports.rows_of,
        bring=lambda batch, ids: imports.apply(import_id=batch, ids=ids),
        ended=imports.applied,
        cluster=SLOW,
    ),
    # Each row is a file that processes of their own look at: few in one transaction.
    WorkKind(
        code=imports.CHECK_FILES,
        title=_("Checking the files"),
        rows=imports.rows_of,
        bring=lambda batch, ids: imports.check(import_id=batch, ids=ids),
        ended=imports.checked,
        gave_up=imports.gave_up,
        cluster=SLOW,
        at_once=FILES_AT_ONCE,
    ),
    WorkKind(
        code=imports.APPLY_FILES,
        title=_("Importing the files"),
        rows=imports.rows_of,
        bring=lambda batch, ids: imports.apply(import_id=batch, ids=ids),
        ended=imports.applied,
        cluster=SLOW,
        at_once=FILES_AT_ONCE,
    ),
    WorkKind(
        code=imports.UNDO,
        title=_("Taking the import back"),
        rows=imports.rows_of,
        bring=lambda batch, ids: imports.undo_rows(import_id=batch, ids=ids),
        ended=imports.undone,
        cluster=SLOW,
    ),
]
