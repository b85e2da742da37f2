"""The steps of an import: sent → checked → confirmed → imported → taken back; and the work behind each, in sets.

Nothing is written before somebody confirmed, by the file's hash, what would become of each row. Every set of rows is
written together with how far the work is: `kill -9` at any line, and the next process goes on behind the last set.
"""

import hashlib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.bulk import update_rows
from core.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from core.events.models import Event
from core.events.running import current_event
from core.exchange import cells, signals
from core.exchange.cells import Fault
from core.exchange.declared import HEADING_WITHIN, Exchanged, exchanged
from core.exchange.models import (
    TAKEN,
    Fate,
    Import,
    ImportFile,
    ImportRow,
    ImportState,
    Matching,
)
from core.exchange.services import matching
from core.history.context import acting
from core.jobs import works
from core.seen import require_as_seen

READ, CHECK, APPLY, UNDO = "exchange.read", "exchange.check", "exchange.apply", "exchange.undo"
CHECK_FILES, APPLY_FILES = "exchange.check_files", "exchange.apply_files"
# Of one person at once: each holds its rows until it is forgotten.
MOST_UNDER_WAY = 5
LONGEST_NAME = 200
WRITTEN_AT_ONCE = 1_000
JUDGED = ("fate", "faults", "hints", "changes", "found")


def send(
    *,
    kind: str,
    name: str,
    content: bytes,
    by: Any,
    mapping: Mapping[str, str] | None = None,
    is_matched_later: bool = False,
) -> Import:
    """Take a file in and have it checked; nothing of it is written yet. `mapping` says which column stands under which
    heading, where the headings themselves do not.

    `is_matched_later`: a file whose columns are not all known is kept, and its columns are matched by hand.
    Forbidden: not_permitted. TooLarge, Invalid: as the kind's `inspect`; kind_unknown, columns_missing,
    headings_unknown, mapping_unknown. Refused: imports_under_way.
    """
    declaration = _permitted(exchanged(kind), by)
    declaration.inspect(content)
    error = None
    try:
        headings, places = matching.read(declaration, content, mapping)
    except Invalid as found:
        if not is_matched_later or found.code not in matching.UNKNOWN:
            raise
        error = {"code": found.code, "text": str(found.message), "params": {}}
        headings, places = list(found.extra.get("headings", [])), {}
    under_way = Import.objects.filter(
        owner=by.pk, state__in=(ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING)
    )
    if under_way.count() >= MOST_UNDER_WAY:
        raise Refused(
            "imports_under_way",
            _("Several of your imports are under way. Please wait until one is finished."),
        )
    with transaction.atomic():
        batch = Import.objects.create(
            kind=kind,
            name=cells.one_line(name)[-LONGEST_NAME:] or kind,
            digest=hashlib.sha256(content).hexdigest(),
            size=len(content),
            state=ImportState.FAILED if error else ImportState.CHECKING,
            error=error,
            headings=headings,
            places=places,
            owner_id=by.pk,
        )
        ImportFile.objects.create(batch=batch, content=content)
        event = _announce(signals.import_sent, batch, by)
        if error is None:
            works.ask(READ, because_of=event)
    return batch


def match(*, import_id: int, mapping: Mapping[str, str], by: Any) -> Import:
    """Say by hand which column stands under which heading: the file is read and checked anew.

    Refused: import_not_matchable, changed_meanwhile. Invalid: columns_missing, mapping_unknown. Forbidden, NotFound.
    """
    with transaction.atomic():
        batch = _held(import_id, by)
        if batch.state not in (ImportState.CHECKED, ImportState.FAILED):
            raise Refused("import_not_matchable", _("The columns of this import cannot be matched any more."))
        require_as_seen(batch)
        content = bytes(ImportFile.objects.get(batch=batch).content)
        batch.headings, batch.places = matching.read(batch.declaration, content, mapping)
        batch.state, batch.error = ImportState.CHECKING, None
        batch.rows.all()._raw_delete("default")
        batch.save(update_fields=["headings", "places", "state", "error"])
        works.ask(READ, because_of=_announce(signals.import_sent, batch, by))
        return batch


