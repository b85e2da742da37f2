"""Disks and storages: how full they are, and whether what is written can be read again."""

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages

from core.env import node
from core.trouble.found import Found

GIBIBYTE = 1 << 30
# PostgreSQL alone needs room for its log of a checkpoint (1 GiB by default); a big disk is not full at nine tenths.
FULL_BYTES, LOW_BYTES, LOW_SHARE = 1 * GIBIBYTE, 5 * GIBIBYTE, 0.10
MARK, PROBE = ".probe-", b"hrsuite"


def folders() -> list[Path]:
    """What this node writes to, each disk once: the first folder that is there stands for it."""
    places = [Path(settings.HOME)]
    for alias in _kept():
        storage = storages[alias]
        if isinstance(storage, FileSystemStorage):
            places.append(Path(storage.location))
    disks: dict[int, Path] = {}
    for place in places:
        there = next((one for one in (place, *place.parents) if one.exists()), place)
        disks.setdefault(there.stat().st_dev, there)
    return list(disks.values())


def disks() -> Iterator[Found]:
    """The disk with the least room, when that is little. No statement, no write: microseconds."""
    usages = [(shutil.disk_usage(folder), folder) for folder in folders()]
    usage, folder = min(usages, key=lambda one: one[0].free)
    facts = {"folder": str(folder), "free": usage.free, "total": usage.total}
    if usage.free < min(FULL_BYTES, usage.total * LOW_SHARE / 2):
        yield Found("disk_full", facts)
    elif usage.free < min(LOW_BYTES, usage.total * LOW_SHARE):
        yield Found("disk_low", facts)


def storages_written() -> Iterator[Found]:
    """Each storage that does not take a small file and give it back. Bounded by the storage's own time-outs."""
    for alias in _kept():
        if error := _tried(alias):
            yield Found(f"storage_{alias}", {"error": error})


def _tried(alias: str) -> str:
    # A name that nobody has: what a look that failed left lying is in nobody's way.
    storage, name = storages[alias], f"{MARK}{node()}-{secrets.token_hex(4)}"
    try:
        _clear(storage)
        stored = storage.save(name, ContentFile(PROBE))
        with storage.open(stored) as file:
            is_same = file.read() == PROBE
        storage.delete(stored)
    except Exception as error:  # noqa: BLE001 -- whatever a store raises, it does not take files
        # The name alone: its sentence may hold the address with its key.
        return type(error).__name__
    return "" if is_same else "other_content"


def _clear(storage: Storage) -> None:
    """Take away what looks of this node left in a folder that was full."""
    if isinstance(storage, FileSystemStorage):
        for left in Path(storage.location).glob(f"{MARK}{node()}-*"):
            left.unlink(missing_ok=True)


def _kept() -> list[str]:
    """The storages that hold what people gave us, and the backups where they are on."""
    names = [name for name in settings.STORAGES if name not in ("staticfiles", "backups")]
    return [*names, "backups"] if settings.BACKUPS_ARE_ON else names
