import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core import confined

BOUNDS = confined.Bounds(processor=5, patience=10, memory=512 * 1024**2, largest=1024)


def python(program: str) -> list[str]:
    return [sys.executable, "-I", "-c", program]


def test_it_answers_what_it_was_asked_and_says_how_it_ended() -> None:
    program = (
        "import json, sys; asked = sys.stdin.read(); print(json.dumps({'asked': asked})); sys.exit('no')"
    )
    done = confined.run(python(program), BOUNDS, asked="张三".encode())
    assert (done.code, done.as_json(), done.complaint) == (1, {"asked": "张三"}, "no\n")


def test_nothing_of_ours_is_in_its_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    program = "import json, os; print(json.dumps(dict(os.environ)))"
    found = confined.run(python(program), BOUNDS, surroundings={"OWN": "1"}).as_json()
    assert set(found) <= {"PATH", "LANG", "OWN", "LC_CTYPE"}
    assert found["OWN"] == "1"


def test_time_has_an_end_whether_it_works_or_waits() -> None:
    with pytest.raises(confined.TookTooLongError):
        confined.run(python("while True: pass"), replace(BOUNDS, processor=1))
    with pytest.raises(confined.TookTooLongError):
        confined.run(python("import time; time.sleep(60)"), replace(BOUNDS, patience=0.3))


def test_memory_has_an_end_and_the_bounds_go_down_to_what_it_starts() -> None:
    assert "MemoryError" in confined.run(python("b'x' * 1024**3"), BOUNDS).complaint
    program = f"import subprocess; subprocess.run([{sys.executable!r}, '-c', 'print(len(bytes(1024**3)))'])"
    assert confined.run(python(program), BOUNDS).answer == b""


def test_its_answer_and_its_files_have_an_end(tmp_path: Path) -> None:
    assert len(confined.run(python("print('x' * 5000)"), BOUNDS).answer) <= 1024
    target = tmp_path / "much"
    confined.run(python(f"open({str(target)!r}, 'wb').write(bytes(5000))"), BOUNDS)
    assert target.stat().st_size <= 1024
    assert len(confined.run(python("print('x' * 5000)"), replace(BOUNDS, largest=None)).answer) == 5001


def test_a_signal_from_outside_says_nothing_of_the_work() -> None:
    with pytest.raises(confined.EndedError, match="SIGKILL"):
        confined.run(python("import os; os.kill(os.getpid(), 9)"), BOUNDS)


def test_a_program_that_is_not_there_is_named() -> None:
    done = confined.run(["/nowhere/ffprobe"], BOUNDS)
    assert (done.code, done.complaint) == (1, "/nowhere/ffprobe: No such file or directory\n")


def test_an_answer_that_is_no_object_is_refused() -> None:
    for answer in ("", "{", "[1]"):
        with pytest.raises(ValueError):
            confined.Done(0, answer.encode(), "").as_json()


def test_a_module_of_ours_is_run_with_its_words() -> None:
    done = confined.run(confined.ours("recruitment.resumes.inside", "inspect", "pdf", "/nowhere"), BOUNDS)
    assert "FileNotFoundError" in done.complaint or done.as_json() == {"refused": "broken"}


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    inner = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    outer = (
        f"import sys; sys.path.insert(0, {str(confined.BASE)!r}); from core import confined; "
        f"confined.run([sys.executable, '-I', '-c', {inner!r}], confined.Bounds(5, 60, {BOUNDS.memory}))"
    )
    parent = subprocess.Popen([sys.executable, "-c", outer])
    began = time.monotonic()
    while not (told.exists() and told.read_text()):
        assert time.monotonic() - began < 20
        time.sleep(0.05)
    child = Path(f"/proc/{told.read_text()}")
    assert child.exists()
    parent.kill()
    parent.wait()
    while child.exists() and "Z" not in (child / "stat").read_text().rpartition(")")[2][:3]:
        assert time.monotonic() - began < 30
        time.sleep(0.05)
