"""A passphrase opens a backup on the day its key is lost; without one, or with another, nothing opens."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from core.backups import keys, making, restoring, shelf, wrapping
from core.errors import DomainError, Refused

WORDS = "红烧肉 配 三碗 白米饭 不加糖"
Tables = Callable[[], int | None]


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen rounds instead of 131,072: the cost of a guess is not what is tried here."""
    monkeypatch.setattr(wrapping, "COST", (4, 8, 1))


@pytest.fixture
def wrapped_backup(company: None) -> dict[str, Any]:
    keys.wrap(WORDS)
    return making.back_up()


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(DomainError) as found:
        call()
    assert str(found.value.message) != found.value.code
    return found.value.code


def test_a_key_comes_out_of_its_passphrase_alone() -> None:
    key = bytes(range(32))
    text = wrapping.wrapped(key, WORDS)
    assert wrapping.opened(text, WORDS) == key
    assert text != wrapping.wrapped(key, WORDS), "another salt each time"
    for wrong in (
        text[:-6] + "AAAA==",
        text.replace("$8$", "$9999$"),
        "scrypt$4$8$1$x",
        "",
        "md5$1$1$1$AA$AA",
    ):
        assert refused(lambda wrong=wrong: wrapping.opened(wrong, WORDS)) == "wrong_passphrase"
    assert refused(lambda: wrapping.opened(text, WORDS + " ")) == "wrong_passphrase"
    assert refused(lambda: wrapping.wrapped(key, "kurz")) == "passphrase_short"


def test_the_real_cost_is_a_third_of_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert wrapping.COST == (17, 8, 1)
    assert all(cost <= most for cost, most in zip(wrapping.COST, wrapping.MOST, strict=True))


def test_without_the_key_file_the_passphrase_brings_everything_back(
    wrapped_backup: dict[str, Any], new_home: Tables, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`new_home` makes a second backup with the same key; both carry it wrapped."""
    kept = keys.place().read_bytes()
    for path in keys.place().parent.iterdir():
        path.unlink()
    assert refused(lambda: restoring.restore(None)) == "backup_key_missing"
    assert refused(lambda: restoring.restore(None, ask=lambda: "another passphrase")) == "wrong_passphrase"
    monkeypatch.setenv("HRSUITE_BACKUP_PASSPHRASE_FILE", str(tmp_path / "nowhere"))
    assert refused(lambda: restoring.restore(None)) == "passphrase_file_missing"
    assert (new_home(), keys.place().exists()) == (None, False)
    (tmp_path / "words").write_text(f"{WORDS}\n", encoding="utf-8")
    monkeypatch.setenv("HRSUITE_BACKUP_PASSPHRASE_FILE", str(tmp_path / "words"))
    restoring.restore(None)
    assert new_home() == 2
    assert (keys.place().read_bytes(), keys.wrapped() is not None) == (kept, True), (
        "the next is made with it, too"
    )


def test_the_words_are_in_no_backup_and_a_backup_before_them_knows_none(
    backup: dict[str, Any], shelf_folder: Path
) -> None:
    assert shelf.manifest(backup["name"])["wrapped"] is None
    keys.place().unlink()
    assert refused(lambda: restoring.restore(None, ask=lambda: WORDS)) == "backup_key_missing"


def test_the_command_wraps_and_says_the_mark_and_never_the_key(
    shelf_folder: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("backup_key", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "key": keys.of_key(keys.read()), "kept_at": str(keys.place()), "wrapped": False,
    }  # fmt: skip
    with pytest.raises(SystemExit):
        call_command("backup_key", "--wrap", "--json")
    assert json.loads(capsys.readouterr().out)["code"] == "passphrase_short"
    monkeypatch.setenv("HRSUITE_BACKUP_PASSPHRASE", WORDS)
    call_command("backup_key", "--wrap", "--json")
    said = capsys.readouterr().out
    assert json.loads(said)["wrapped"] and keys.place().read_text().strip() not in said
    assert wrapping.opened(str(keys.wrapped()), WORDS) == keys.read()
    with pytest.raises(Refused):
        keys.wrap("kurz")
    assert wrapping.opened(str(keys.wrapped()), WORDS) == keys.read(), "a refused one changes nothing"
