"""What a bare machine lacks is said by its name, before the first test."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def told(script: str, **env: str) -> tuple[int, str, str]:
    """A few lines of shell after the scripts' own."""
    begin = "set -uo pipefail\npython=.venv/bin/python\n. script/environment.sh\n. script/machine.sh\n"
    # Nothing is installed and nothing is written by a test.
    quiet = "as_root() { return 1; }\n"
    done = subprocess.run(
        ["bash", "-c", begin + quiet + script],
        cwd=ROOT,
        env={**os.environ, "CI": "", **env},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("gone", "name"),
    [
        ("has_libatomic() { return 1; }", "libatomic1"),
        ("has_localhost() { return 1; }", '"localhost" in /etc/hosts'),
        ("has_chromium() { return 1; }", "chromium"),
        ("has_font() { return 1; }", "fonts-noto-cjk"),
        ("has_calc() { return 1; }", "LibreOffice Calc"),
        ("has_shared_memory() { return 1; }", "/dev/shm"),
    ],
)
def test_each_is_named_with_what_it_costs_and_ci_stops(gone: str, name: str) -> None:
    code, _out, said = told(f"{gone}\nmake_machine\n")
    assert code == 0
    assert f"Missing: {name}. Without it: " in said
    code, _out, said = told(f"{gone}\nmake_machine\n", CI="true")
    assert (code, f"Missing: {name}" in said) == (1, True)


def test_all_of_them_at_once(tmp_path: Path) -> None:
    names = ("libatomic", "localhost", "chromium", "font", "calc", "shared_memory")
    gone = "\n".join(f"has_{name}() {{ return 1; }}" for name in names)
    _code, out, _said = told(f"{gone}\nmissing_parts\n")
    assert len(out.splitlines()) >= len(names)


def test_one_part_alone_is_asked_for_where_the_rest_is_not_needed() -> None:
    gone = "has_font() { return 1; }\nhas_chromium() { return 1; }"
    assert told(f"{gone}\nmake_machine fonts-noto-cjk\n", CI="true")[2].count("Missing: ") == 1
    assert "Missing" not in told(f"{gone}\nmake_machine libatomic1\n")[2]


def test_this_machine_can_say_what_it_has() -> None:
    """The ways of looking are right: what these tests run on has a name for itself."""
    assert told("has_localhost && echo yes")[1] == "yes\n"
