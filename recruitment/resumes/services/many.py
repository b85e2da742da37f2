"""Résumés out of a ZIP: each file read and judged, brought in as candidate, application and résumé, and taken away.

The first folder's name, or number, says the opening. The person is known by number or address, as in a table of
candidates; what the file says of them stands in the row with the words that it stands on, for somebody to say yes to.
"""

import hashlib
import io
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.bulk import update_rows
from core.errors import DomainError, Refused
from core.exchange import archives, cells
from core.exchange.cells import Fault
from core.exchange.models import Fate, Import, ImportFile, ImportRow
from people.models import User
from recruitment.enums_incoming import ProposalKind, ProposalState
from recruitment.models import Application, Resume
from recruitment.recordings import storage
from recruitment.resumes import naming, proposing
from recruitment.resumes.services import adding, reading
from recruitment.services import bringing_in

RESUME, PASSAGE = "resume", "passage"
LONGEST_ADDRESS = 254
_UNSAID = ("name", "phone", "email", "source", "planned_start", "language", "other_contacts")


class _StaysError(Exception):
    """Something was worked on since: what was taken away of this row comes back."""


def check(batch: Import, rows: Sequence[ImportRow]) -> None:
    """Read each file, and say what would become of it. Nothing is kept. At most a minute of a processor for a file."""
    try:
        content = _content(batch)
    except Refused as error:
        for row in rows:
            row.fate, row.faults = Fate.REFUSED, [Fault(error.code, str(error.message)).kept()]
        return
    said: dict[int, list[dict[str, Any]]] = {}
    readable = []
    for row in rows:
        try:
            said[row.pk] = _understand(row, content)
        except Fault as fault:
            row.fate, row.faults = Fate.REFUSED, [fault.kept()]
        except DomainError as error:
            row.fate, row.faults = Fate.REFUSED, [Fault(error.code, str(error.message), column="file").kept()]
        else:
            readable.append(row)
    bringing_in.check(readable, by=batch.owner)
    for row in readable:
        row.hints = [*said[row.pk], *row.hints]
        if row.fate == Fate.UNCHANGED and not _is_kept(row):
            row.fate = Fate.CHANGED
    _find_repeated(batch, readable)
    update_rows(rows, ("values",))


def bring_in(
    batch: Import, rows: Sequence[ImportRow], *, by: User, made_here: Callable[[set[int]], set[int]]
) -> None:
    """Candidates and applications as a table brings them in, then each file as its application's résumé.

    Must run in a transaction; bytes that lie in the storage when it fails are swept.
    """
    said = {row.pk: [hint for hint in row.hints if hint["code"] == PASSAGE] for row in rows}
    bringing_in.bring_in(rows, by=by, made_here=made_here)
    content = _content(batch)
    for row in rows:
        row.hints = [*said[row.pk], *row.hints]
        if row.fate in (Fate.NEW, Fate.CHANGED, Fate.UNCHANGED) and not _is_kept(row):
            _keep(row, content, by)
            row.fate = Fate.NEW if bringing_in.APPLICATION in row.made else Fate.CHANGED


def take_away(rows: Sequence[ImportRow], *, by: User, made_too: set[int]) -> None:
    """Take back what these rows made; where somebody has worked on it, the row's résumé stays too, and says so."""
    for row in rows:
        try:
            with transaction.atomic():
                _remove(row)
                bringing_in.take_away([row], by=by, made_too=made_too)
                if row.left:
                    raise _StaysError
        except _StaysError:
            continue


def _content(batch: Import) -> bytes:
    """The archive. Refused: file_gone, once somebody who is in it was erased."""
    content = ImportFile.objects.filter(batch=batch).values_list("content", flat=True).first()
    if content is None:
        raise Refused("file_gone", _("The archive was deleted meanwhile. Please send it again."))
    return bytes(content)


