"""Where the bytes lie: Django's storage named `recordings`, files by default, S3-compatible by setting.

Names are generated, never a person's: `chunks/<day>/<random>` and `plays/<day>/<random>`. The day lets the sweep of
orphans look at a few days only.
"""

import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, cast

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

CHUNKS, PLAYS = "chunks", "plays"
FOLDERS = (CHUNKS, PLAYS)
BLOCK = 64 * 1024
PART = ".part"
logger = logging.getLogger(__name__)


class StorageDown(DomainError):
    """The storage did not take the bytes; nothing was written that a row speaks of. Worth another try."""

    status = 503


class RecordingFiles(FileSystemStorage):
    """Files that are whole or not there: written under a temporary name, flushed to disk, then linked into place."""

    def _save(self, name: str, content: File) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + PART)
        with draft.open("xb") as target:
            for block in content.chunks(BLOCK):
                target.write(block)
            target.flush()
            os.fsync(target.fileno())
        draft.rename(path)
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself: it is random, so nobody has it."""
        return name


def recordings() -> Storage:
    """The configured storage."""
    return storages["recordings"]


def new_name(folder: str, ending: str = "") -> str:
    """A name that nobody can guess, below the folder of today."""
    return f"{folder}/{timezone.now().astimezone(UTC):%Y-%m-%d}/{secrets.token_hex(16)}{ending}"


def put(content: IO[bytes], *, name: str) -> None:
    """Store the bytes under this name, whole or not at all. StorageDown (503) when the storage cannot."""
    try:
        content.seek(0)
        recordings().save(name, File(content, name=name))
    except Exception as error:  # any storage has its own
        logger.exception("The storage of recordings did not take %s", name)
        raise StorageDown(
            "storage_down", _("This cannot be stored right now. It will be sent again.")
        ) from error


def delete(name: str) -> None:
    """Delete the bytes; nothing there is fine."""
    if name:
        recordings().delete(name)


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    """The bytes, to be read from the start."""
    with recordings().open(name) as content:
        yield cast(IO[bytes], content)


def read_range(name: str, start: int, length: int) -> Iterator[bytes]:
    """`length` bytes from `start`, in blocks; asks an S3 server for this range only."""
    storage = recordings()
    if hasattr(storage, "bucket"):
        yield from _range_of_object(storage, name, start, length)
        return
    with storage.open(name) as content:
        content.seek(start)
        while length > 0 and (block := content.read(min(BLOCK, length))):
            length -= len(block)
            yield block


def _range_of_object(storage: Any, name: str, start: int, length: int) -> Iterator[bytes]:
    if length <= 0:
        return
    found = storage.bucket.Object(storage._normalize_name(name)).get(
        Range=f"bytes={start}-{start + length - 1}"
    )
    with closing(found["Body"]) as body:
        yield from body.iter_chunks(BLOCK)


def names_of(folder: str, day: str) -> list[str]:
    """Everything that is stored in one folder of one day, unfinished drafts included."""
    try:
        files = recordings().listdir(f"{folder}/{day}")[1]
    except FileNotFoundError:
        return []
    return [f"{folder}/{day}/{name}" for name in files]


def days_of(folder: str, *, since: timedelta | None) -> list[str]:
    """The days of a folder as they are written in names: those not older than this, or all there are."""
    if since is None:
        try:
            return sorted(recordings().listdir(folder)[0])
        except FileNotFoundError:
            return []
    today = timezone.now().astimezone(UTC).date()
    return [str(today - timedelta(days=back)) for back in range(since.days + 1)]


def written_at(name: str) -> datetime:
    """When these bytes were stored."""
    return recordings().get_modified_time(name)


def is_there(name: str) -> bool:
    """Whether these bytes are stored."""
    return recordings().exists(name)
