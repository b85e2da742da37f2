"""Everything that the house holds about a person, as one ZIP in their language: JSON, a page to read, and the files.

Found as for erasing (`core.persons`): every row that hangs on the candidate by a foreign key, the words that were sent
to them, and who looked at the record. Secrets (what a link opens with) are no data about anybody and are left out.
"""

import json
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.history.recording import SECRET
from core.persons import Person, in_order, records_of
from messaging.models import Delivery, Message
from recruitment.models import Candidate, Chunk, GroupAnswer, Recording, Resume
from recruitment.privacy import wording
from recruitment.privacy.services.holding import merged_into
from recruitment.recordings import storage
from recruitment.seen_by import looks_at

# Keys, and what follows from other columns.
_LEFT_OUT = frozenset(
    {"name_key", "search_key", "word_key", "page_names", "stored_name", "key_hash", "records"}
)
_WHOLE = 1024 * 1024


def write(candidate: Candidate, to: Path) -> int:
    """Write the ZIP there; its size in bytes."""
    with translation.override(candidate.language):
        _write(candidate, to)
    return to.stat().st_size


def _write(candidate: Candidate, to: Path) -> None:
    person = Person(Candidate, records_of(candidate, also=merged_into(candidate.pk)))
    tables = _tables(person)
    told = [(table["title"], table.pop("told")) for table in tables]
    seen = [
        {_("at"): _plain(one.at), _("person"): one.who, _("what was looked at"): one.what}
        for one in looks_at(candidate.pk, records=person.records)
    ]
    whole = {"made_at": timezone.now().isoformat(), "tables": tables, "looked_at_by": seen}
    context = {
        "candidate": candidate,
        "tables": [(title, lines) for title, lines in told if lines],
        "seen": seen,
        "made_at": timezone.now(),
    }
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(whole, ensure_ascii=False, indent=1))
        archive.writestr("data.html", render_to_string("recruitment/privacy/copy.html", context))
        for name, stored in _files(candidate):
            _add(archive, name, stored)


def _tables(person: Person) -> list[dict[str, Any]]:
    """Each kind of row: `rows` as it is stored, `told` as a person reads it."""
    found = []
    # What colleagues were told is theirs, and so is how it went out.
    sent = Message.objects.filter(
        pk__in=person.of(Message), addressee_type=Candidate._meta.label_lower
    ).values("pk")
    for model in in_order(person):
        if (
            model is GroupAnswer
        ):  # read on the candidate's own page alone: copies pass through colleagues' hands
            continue
        rows = model._base_manager.filter(pk__in=person.of(model)).order_by("pk")
        if model is Message:
            rows = rows.filter(pk__in=sent)
        elif model is Delivery:
            rows = rows.filter(message__in=sent)
        columns = [column for column in model._meta.local_concrete_fields if _is_said(column)]
        lines = [{str(column.verbose_name): _of(row, column) for column in columns} for row in rows]
        if lines and columns:
            told = _told(model, list(rows), columns, person)
            title = str(model._meta.verbose_name)
            found.append({"table": model._meta.label_lower, "title": title, "rows": lines, "told": told})
    return found


def _told(model: Any, rows: list[Any], columns: list[Any], person: Person) -> list[dict[str, str]]:
    if not wording.is_told(model):
        return []
    named = wording.named(columns, person)
    return list(filter(None, (wording.line(row, named, person) for row in rows)))


def _is_said(column: models.Field[Any, Any]) -> bool:
    return column.name not in _LEFT_OUT and not SECRET.search(column.name)


def _of(row: models.Model, column: models.Field[Any, Any]) -> Any:
    if column.choices:
        return str(getattr(row, f"get_{column.name}_display")())
    return _plain(getattr(row, column.attname))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


def _files(candidate: Candidate) -> list[tuple[str, str]]:
    found = [
        (f"resumes/{row.pk}-{Path(row.name).name}", row.stored_name)
        for row in Resume.objects.filter(candidate=candidate).order_by("pk")
    ]
    answers = {"segment__answer__interview__application__candidate": candidate}
    playable = Recording.objects.filter(**answers).exclude(stored_name="")
    found += [
        (f"recordings/{row.segment_id}{Path(row.stored_name).suffix}", row.stored_name)
        for row in playable.order_by("pk")
    ]
    pieces = Chunk.objects.filter(**answers).exclude(stored_name="")
    pieces = pieces.exclude(segment__in=playable.values("segment"))
    found += [
        (f"recordings/{row.segment_id}/{row.seq:05}", row.stored_name)
        for row in pieces.order_by("segment", "seq")
    ]
    return found


def _add(archive: zipfile.ZipFile, name: str, stored: str) -> None:
    with storage.opened(stored) as content, archive.open(name, "w") as target:
        while block := content.read(_WHOLE):
            target.write(block)
