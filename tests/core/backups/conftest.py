"""A company with rows and a file, a shelf of its own, and an empty database to restore into."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection

from core.backups import making, postgres, restoring
from people.models import Department


@pytest.fixture
def shelf_folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Storages, key, home and trial database of this test alone."""
    monkeypatch.setattr(restoring, "SCRATCH", f"{connection.settings_dict['NAME']}_drill")
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    recordings = {"BACKEND": "recruitment.recordings.storage.RecordingFiles"}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**files, "OPTIONS": {"location": tmp_path / "media"}},
        "recordings": {**recordings, "OPTIONS": {"location": tmp_path / "media" / "recordings"}},
        "backups": {
            **files,
            "OPTIONS": settings.STORAGES["backups"]["OPTIONS"] | {"location": tmp_path / "shelf"},
        },
    }
    settings.BACKUP_KEY_FILE = str(tmp_path / "keys" / "backup-key")
    settings.HOME = tmp_path
    return tmp_path / "shelf"


@pytest.fixture
def company(transactional_db: None, shelf_folder: Path) -> None:
    """Two departments, one recording and one other file."""
    Department.objects.create(name="财务部")
    Department.objects.create(name="信息技术部")
    storages["recordings"].save("chunks/2026-11-24/a", ContentFile(b"said aloud" * 300_000))
    storages["default"].save("letters/offer.pdf", ContentFile(b"18,000"))


@pytest.fixture
def backup(company: None) -> dict[str, Any]:
    """What `manage.py backup` answered."""
    return making.back_up()


@pytest.fixture
def new_home(
    backup: dict[str, Any], settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], int | None]]:
    """The machine after: nothing but the shelf and the keys. Answers the tables that its database has."""
    name = f"{connection.settings_dict['NAME']}_empty"
    postgres.drop(name)
    postgres.create(name)
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "new"},
        },
        "recordings": {
            "BACKEND": "recruitment.recordings.storage.RecordingFiles",
            "OPTIONS": {"location": tmp_path / "new" / "recordings"},
        },
    }

    def departments() -> int | None:
        with postgres.connected(name) as inside:
            return None if postgres.is_empty(inside) else postgres.rows(inside)["people_department"]

    with monkeypatch.context() as patched:
        patched.setitem(connection.settings_dict, "NAME", name)
        yield departments
    postgres.drop(name)