def _understand(row: ImportRow, content: bytes) -> list[dict[str, Any]]:
    """What the file says, into the row's values; the words that it stands on, as hints."""
    body = archives.read(content, row.number)
    looked = adding.look(io.BytesIO(body), row.values["file"])
    text = reading.text_of(looked.kind, body)
    if not text.strip():
        raise Fault(
            "no_text", gettext_noop("No text can be read in it: it is a picture or a scan."), column="file"
        )
    named = naming.whose(text, row.values["file"])
    if named is None:
        raise Fault(
            "name_unknown",
            gettext_noop("No name can be found: write it into the file's name, as in 张三-简历.pdf."),
            column="file",
        )
    found = {each.kind: each for each in reversed(proposing.proposals(text, []))}
    values = dict.fromkeys(_UNSAID)
    values |= {"name": cells.name(named.name), "opening": row.values["folder"]}
    hints = [_hint("name", named.name, named.passage)]
    for column, kind in (("phone", ProposalKind.PHONE), ("email", ProposalKind.EMAIL)):
        if kind in found and len(found[kind].value) <= LONGEST_ADDRESS:
            values[column] = found[kind].value
            hints.append(_hint(column, found[kind].value, found[kind].passage))
    row.values = {**row.values, **values, "sha256": hashlib.sha256(body).hexdigest()}
    return hints


def _hint(column: str, value: str, passage: str) -> dict[str, Any]:
    text = gettext_noop("%(value)s, by the words “%(passage)s”.")
    return Fault(PASSAGE, text, column=column, value=value, passage=passage).kept()


def _find_repeated(batch: Import, rows: Sequence[ImportRow]) -> None:
    """A file that is there twice, or somebody's second one for the same opening: the first counts."""
    seen: dict[tuple[str, str], int] = {}
    before = ImportRow.objects.filter(batch=batch, number__lt=min((row.number for row in rows), default=0))
    for number, values in (
        before.exclude(fate=Fate.REFUSED).order_by("number").values_list("number", "values")
    ):
        for key in _keys(values):
            seen.setdefault(key, number)
    for row in rows:
        keys = _keys(row.values)
        first = next((seen[key] for key in keys if key in seen), None)
        if row.fate in (Fate.NEW, Fate.CHANGED) and first is not None:
            row.fate, row.of_row = Fate.DUPLICATE, first
        if row.fate != Fate.REFUSED:
            for key in keys:
                seen.setdefault(key, row.number)


def _keys(values: dict[str, Any]) -> list[tuple[str, str]]:
    opening = cells.key(values.get("opening") or "")
    return [(f"{name}|{values[name]}", opening) for name in ("sha256", "phone", "email") if values.get(name)]


def _is_kept(row: ImportRow) -> bool:
    person = row.found.get(bringing_in.PERSON)
    known = Resume.objects.filter(candidate=person, sha256=row.values["sha256"])
    return person is not None and known.exists()


def _keep(row: ImportRow, content: bytes, by: User) -> None:
    looked = adding.look(io.BytesIO(archives.read(content, row.number)), row.values["file"])
    name = storage.new_name(adding.FOLDER, f".{looked.kind}")
    storage.put(looked.content, name=name)
    resume = adding.keep_stored(
        stored_name=name,
        name=looked.name,
        kind=looked.kind,
        sha256=looked.sha256,
        size=looked.bytes,
        pages=looked.pages,
        application=Application.objects.get(pk=row.found[bringing_in.APPLICATION]),
        by=by,
    )
    row.made[RESUME] = resume.pk


def _remove(row: ImportRow) -> None:
    """The row's own résumé, unless somebody opened it or settled something that it proposed."""
    resume = Resume.objects.select_for_update(of=("self",)).filter(pk=row.made.get(RESUME)).first()
    if resume is None:
        return
    settled = resume.proposals.exclude(state=ProposalState.PROPOSED)
    if resume.accesses.exists() or settled.exists():
        text = gettext_noop("Somebody has worked with the résumé: it stays.")
        row.left = Fault("touched", text).kept()
        raise _StaysError
    names = [resume.stored_name, *resume.page_names]
    resume.delete()
    transaction.on_commit(lambda: _delete(names))


def _delete(names: list[str]) -> None:
    for name in names:
        storage.delete(name)
