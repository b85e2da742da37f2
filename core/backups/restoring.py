"""Bringing a backup back, and trying every week whether it could be."""

import hashlib
import json
import logging
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.backups import files, frames, keys, making, postgres, shelf
from core.backups.progress import MUTE, Progress, Step
from core.errors import DomainError, Refused
from core.events import pulse
from core.version import VERSION

PULSE = "backup_drill"
# Its name says that anybody may delete it.
SCRATCH = "hrsuite_restore_drill"
_BLOCK = 1024 * 1024
logger = logging.getLogger(__name__)


def unfinished() -> Path:
    """A file that is there from a restore's first file to its last row; it names the backup."""
    return Path(settings.HOME) / "restore.unfinished"


def restore(
    name: str | None, *, into: str | None = None, ask: keys.Ask = None, progress: Progress = MUTE
) -> dict[str, Any]:
    """Bring a backup (by default the newest) into an empty home, or its database into a new one named `into`.

    1. The manifest and every byte of the parts are checked, before anything is written.
    2. Without `into`: the database has no table and the storages no file, unless a restore of this very backup was cut
       off. The files first; then the database in one transaction; a server refuses to start in between.
    3. Rows are counted against the manifest; where they differ, the database is emptied again.

    Refused: backup_damaged, backup_foreign, backup_newer, backup_other_key, other_secret, key_ring_missing,
    sealing_key_missing, not_empty, count_differs, restore_failed, and what `postgres.create` and `keys.read_or_open`
    refuse. NotFound: no_backup. A key that a passphrase opened is kept in its place, once the backup was found whole.
    """
    began = time.monotonic()
    # A key that is there and cannot be read is said before a backup is looked for.
    key = keys.read() if keys.place().exists() else None
    name = shelf.find(name)
    wrapped = _wrapped(name)
    key = key or keys.read_or_open(wrapped, ask)
    said = check(name, key, progress)
    progress.step(Step.LOAD)
    if not keys.place().exists():
        keys.keep(key, wrapped)
    if into:
        postgres.create(into)
        try:
            _load(name, said, key, into, progress)
        except BaseException:
            postgres.drop(into)
            raise
        _read_files(name, said, key, keep=False)
    else:
        keys.require_same_secret(said)
        _require_empty(name)
        unfinished().write_text(name)
        _read_files(name, said, key, keep=True)
        _load(name, said, key, None, progress)
        unfinished().unlink()
    return {
        "name": name,
        "into": into,
        "made_at": said["made_at"],
        "version": said["version"],
        "rows": sum(said["database"]["rows"].values()),
        "files": said["files"]["count"],
        "seconds": round(time.monotonic() - began, 1),
        "upgrade": sorted(making.known_migrations() - set(said["database"]["migrations"])) != [],
    }


def drill(progress: Progress = MUTE) -> dict[str, Any]:
    """Bring the newest backup into a scratch database, count everything, and delete it. Stamps when that went well."""
    postgres.drop(SCRATCH)
    try:
        found = restore(None, into=SCRATCH, progress=progress)
    finally:
        postgres.drop(SCRATCH)
    pulse.stamp(PULSE, after_gap=lambda since, until: None)
    logger.info("Restore drill of %s: %s rows, %s s", found["name"], found["rows"], found["seconds"])
    return found


def check(name: str, key: bytes, progress: Progress = MUTE) -> dict[str, Any]:
    """A backup's manifest, when it is ours, whole and not from a later release. Changes nothing."""
    try:
        said = shelf.manifest(name)
        own = said.get("product") == "hrsuite"
    except (ValueError, UnicodeDecodeError):
        raise frames.damaged(shelf.MANIFEST) from None
    if not own:
        raise Refused("backup_foreign", _("This is no backup of HR Suite."))
    keys.require_own(said, key)
    unknown = set(said["database"]["migrations"]) - making.known_migrations()
    if said["format"] > making.FORMAT or unknown:
        raise Refused(
            "backup_newer",
            _("This backup was made by release %(theirs)s, this is %(ours)s. Restore it with that release.")
            % {"theirs": said["version"], "ours": VERSION},
            unknown=sorted(unknown),
        )
    progress.step(Step.CHECK)
    for part in (said["database"], said["files"]):
        if _digest(name, part["part"], progress) != part["sha256"]:
            raise frames.damaged(part["part"])
    return said


def _load(name: str, said: dict[str, Any], key: bytes, database: str | None, progress: Progress) -> None:
    with postgres.connected(database) as inside, shelf.shelf().open(f"{name}/{shelf.DATABASE}") as content:
        postgres.load(_counted(frames.opened(content, key, shelf.DATABASE), progress), inside)
        found, wanted = postgres.rows(inside), said["database"]["rows"]
        if found != wanted:
            postgres.empty(inside)
            differ = sorted(table for table in found.keys() | wanted if found.get(table) != wanted.get(table))
            raise Refused(
                "count_differs", _("The restored rows are not as many as were kept."), tables=differ
            )


def _read_files(name: str, said: dict[str, Any], key: bytes, *, keep: bool) -> None:
    with shelf.shelf().open(f"{name}/{shelf.FILES}") as content:
        source = frames.Opened(content, key, shelf.FILES)
        found = files.read(source, keep=keep)
    if found != (said["files"]["count"], said["files"]["size"]):
        raise Refused("count_differs", _("The restored files are not as many as were kept."), tables=[])


def _require_empty(name: str) -> None:
    with postgres.connected() as inside:
        if not postgres.is_empty(inside):
            raise Refused(
                "not_empty",
                _(
                    "The database holds tables already. A backup is restored into an empty one; nothing was changed."
                ),
            )
    begun = unfinished().read_text() if unfinished().exists() else None
    if begun != name and next(files.names(), None):
        raise Refused(
            "not_empty",
            _("There are files already. A backup is restored into an empty home; nothing was changed."),
        )


def _counted(pieces: Iterable[bytes], progress: Progress) -> Iterator[bytes]:
    for piece in pieces:
        progress.passed(len(piece))
        yield piece


def _wrapped(name: str) -> str | None:
    """The key in its passphrase, as this backup carries it; a manifest that cannot be read is refused later."""
    try:
        return shelf.manifest(name).get("wrapped")
    except (ValueError, UnicodeDecodeError):
        return None


def _digest(name: str, part: str, progress: Progress = MUTE) -> str:
    digest = hashlib.sha256()
    try:
        with shelf.shelf().open(f"{name}/{part}") as content:
            while block := content.read(_BLOCK):
                digest.update(block)
                progress.passed(len(block))
    except FileNotFoundError:
        return ""
    return digest.hexdigest()


def answer_of(error: DomainError) -> str:
    """A refusal as the commands print it with --json."""
    return json.dumps(error.body(), ensure_ascii=False, indent=1)