def confirm(*, import_id: int, digest: str, by: Any) -> Import:
    """Import what was checked: the rows that are new or changed. `digest` is the file's, as the check showed it.

    Confirmed once more, nothing happens. Refused: import_not_checked, digest_differs, changed_meanwhile. Forbidden,
    NotFound.
    """
    with transaction.atomic():
        batch = _held(import_id, by)
        if digest != batch.digest:
            raise Refused("digest_differs", _("This is not the file that was checked."))
        if batch.state in (ImportState.APPLYING, ImportState.APPLIED):
            return batch
        if batch.state != ImportState.CHECKED:
            raise Refused(
                "import_not_checked", _("Only what has been checked can be imported."), state=batch.state
            )
        require_as_seen(batch)
        batch.state, batch.confirmed_at = ImportState.APPLYING, timezone.now()
        batch.save(update_fields=["state", "confirmed_at"])
        Matching.objects.update_or_create(
            kind=batch.kind, headings=matching.digest_of(batch.headings), defaults={"places": batch.places}
        )
        event = _announce(signals.import_confirmed, batch, by, counts=batch.counts())
        works.ask(APPLY_FILES if batch.declaration.is_of_files else APPLY, because_of=event)
        return batch


def undo(*, import_id: int, by: Any) -> Import:
    """Take back what the import made and nobody has touched since; what was touched stays, and is named.

    Taken back once more, nothing happens. Refused: import_not_applied, changed_meanwhile. Forbidden: not_permitted.
    """
    with transaction.atomic():
        batch = _held(import_id, by)
        if batch.state in (ImportState.UNDOING, ImportState.UNDONE):
            return batch
        if batch.state != ImportState.APPLIED:
            raise Refused(
                "import_not_applied", _("Only what has been imported can be taken back."), state=batch.state
            )
        require_as_seen(batch)
        batch.state = ImportState.UNDOING
        batch.save(update_fields=["state"])
        works.ask(UNDO, because_of=_announce(signals.import_undone, batch, by))
        return batch


def to_read(import_id: int) -> "QuerySet[Import]":
    """What the work of reading goes through: the file."""
    return Import.objects.filter(pk=import_id)


def rows_of(import_id: int) -> "QuerySet[ImportRow]":
    """What the other works go through: all rows of the file."""
    return ImportRow.objects.filter(batch=import_id)


def read(*, import_id: int) -> None:
    """Keep the rows of a file that waits for it, each with what its cells say; their check is asked for.

    Safe to run twice: a file whose rows stand is read no more.
    """
    batch = Import.objects.select_for_update().get(pk=import_id)
    if batch.state != ImportState.CHECKING or batch.rows.exists():
        return
    content = bytes(ImportFile.objects.get(batch=batch).content)
    try:
        rows = _rows(batch, content)
        while some := list(islice(rows, WRITTEN_AT_ONCE)):
            ImportRow.objects.bulk_create(some)
    except DomainError as error:
        batch.rows.all()._raw_delete("default")
        batch.state = ImportState.FAILED
        batch.error = {"code": error.code, "text": str(error.message), "params": {}}
        batch.save(update_fields=["state", "error"])
        return
    event = current_event()
    assert event is not None  # noqa: S101 -- long work follows from an event
    works.ask(CHECK_FILES if batch.declaration.is_of_files else CHECK, because_of=event)


def _rows(batch: Import, content: bytes) -> Any:
    """The rows below the heading: what they say, and which earlier row of the file says the same."""
    declaration = batch.declaration
    lines = declaration.lines(content)
    first = list(islice(lines, HEADING_WITHIN))
    heading = matching.place_of(declaration, first, batch.headings)
    seen: dict[str, tuple[int, str]] = {}

    def rest() -> Any:
        yield from first[heading + 1 :]
        yield from lines

    for line in rest():
        values, faults = declaration.values(line, batch.places)
        row = ImportRow(
            batch=batch,
            number=line.number,
            cells=[cells.shown(cell) for cell in line.cells],
            values={name: _kept(value) for name, value in values.items()},
            faults=[fault.kept() for fault in faults],
        )
        if not faults:
            _compare(row, declaration, values, seen)
        yield row


def _compare(
    row: ImportRow, declaration: Exchanged, values: Mapping[str, Any], seen: dict[str, tuple[int, str]]
) -> None:
    """With the rows before it: what it repeats, and what it contradicts."""
    for key, value in declaration.agree(values).items():
        number, said = seen.setdefault(f"agree|{key}", (row.number, value))
        if said != value:
            text = gettext_noop("Row %(number)s has the same here, and says otherwise who that is.")
            column = key.partition("|")[0]
            row.faults.append(Fault("rows_disagree", text, column=column, number=number).kept())
    if not row.faults:
        keys = declaration.together(values)
        row.of_row = next((seen[key][0] for key in keys if key in seen), None)
        for key in keys:
            seen.setdefault(key, (row.number, ""))


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def check(*, import_id: int, ids: list[int]) -> None:
    """Say of these rows what would become of them; nothing but the rows is written. Safe to run twice."""
    batch = Import.objects.select_related("owner").get(pk=import_id)
    if batch.state != ImportState.CHECKING:
        return
    rows = list(ImportRow.objects.filter(pk__in=ids).order_by("pk"))
    for row in rows:
        if row.faults:
            row.fate = Fate.REFUSED
        elif row.of_row is not None:
            row.fate = Fate.DUPLICATE
    batch.declaration.check(batch, [row for row in rows if row.fate == Fate.PENDING])
    update_rows(rows, JUDGED)


