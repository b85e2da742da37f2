"""The suite's files, of every storage that is not the program's own, as one stream and back."""

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages

# The program's own, and the backups themselves.
_NOT_OURS = ("staticfiles", "backups")
_PART = ".part"  # a file that is being written


def ours() -> dict[str, Storage]:
    """The storages whose files belong to the company, by name."""
    return {name: storages[name] for name in settings.STORAGES if name not in _NOT_OURS}


def names() -> Iterator[tuple[str, str]]:
    """Each file as (storage, name), once: a storage that lies inside another's folder keeps its own."""
    places = {
        name: Path(storage.location)
        for name, storage in ours().items()
        if isinstance(storage, FileSystemStorage)
    }
    for alias, storage in ours().items():
        here = places.get(alias)
        inside = [place for place in places.values() if here and place != here and here in place.parents]
        for name in _below(storage, ""):
            if here and any(place in (here / name).parents for place in inside):
                continue
            if not name.endswith(_PART):
                yield alias, name


def write(target: Any) -> tuple[int, int]:
    """All files into one stream; how many, and their bytes. One that is deleted meanwhile is left out."""
    count = total = 0
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for alias, name in names():
            try:
                with storages[alias].open(name, "rb") as content:
                    member = tarfile.TarInfo(f"{alias}/{name}")
                    member.size = content.size
                    archive.addfile(member, cast(IO[bytes], content.file))
            except FileNotFoundError:
                continue
            count, total = count + 1, total + member.size
    return count, total


def read(source: Any, *, keep: bool) -> tuple[int, int]:
    """Go through all files of a stream, and with `keep` bring them back under their names; how many, how large."""
    count = total = 0
    with tarfile.open(fileobj=source, mode="r|") as archive:
        for member in archive:
            alias, _slash, name = member.name.partition("/")
            content = archive.extractfile(member)
            if content is None:
                continue
            if keep:
                storage = ours()[alias]
                for left in (name, name + _PART):  # of a restore that was cut off
                    storage.delete(left)
                storage.save(name, File(content, name=name))
            count, total = count + 1, total + member.size
    return count, total


def bring_missing(source: Any) -> int:
    """Bring back what of a stream's files is not there; how many."""
    count = 0
    with tarfile.open(fileobj=source, mode="r|") as archive:
        for member in archive:
            alias, _slash, name = member.name.partition("/")
            content = archive.extractfile(member)
            if content is not None and alias in ours() and not ours()[alias].exists(name):
                ours()[alias].save(name, File(content, name=name))
                count += 1
    return count


def _below(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, found = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(found):
        yield f"{folder}{name}"
    for name in sorted(folders):
        yield from _below(storage, f"{folder}{name}/")
