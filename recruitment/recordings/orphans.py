"""Bytes that no row speaks of: what a crash left between storing and writing the row. The sweep deletes them."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from django.utils import timezone

from core.trouble import wall
from recruitment.models import Chunk, Recording
from recruitment.recordings import storage, workroom

# Longer than any request or job that may still write the row.
GRACE = timedelta(hours=2)
# The sweep of every hour; the nightly one looks at every day there is, for rows that were deleted long after.
LOOKS_BACK = timedelta(days=14)
AT_ONCE = 1000


def sweep(*, everything: bool = False) -> int:
    """Delete what is older than GRACE and belongs to no chunk, no recording and no running job; returns how many."""
    before = wall.earliest() - GRACE
    deleted = workroom.sweep(before=before)
    for folder in storage.FOLDERS:
        for day in storage.days_of(folder, since=None if everything else LOOKS_BACK):
            names = storage.names_of(folder, day)
            for start in range(0, len(names), AT_ONCE):
                deleted += _sweep(names[start : start + AT_ONCE], before)
    return deleted


def left_behind() -> Iterator[str]:
    """What has been there for a day longer than any sweep leaves it, of the days that are looked back."""
    before = timezone.now() - GRACE - timedelta(days=1)
    for folder in storage.FOLDERS:
        for day in storage.days_of(folder, since=LOOKS_BACK):
            names = storage.names_of(folder, day)
            for start in range(0, len(names), AT_ONCE):
                some = names[start : start + AT_ONCE]
                for name in sorted(set(some) - _spoken_of(some)):
                    with suppress(FileNotFoundError):
                        if storage.written_at(name) < before:
                            yield name


def _sweep(names: list[str], before: datetime) -> int:
    deleted = 0
    for name in set(names) - _spoken_of(names):
        try:
            is_old = storage.written_at(name) < before
        except FileNotFoundError:
            continue  # a draft that has got its name by now, or a piece that was just deleted
        if is_old:
            storage.delete(name)
            deleted += 1
    return deleted


def _spoken_of(names: list[str]) -> set[str]:
    chunks = Chunk.objects.filter(stored_name__in=names).values_list("stored_name", flat=True)
    recordings = Recording.objects.filter(stored_name__in=names).values_list("stored_name", flat=True)
    return set(chunks) | set(recordings)
