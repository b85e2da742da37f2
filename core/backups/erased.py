"""Who was erased, outside the database: a backup that is brought back holds them again, and they go again.

A line for each: the number of the record and when it was made, since a number may be given to somebody else after a
backup was brought back. It lies beside the backups where there are any, those made by hand too, and in the home.
"""

import json
import os
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile

from core.backups import shelf

NAME = "erased.jsonl"


def _here() -> Path:
    return Path(settings.HOME) / NAME


def note(record: int, made_at: str) -> None:
    """Write it down, flushed to disk, and beside the backups. Said twice it is read once."""
    with _here().open("a", encoding="utf-8") as file:
        file.write(json.dumps({"record": record, "made_at": made_at}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    if settings.BACKUPS_ARE_ON or shelf.whole():
        lines = [json.dumps({"record": pk, "made_at": at}) for pk, at in sorted(read().items())]
        if shelf.shelf().exists(NAME):
            shelf.shelf().delete(NAME)
        shelf.shelf().save(NAME, ContentFile("\n".join(lines).encode() + b"\n"))


def read() -> dict[int, str]:
    """When each record was made that was erased, by its number, from both places."""
    texts = [_here().read_text(encoding="utf-8")] if _here().exists() else []
    if shelf.shelf().exists(NAME):
        with shelf.shelf().open(NAME) as file:
            texts.append(file.read().decode())
    found = {}
    for line in "\n".join(texts).splitlines():
        try:
            said = json.loads(line)
            found[int(said["record"])] = str(said["made_at"])
        except (ValueError, KeyError, TypeError):
            continue  # half a line of a crash: its erasure is not done, and says it again
    return found