def apply(*, import_id: int, ids: list[int]) -> None:
    """Do with these rows what was confirmed; each as it stands now. One that cannot be done any more is refused, and
    holds up no other. Safe to run twice."""
    batch = Import.objects.select_related("owner").get(pk=import_id)
    if batch.state != ImportState.APPLYING:
        return
    rows = list(
        ImportRow.objects.filter(pk__in=ids, fate__in=TAKEN, applied_at__isnull=True)
        .select_for_update()
        .order_by("pk")
    )
    if not _applied_together(batch, rows):
        for row in rows:
            if not _applied_together(batch, [row]):
                row.fate = Fate.REFUSED
    update_rows(rows, (*JUDGED, "made", "applied_at"))


def _applied_together(batch: Import, rows: list[ImportRow]) -> bool:
    """Whether these rows went in together; alone, a row says why it did not."""
    before = [{name: getattr(row, name) for name in (*JUDGED, "made", "applied_at")} for row in rows]
    try:
        with transaction.atomic(), _acting(batch):
            batch.declaration.apply(batch, rows)
            now = timezone.now()
            for row in rows:
                row.applied_at = now if row.fate in TAKEN else None
            return True
    except (DomainError, IntegrityError) as error:
        for row, values in zip(rows, before, strict=True):
            for name, value in values.items():
                setattr(row, name, value)
        if len(rows) == 1:
            rows[0].faults = [_why(error).kept()]
        return False


def _acting(batch: Import) -> AbstractContextManager[None]:
    """In the history it is whoever sent the file, by it."""
    return acting(source=f"import:{batch.pk}", by=batch.owner_id)


def _why(error: Exception) -> Fault:
    if isinstance(error, DomainError):
        return Fault(error.code, str(error.message))
    return Fault(
        "taken_meanwhile", gettext_noop("Somebody entered the same at this moment. Import the row again.")
    )


def undo_rows(*, import_id: int, ids: list[int]) -> None:
    """Take back what these rows made, as far as nobody has touched it. Safe to run twice."""
    batch = Import.objects.select_related("owner").get(pk=import_id)
    rows = list(
        ImportRow.objects.filter(
            pk__in=ids, applied_at__isnull=False, undone_at__isnull=True, left__isnull=True
        )
        .select_for_update()
        .order_by("pk")
    )
    if batch.state != ImportState.UNDOING or not rows:
        return
    with _acting(batch):
        batch.declaration.undo(batch, rows)
    now = timezone.now()
    for row in rows:
        row.undone_at = None if row.left else now
    update_rows(rows, ("undone_at", "left"))


def checked(import_id: int) -> None:
    """All rows were looked at."""
    _move(import_id, ImportState.CHECKING, ImportState.CHECKED)


def applied(import_id: int) -> None:
    """All rows were done."""
    _move(import_id, ImportState.APPLYING, ImportState.APPLIED)


def undone(import_id: int) -> None:
    """All that could be taken back was."""
    _move(import_id, ImportState.UNDOING, ImportState.UNDONE)


def gave_up(import_id: int, code: str) -> None:
    """Reading or checking failed again and again."""
    text = gettext_noop("The file could not be checked. Please tell the system administrator (%(code)s).")
    Import.objects.filter(pk=import_id, state=ImportState.CHECKING).update(
        state=ImportState.FAILED, error={"code": "check_failed", "text": text, "params": {"code": code}}
    )


def sentence_of(batch: Import) -> str:
    """Why the file could not be read, in the reader's language; "" where it could."""
    return cells.sentence(batch.error) if batch.error else ""


def _move(import_id: int, was: ImportState, to: ImportState) -> None:
    Import.objects.filter(pk=import_id, state=was).update(state=to)


def _permitted(declaration: Exchanged, by: Any) -> Exchanged:
    if not declaration.may(by):
        raise Forbidden("not_permitted", _("Your role does not include this."))
    return declaration


def _held(import_id: int, by: Any) -> Import:
    """The import under its row lock, for somebody who sees it. NotFound: import_unknown."""
    batch = Import.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=import_id).first()
    if batch is None:
        raise NotFound("import_unknown", _("There is no such import."))
    _permitted(batch.declaration, by)
    return batch


def _announce(signal: Any, batch: Import, by: Any, **facts: Any) -> Event:
    event: Event = signal.emit(
        subject=batch,
        facts={"kind": batch.kind, "digest": batch.digest, **facts},
        by=batch.declaration.signed(by),
    )
    return event
