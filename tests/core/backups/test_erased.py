"""Who was erased is written down outside the database: beside the backups and in the home, read from both."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from core.backups import erased, shelf

pytestmark = pytest.mark.usefixtures("shelf_folder")


def test_a_new_home_reads_it_from_beside_the_backups(settings: Any, tmp_path: Path) -> None:
    settings.BACKUPS_ARE_ON = True
    erased.note(7, "2026-11-02T08:00:00+00:00")
    erased.note(7, "2026-11-02T08:00:00+00:00")
    erased.note(9, "2026-11-03T08:00:00+00:00")
    known = {7: "2026-11-02T08:00:00+00:00", 9: "2026-11-03T08:00:00+00:00"}
    assert erased.read() == known
    settings.HOME = tmp_path / "another"
    settings.HOME.mkdir()
    assert erased.read() == known
    assert shelf.whole() == [] and shelf.prune(timezone.now()) == []  # it is no backup, and not taken for one
    assert erased.read() == known


def test_backups_that_are_made_by_hand_have_it_beside_them_too(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are carried to another machine, and brought back there into a home that knows of nobody."""
    settings.BACKUPS_ARE_ON = False
    monkeypatch.setattr(shelf, "whole", lambda: ["hrsuite-20261101T000000Z"])
    erased.note(7, "2026-11-02T08:00:00+00:00")
    settings.HOME = tmp_path / "another"
    settings.HOME.mkdir()
    assert erased.read() == {7: "2026-11-02T08:00:00+00:00"}


def test_without_backups_it_lies_in_the_home(settings: Any) -> None:
    settings.BACKUPS_ARE_ON = False
    assert erased.read() == {}
    erased.note(7, "2026-11-02T08:00:00+00:00")
    assert erased.read() == {7: "2026-11-02T08:00:00+00:00"}


def test_half_a_line_of_a_crash_is_passed_over(settings: Any) -> None:
    settings.BACKUPS_ARE_ON = False
    (Path(settings.HOME) / erased.NAME).write_text(
        json.dumps({"record": 7, "made_at": "x"}) + '\n{"record": 9, "ma'
    )
    assert erased.read() == {7: "x"}
