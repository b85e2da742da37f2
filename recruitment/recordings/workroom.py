"""Where recordings lie while they are rewritten: below the home, so that what a killed job leaves there is found."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings


@contextmanager
def folder() -> Iterator[Path]:
    """A folder of one job's own, gone with everything in it when the job is done with it."""
    room = _room()
    room.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=room) as name:
        yield Path(name)


def sweep(*, before: datetime) -> int:
    """Delete the folders that were made before this moment: their jobs were killed. Returns how many."""
    deleted = 0
    for left in list(_room().iterdir()) if _room().is_dir() else []:
        try:
            made_at = datetime.fromtimestamp(left.stat().st_mtime, UTC)
        except FileNotFoundError:
            continue  # its job has just ended
        if made_at < before:
            shutil.rmtree(left, ignore_errors=True)
            deleted += 1
    return deleted


def _room() -> Path:
    return Path(settings.WORK_ROOM)
