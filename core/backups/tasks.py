"""The jobs of backups; the scheduled ones do nothing where HRSUITE_BACKUP_TO is not set."""

from typing import Any

from django.conf import settings

from core.backups import runs, wal


def back_up() -> dict[str, Any] | None:
    """The nightly backup."""
    return runs.make() if settings.BACKUPS_ARE_ON else None


def drill() -> dict[str, Any] | None:
    """The weekly trial that the newest backup can be brought back."""
    return runs.drill() if settings.BACKUPS_ARE_ON else None


def ship_wal() -> int | None:
    """What the database has written since: sealed and taken to the place of backups, every minute."""
    return wal.ship() if settings.WAL_IS_KEPT else None


def run(pk: int) -> dict[str, Any] | None:
    """What somebody asked for on the page."""
    return runs.carry_out(pk)
