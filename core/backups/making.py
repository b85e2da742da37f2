"""Making a backup."""

import logging
import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.backups import files, keys, postgres, shelf, wal
from core.backups.frames import Sealing
from core.backups.progress import MUTE, Progress, Step
from core.errors import Refused
from core.events import pulse
from core.sealed import ring
from core.version import VERSION

FORMAT = 1
PULSE = "backup"
logger = logging.getLogger(__name__)


def back_up(progress: Progress = MUTE) -> dict[str, Any]:
    """Database and files of one moment, sealed, onto the shelf; then what the rule does not keep is deleted.

    1. The key: made when there is none, refused beside the backups (key_beside_backup).
    2. In one transaction that reads one state: the dump, and the rows of each table in it.
    3. The files after it: those that rows of that state speak of are there.
    4. Parts, then the manifest, which makes it a backup. Cut off anywhere before, there is none.
    5. Where WAL is kept, a copy of the cluster from which it leads to any point in time.

    Answers what the command prints; sizes in bytes. Refused: nothing_to_back_up, dump_failed.
    """
    began, now = time.monotonic(), timezone.now()
    keys.require_apart(shelf.folder())
    key, name = keys.make_or_read(), shelf.name_at(now)
    scratch = shelf.scratch()
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix=shelf.DRAFT) as folder:
        made = Path(folder)
        with postgres.connected() as inside:
            progress.step(Step.DATABASE)
            if postgres.is_empty(inside):
                raise Refused(
                    "nothing_to_back_up", _("The database holds no tables: there is nothing to back up.")
                )
            inside.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            database, rows = _part(
                made, shelf.DATABASE, key, lambda target: postgres.dump(inside, progress.through(target))
            )
            migrations = _migrations(inside)
            inside.execute("COMMIT")
        progress.step(Step.FILES)
        stored, (count, size) = _part(
            made, shelf.FILES, key, lambda target: files.write(progress.through(target))
        )
        said = {
            "product": "hrsuite",
            "format": FORMAT,
            "version": VERSION,
            "made_at": now.isoformat(timespec="seconds"),
            "database": database | {"rows": rows, "migrations": migrations},
            "files": stored | {"count": count, "size": size},
            "key": keys.of_key(key),
            "secret": keys.of_secret(),
            "ring": list(ring.numbers()),
            "wrapped": keys.wrapped(),
        }
        (made / shelf.MANIFEST).write_bytes(keys.signed(said, key))
        progress.step(Step.SHELF)
        shelf.put(name, made)
    pulse.stamp(PULSE, after_gap=lambda since, until: None)
    base = wal.base(key, progress) if settings.WAL_IS_KEPT else None
    pruned = shelf.prune(now)
    found = {
        "name": name,
        "to": str(shelf.folder() or settings.STORAGES["backups"]["OPTIONS"]["bucket_name"]),
        "made_at": said["made_at"],
        "rows": sum(rows.values()),
        "files": count,
        "bytes": database["bytes"] + stored["bytes"],
        "seconds": round(time.monotonic() - began, 1),
        "key_kept_at": str(keys.place()),
        "secret_kept_at": settings.SECRET_KEPT_AT,
        "ring_kept_at": str(ring.place_of()),
        "pruned": pruned,
        "base": base,
    }
    logger.info("Backup %s: %s rows, %s files, %s bytes", name, found["rows"], count, found["bytes"])
    return found


def known_migrations() -> set[str]:
    """Every migration that this release has."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}


def _migrations(inside: Any) -> list[str]:
    asked = "SELECT app || '.' || name FROM django_migrations ORDER BY 1"
    return [name for (name,) in inside.execute(asked).fetchall()]


def _part(made: Path, part: str, key: bytes, fill: Any) -> tuple[dict[str, Any], Any]:
    with (made / part).open("xb") as target:
        sealing = Sealing(target, key, part)
        answer = fill(sealing)
        sealing.close()
    return {"part": part, "bytes": sealing.bytes, "sha256": sealing.sha256}, answer
