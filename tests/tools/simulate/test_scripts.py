"""Who does what: exact shares, the same for the same seed."""

from collections import Counter

import pytest

from tools.simulate import scripts
from tools.simulate.scripts import Way


def written(**options: object) -> list[scripts.Script]:
    known = {
        "candidates": 300,
        "exit_rate": 0.3,
        "silent": 0.5,
        "seed": 1,
        "questions": [1, 2, 1],
        "duration": 180.0,
    }
    return scripts.write(**{**known, **options})  # type: ignore[arg-type]


def test_the_same_seed_writes_the_same_scripts_and_another_one_others() -> None:
    assert written() == written()
    assert written() != written(seed=2)


def test_shares_are_exact() -> None:
    ways = Counter(script.way for script in written())

    assert ways[None] == 210
    assert ways[Way.LEAVE] == 45
    assert ways[Way.SILENT] + ways[Way.CLOSED] + ways[Way.HIDDEN] == 45
    assert all(ways[way] for way in Way)


@pytest.mark.parametrize(
    ("options", "leaving", "announced"),
    [
        ({"exit_rate": 0.0}, 0, 0),
        ({"exit_rate": 1.0, "silent": 0.0}, 300, 300),
        ({"exit_rate": 1.0, "silent": 1.0}, 300, 0),
        ({"candidates": 1, "exit_rate": 1.0, "silent": 1.0}, 1, 0),
    ],
)
def test_the_ends_of_the_scale(options: dict[str, float], leaving: int, announced: int) -> None:
    found = written(**options)

    assert sum(script.way is not None for script in found) == leaving
    assert sum(script.way is Way.LEAVE for script in found) == announced
    assert all(bool(script.cause) == (script.way is Way.LEAVE) for script in found)


def test_everybody_starts_early_enough_to_finish_and_leaves_at_a_question_that_exists() -> None:
    for script in written():
        assert 0 <= script.starts_after <= 60
        assert script.exit_question < [1, 2, 1][script.exit_stage]
        assert not (script.returns and script.way is None)
