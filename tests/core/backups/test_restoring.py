"""A backup comes back whole into an empty home, or is refused with a code and nothing is there."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection

from core.backups import files, keys, postgres, restoring, tasks
from core.errors import DomainError
from core.events import pulse

Tables = Callable[[], int | None]


def code_of(**asked: Any) -> str:
    """How a restore was refused."""
    with pytest.raises(DomainError) as refused:
        restoring.restore(asked.pop("name", None), **asked)
    assert str(refused.value.message) != refused.value.code, "a sentence stands beside the code"
    return refused.value.code


def rewrite(shelf_folder: Path, backup: dict[str, Any], *, mark: bool, **changes: Any) -> None:
    """Another manifest; with `mark` by somebody who has the key."""
    path = shelf_folder / backup["name"] / "manifest.json"
    said = json.loads(path.read_text()) | changes
    said.pop("mark", None) if mark else None
    path.write_bytes(keys.signed(said, keys.read()) if mark else json.dumps(said).encode())


def test_rows_and_files_come_back(new_home: Tables, backup: dict[str, Any], capsys: Any) -> None:
    call_command("restore", "--json")
    found = json.loads(capsys.readouterr().out)
    assert {name: found[name] for name in ("name", "rows", "files", "into", "upgrade")} == {
        "name": backup["name"], "rows": backup["rows"], "files": 2, "into": None, "upgrade": False,
    }  # fmt: skip
    assert new_home() == 2
    assert sorted(files.names()) == [("default", "letters/offer.pdf"), ("recordings", "chunks/2026-11-24/a")]
    assert storages["recordings"].open("chunks/2026-11-24/a").read() == b"said aloud" * 300_000
    assert not restoring.unfinished().exists()
    assert code_of() == "not_empty"


def test_the_drill_counts_everything_and_leaves_nothing(backup: dict[str, Any], settings: Any) -> None:
    settings.BACKUPS_ARE_ON = True
    found = tasks.drill()
    assert found and (found["rows"], found["files"]) == (backup["rows"], 2)
    assert pulse.ages()["backup_drill"] < 60
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [restoring.SCRATCH])
        assert cursor.fetchone() == (0,)


def test_restored_triggers_guard_the_new_database(new_home: Tables, backup: dict[str, Any]) -> None:
    restoring.restore(None)
    asked = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        before = cursor.fetchall()
    with postgres.connected() as inside:
        assert inside.execute(asked).fetchall() == before and before


def test_only_an_empty_place_is_restored_into(new_home: Tables, backup: dict[str, Any]) -> None:
    storages["default"].save("somebody's", ContentFile(b"work"))
    assert code_of() == "not_empty"
    assert new_home() is None
    assert list(files.names()) == [("default", "somebody's")]


@pytest.mark.parametrize("part", ["database.sealed", "files.sealed"])
def test_a_changed_byte_is_found_before_anything_is_written(
    new_home: Tables, backup: dict[str, Any], shelf_folder: Path, part: str
) -> None:
    path = shelf_folder / backup["name"] / part
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert code_of() == "backup_damaged"
    path.unlink()
    assert code_of() == "backup_damaged"
    assert (new_home(), list(files.names()), restoring.unfinished().exists()) == (None, [], False)


def test_a_manifest_is_ours_whole_and_not_from_tomorrow(
    new_home: Tables, backup: dict[str, Any], shelf_folder: Path
) -> None:
    said = json.loads((shelf_folder / backup["name"] / "manifest.json").read_text())
    later = said["database"] | {"migrations": [*said["database"]["migrations"], "payroll.0001_initial"]}
    rewrite(shelf_folder, backup, mark=True, database=later, version="2027.3.0")
    assert code_of() == "backup_newer"
    rewrite(shelf_folder, backup, mark=False, database=said["database"])
    assert code_of() == "backup_damaged", "the figures were changed by somebody without the key"
    rewrite(shelf_folder, backup, mark=True, product="payroll of somebody else")
    assert code_of() == "backup_foreign"
    (shelf_folder / backup["name"] / "manifest.json").write_text("{half")
    assert code_of() == "backup_damaged"
    assert code_of(name="hrsuite-20200101T000000Z") == "no_backup"
    assert (new_home(), list(files.names())) == (None, [])


def test_without_its_keys_a_backup_is_nothing(
    new_home: Tables, backup: dict[str, Any], settings: Any
) -> None:
    kept = keys.place().read_bytes()
    keys.place().unlink()
    assert code_of() == "backup_key_missing"
    keys.place().write_bytes(b"x")
    assert code_of() == "backup_key_unreadable"
    keys.place().unlink()
    keys.make_or_read()
    assert code_of() == "backup_other_key"
    keys.place().write_bytes(kept)
    settings.SECRET_KEY = "another"
    assert code_of() == "other_secret"
    assert new_home() is None


def test_cut_off_in_the_middle_nothing_looks_whole_and_the_second_try_ends_it(
    new_home: Tables, backup: dict[str, Any], shelf_folder: Path
) -> None:
    """The database's last byte is missing, and somebody with the key has called it whole."""
    path, manifest = (shelf_folder / backup["name"] / part for part in ("database.sealed", "manifest.json"))
    whole, said = path.read_bytes(), manifest.read_bytes()
    path.write_bytes(whole[:-1])
    digest = restoring._digest(backup["name"], "database.sealed")
    rewrite(shelf_folder, backup, mark=True, database=json.loads(said)["database"] | {"sha256": digest})
    assert code_of() == "backup_damaged"
    assert (new_home(), restoring.unfinished().read_text()) == (None, backup["name"])
    with pytest.raises(CommandError, match=backup["name"]):
        call_command("prepare")
    path.write_bytes(whole)
    manifest.write_bytes(said)
    storages["recordings"].save("chunks/2026-11-24/a.part", ContentFile(b"half of a file"))
    restoring.restore(None)
    assert (new_home(), len(list(files.names())), restoring.unfinished().exists()) == (2, 2, False)


def test_rows_that_are_not_as_many_are_taken_back(
    new_home: Tables, backup: dict[str, Any], shelf_folder: Path
) -> None:
    said = json.loads((shelf_folder / backup["name"] / "manifest.json").read_text())["database"]
    rows = said["rows"] | {"people_department": 3}
    rewrite(shelf_folder, backup, mark=True, database=said | {"rows": rows})
    assert code_of() == "count_differs"
    assert new_home() is None


def test_a_new_database_beside_the_running_one(backup: dict[str, Any]) -> None:
    name = f"{connection.settings_dict['NAME']}_beside"
    postgres.drop(name)
    try:
        assert restoring.restore(backup["name"], into=name)["into"] == name
        assert code_of(into=name) == "database_exists"
        with postgres.connected(name) as inside:
            assert postgres.rows(inside)["people_department"] == 2
    finally:
        postgres.drop(name)


def test_a_refusal_is_json_with_its_code_and_status_1(company: None, capsys: Any) -> None:
    keys.make_or_read()
    with pytest.raises(SystemExit) as ended:
        call_command("restore", "--json")
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["code"] == "no_backup"
    with pytest.raises(CommandError, match="no_backup"):
        call_command("restore")
