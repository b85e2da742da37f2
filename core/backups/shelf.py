"""Where backups lie, and which of them are kept: a folder, or a bucket of HRSUITE_BACKUP_TO."""

import json
import re
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound

MANIFEST, DATABASE, FILES = "manifest.json", "database.sealed", "files.sealed"
PARTS = (DATABASE, FILES)
DRAFT = "backup-draft-"
_NAME = re.compile(r"hrsuite-\d{8}T\d{6}Z")
_WRITTEN = "hrsuite-%Y%m%dT%H%M%SZ"
# How many are kept of each: the newest of a day, a week, a month.
KEEP: tuple[tuple[str, int], ...] = (("%Y-%m-%d", 7), ("%G-%V", 5), ("%Y-%m", 12))
# A backup without its manifest is one that was cut off, or one that is being made.
CUT_OFF_AFTER = timedelta(days=1)


class _Moved(File):
    """A finished file that a storage of files may take as it is, without a second copy."""

    def temporary_file_path(self) -> str:
        """What Django's storage asks for."""
        return str(self.name)


def shelf() -> Storage:
    """The storage of backups."""
    return storages["backups"]


def folder() -> Path | None:
    """The folder of the backups; None for a bucket."""
    found = shelf()
    return Path(found.location) if isinstance(found, FileSystemStorage) else None


def scratch() -> Path:
    """Where a backup is written before it is put onto the shelf: on its disk, where it is a folder."""
    return folder() or Path(settings.HOME)


def name_at(at: datetime) -> str:
    """What a backup of this moment is called."""
    return at.astimezone(UTC).strftime(_WRITTEN)


def made_at(name: str) -> datetime:
    """The moment that a backup's name says."""
    return datetime.strptime(name, _WRITTEN).replace(tzinfo=UTC)


def whole() -> list[str]:
    """The names of all whole backups, the newest first."""
    return [name for name in _all() if shelf().exists(f"{name}/{MANIFEST}")]


def find(name: str | None) -> str:
    """This backup, or the newest. NotFound: no_backup."""
    found = whole()
    if name is None:
        if not found:
            raise NotFound("no_backup", _("There is no whole backup yet."), backups=found)
        return found[0]
    if name not in found:
        raise NotFound("no_backup", _("There is no whole backup of that name."), backups=found)
    return name


def put(name: str, made: Path) -> None:
    """Bring a backup's parts onto the shelf, the manifest last: before it nothing there looks like a backup."""
    for part in (*PARTS, MANIFEST):
        with (made / part).open("rb") as content:
            shelf().save(f"{name}/{part}", _Moved(content, name=str(made / part)))


def manifest(name: str) -> dict[str, Any]:
    """What a backup says of itself, as it was written."""
    with shelf().open(f"{name}/{MANIFEST}", "rb") as content:
        found = json.loads(content.read())
    return found if isinstance(found, dict) else {}


def prune(now: datetime) -> list[str]:
    """Delete what the rule does not keep, and what was cut off a day ago; their names. The newest always stays."""
    kept = whole()
    going = [name for name in kept if name not in keepers(kept)]
    going += [name for name in _all() if name not in kept and made_at(name) < now - CUT_OFF_AFTER]
    for name in going:
        # The manifest first: cut off here, what is left is no backup.
        for part in (MANIFEST, *PARTS):
            shelf().delete(f"{name}/{part}")
        if place := folder():
            shutil.rmtree(place / name, ignore_errors=True)
    for draft in scratch().glob(f"{DRAFT}*"):
        if datetime.fromtimestamp(draft.stat().st_mtime, UTC) < now - CUT_OFF_AFTER:
            shutil.rmtree(draft, ignore_errors=True)
    return sorted(going)


def keepers(names: Iterable[str]) -> set[str]:
    """Of each of the last days, weeks and months that have any, the newest."""
    kept: set[str] = set()
    newest_first = sorted(names, reverse=True)
    for pattern, number in KEEP:
        spans: dict[str, str] = {}
        for name in newest_first:
            spans.setdefault(made_at(name).strftime(pattern), name)
        kept |= set(list(spans.values())[:number])
    return kept


def _all() -> list[str]:
    by: Callable[[str], bool] = lambda name: _NAME.fullmatch(name) is not None  # noqa: E731
    try:
        folders, _files = shelf().listdir("")
    except FileNotFoundError:
        return []
    return sorted(filter(by, folders), reverse=True)
