"""docs/faults.md names tests that there are."""

import re
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (?!fault|---)(.+) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([^`]+)`")


def test_every_fault_has_a_test_that_is_there() -> None:
    rows = ROW.findall((HOUSE / "docs/faults.md").read_text())
    assert len(rows) > 25
    missing = []
    for fault, tests in rows:
        file: Path | None = None
        for name in NAMED.findall(tests):
            if name.endswith(".py"):
                file = HOUSE / "tests" / name
                missing += [] if file.is_file() else [(fault, name)]
            elif file is None or f"def {name}(" not in file.read_text():
                missing.append((fault, name))
        missing += [] if file else [(fault, "no file")]
    assert missing == []
