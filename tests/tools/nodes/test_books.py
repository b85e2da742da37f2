"""Several machines on one: what counts as lost, as silence, as well."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools.nodes import books, losses
from tools.nodes.watching import Watch

PIECES = {"acknowledged": 9, "lost": 0, "double": 0, "unknown": 0, "spoilt": 0, "tries_again": 3, "wrong": []}
SIMULATED: dict[str, Any] = {"differences": [], "owed": {"reactions pending": 0}}


@pytest.mark.parametrize(
    ("simulated", "recorded", "broken", "well"),
    [
        ({}, {}, {}, True),
        ({"differences": [{"what": "answer missing"}]}, {}, {}, False),
        ({"owed": {"reactions pending": 1}}, {}, {}, False),
        ({}, {"lost": 1}, {}, False),
        ({}, {"double": 1}, {}, False),
        ({}, {"unknown": 1}, {}, False),
        ({}, {"spoilt": 1}, {}, False),
        ({}, {"wrong": ["chunk 1 2: 409"]}, {}, False),
        ({}, {}, {"core.owed": 1}, False),
        ({}, {}, {"core.owed": None}, False),
    ],
)
def test_what_is_well(
    simulated: dict[str, Any], recorded: dict[str, Any], broken: dict[str, object], well: bool
) -> None:
    assert books.is_well(SIMULATED | simulated, PIECES | recorded, broken) is well


def test_recorders_that_said_nothing_are_not_well() -> None:
    assert not books.is_well(SIMULATED, {}, {})


def test_what_was_acknowledged_before_the_end_and_is_not_held_is_lost(tmp_path: Path) -> None:
    said = [
        {"at": 1.0, "what": "text_sent", "interview": 1, "question": 1, "revision": 1, "text": "…"},
        {"at": 2.0, "what": "text_acknowledged", "interview": 1, "question": 1, "revision": 1},
        {"at": 3.0, "what": "text_acknowledged", "interview": 1, "question": 1, "revision": 2},
        {"at": 4.0, "what": "text_acknowledged", "interview": 1, "question": 2, "revision": 1},
        {"at": 9.0, "what": "text_acknowledged", "interview": 2, "question": 1, "revision": 7},
    ]
    journal = tmp_path / "journal.jsonl"
    journal.write_text("\n".join(map(json.dumps, said)) + '\n{"at": 9.5, "wh')
    told = losses.acknowledged(journal, before=8.0)
    assert told == {(1, 1): {1: 2.0, 2: 3.0}, (1, 2): {1: 4.0}}
    assert losses.lost(told, {(1, 1): 2, (1, 2): 1}) == []
    assert losses.lost(told, {(1, 1): 5, (1, 2): 1}) == [], "a later one holds it"
    assert losses.lost(told, {(1, 1): 1}) == [3.0, 4.0]


@pytest.mark.parametrize(
    ("seen", "longest"),
    [
        ([(0, True), (1, True), (2, True), (3, True)], 1),
        ([(0, True), (1, False), (2, False), (3, True)], 3),
        ([(0, True), (1, True)], 2),
        ([], 3),
        ([(-1, True), (9, True)], 3),
    ],
    ids=["never", "between", "to the end", "nobody ever", "outside of it"],
)
def test_the_longest_silence(seen: list[tuple[float, bool]], longest: float) -> None:
    watch = Watch()
    watch.seen = seen
    assert watch.longest_silence(0, 3) == longest
