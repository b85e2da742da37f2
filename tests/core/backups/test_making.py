"""What a backup is: sealed, counted, apart from its keys, and kept by a rule."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from core.backups import making, postgres, shelf, tasks
from core.errors import Refused
from core.events import pulse
from people.models import Department


def test_a_backup_says_what_it_holds_and_shows_nothing(backup: dict[str, Any], shelf_folder: Path) -> None:
    folder = shelf_folder / backup["name"]
    assert sorted(path.name for path in folder.iterdir()) == [
        "database.sealed",
        "files.sealed",
        "manifest.json",
    ]
    assert [path.name for path in shelf_folder.iterdir()] == [backup["name"]], "no draft stays"
    said = json.loads((folder / "manifest.json").read_text())
    assert said["database"]["rows"]["people_department"] == Department.objects.count() == 2
    assert (said["files"]["count"], said["files"]["size"]) == (2, 3_000_006)
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    assert not [text for text in ("财务部", "said aloud", "18,000") if text.encode() in everything]
    assert {oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {"0o600"}
    assert backup["key_kept_at"].endswith("keys/backup-key")
    assert Path(backup["key_kept_at"]).stat().st_mode & 0o777 == 0o600
    assert pulse.ages()["backup"] < 60


def test_the_key_is_never_beside_what_it_opens(company: None, shelf_folder: Path, settings: Any) -> None:
    settings.BACKUP_KEY_FILE = str(shelf_folder / "deeper" / "backup-key")
    with pytest.raises(Refused) as refused:
        making.back_up()
    assert refused.value.code == "key_beside_backup"
    assert not shelf_folder.exists()


def test_without_a_place_the_nightly_job_makes_none(company: None, shelf_folder: Path, settings: Any) -> None:
    settings.BACKUPS_ARE_ON = False
    assert (tasks.back_up(), tasks.drill()) == (None, None)
    assert not shelf_folder.exists()


def test_days_weeks_and_months_keep_their_newest() -> None:
    start = datetime(2026, 11, 24, 2, 17, tzinfo=UTC)
    names = [shelf.name_at(start - timedelta(days=day)) for day in range(500)]
    kept = sorted((shelf.made_at(name).strftime("%m-%d") for name in shelf.keepers(names)), reverse=True)
    days = ["11-24", "11-23", "11-22", "11-21", "11-20", "11-19", "11-18"]
    weeks = ["11-15", "11-08", "11-01"]  # five, of which two end in the days above
    months = [
        "10-31",
        "09-30",
        "08-31",
        "07-31",
        "06-30",
        "05-31",
        "04-30",
        "03-31",
        "02-28",
        "01-31",
        "12-31",
    ]
    assert kept == sorted(days + weeks + months, reverse=True)
    assert shelf.keepers([names[400]]) == {names[400]}, "the only one stays, however old"


def test_what_was_cut_off_goes_after_a_day_and_what_is_no_backup_stays(
    backup: dict[str, Any], shelf_folder: Path
) -> None:
    now = shelf.made_at(backup["name"])
    old, fresh = (shelf.name_at(now - timedelta(hours=hours)) for hours in (25, 1))
    for name in (old, fresh, "holiday-pictures"):
        shelf.shelf().save(f"{name}/database.sealed", ContentFile(b"half"))
    assert shelf.whole() == [backup["name"]]
    for draft, hours in (("backup-draft-old", 25), ("backup-draft-fresh", 1)):
        (shelf_folder / draft).mkdir()
        at = (now - timedelta(hours=hours)).timestamp()
        os.utime(shelf_folder / draft, (at, at))
    assert shelf.prune(now) == [old]
    assert sorted(path.name for path in shelf_folder.iterdir()) == sorted(
        ["backup-draft-fresh", "holiday-pictures", fresh, backup["name"]]
    )


def test_an_empty_database_makes_no_backup(
    company: None, shelf_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{connection.settings_dict['NAME']}_nothing"
    postgres.drop(name)
    postgres.create(name)
    with monkeypatch.context() as patched:
        patched.setitem(connection.settings_dict, "NAME", name)
        with pytest.raises(Refused) as refused:
            making.back_up()
    postgres.drop(name)
    assert (refused.value.code, shelf.whole()) == ("nothing_to_back_up", [])
