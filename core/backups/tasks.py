"""The jobs of backups; both do nothing where HRSUITE_BACKUP_TO is not set."""

from typing import Any

from django.conf import settings

from core.backups import making, restoring


def back_up() -> dict[str, Any] | None:
    """The nightly backup."""
    return making.back_up() if settings.BACKUPS_ARE_ON else None


def drill() -> dict[str, Any] | None:
    """The weekly trial that the newest backup can be brought back."""
    return restoring.drill() if settings.BACKUPS_ARE_ON else None
