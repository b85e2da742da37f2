"""The supervisor with small children of the test's own: it restarts the dead, stops in order, leaves nothing behind."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.process.children import LOG_LIMIT, Child, Run, open_log
from core.process.watchdog import processes

pytestmark = pytest.mark.slow

# The table: a worker with a worker of its own (an orphan, if only the leader dies), one that ignores SIGTERM,
# and a base that says when it was stopped.
PROGRAM = """
import signal, subprocess, sys
from pathlib import Path
from core.process.children import Child
from core.process.supervisor import AlreadyRunningError, Supervisor

home = Path(sys.argv[1])
NOTE = "import signal, sys, time\\n"
NOTE += "def end(*_): open(sys.argv[1] + '/stopped', 'a').write(sys.argv[2] + '\\\\n'); sys.exit()\\n"
NOTE += "signal.signal(signal.SIGTERM, end)\\n"
NOTE += "while True: time.sleep(0.05)\\n"
FAMILY = "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\\n"
FAMILY += "time.sleep(600)\\n"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\\n"
DEAF += "while True: time.sleep(1)\\n"

def python(code, *words):
    return lambda: [sys.executable, "-c", code, *words]

children = [
    Child("base", python(NOTE, str(home), "base"), wave=9, foundation=True),
    Child("family", python(FAMILY), wave=1),
    Child("polite", python(NOTE, str(home), "polite"), wave=0),
    Child("deaf", python(DEAF), wave=2, stop_limit=1.0),
    Child("idle", python("import time; time.sleep(600)"), wave=1, stuck=lambda age: (home / "stuck").exists()),
]
try:
    Supervisor(home, children).run(first=lambda supervisor: (home / "prepared").touch())
except AlreadyRunningError as error:
    print(error)
    sys.exit(3)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="hrs-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def supervise(home: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", PROGRAM, str(home)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.send_signal(signal.SIGTERM) if process.poll() is None else None
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=20)


def until(true: Callable[[], object], limit: float = 25.0) -> None:
    deadline = time.monotonic() + limit
    while not true():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def pids(home: Path) -> dict[str, int]:
    try:
        found: dict[str, int] = json.loads((home / "pids.json").read_text())
    except FileNotFoundError:
        return {}
    return found


def all_up(home: Path) -> dict[str, int]:
    until(lambda: set(pids(home)) == {"base", "family", "polite", "deaf", "idle"})
    found = pids(home)
    until(lambda: len(of_sessions([found["family"]])) == 2)
    time.sleep(0.3)  # the children have set their signal handlers
    return found


def of_sessions(sessions: list[int]) -> list[int]:
    return [pid for pid, _, session in processes() if session in sessions]


def test_term_stops_all_in_order_and_leaves_nothing(
    home: Path, supervise: Callable[[], subprocess.Popen[str]]
) -> None:
    supervisor = supervise()
    before = all_up(home)
    assert (home / "prepared").exists()
    supervisor.send_signal(signal.SIGTERM)
    output, _ = supervisor.communicate(timeout=20)
    assert supervisor.returncode == 0
    assert of_sessions(list(before.values())) == []
    assert (home / "stopped").read_text().split() == ["polite", "base"]
    assert "deaf did not stop in time and is killed" in output
    assert not (home / "pids.json").exists()


def test_what_a_child_that_ended_says_of_why_is_of_this_run_and_of_no_earlier_one(tmp_path: Path) -> None:
    asked = [
        "ImportError: no module of this name\nShutting down: Master\nReason: Worker failed to boot.",
        "all is well",
        "FATAL:  the database system is starting up\nException in worker process",
    ]
    found = []
    for words in asked:
        command = [sys.executable, "-c", "import sys; print(sys.argv[1]); sys.exit(3)", words]
        run = Run(Child("web", command.copy), tmp_path)
        run.start()
        assert run.process is not None
        run.process.wait()
        found.append((run.ended(), run.last_words()))
    # The log is cut while it is written: it is shorter than where the run began.
    run.log.write_text("ValueError: later\n")
    assert run.first_byte > run.log.stat().st_size
    assert [*found, run.last_words()] == [
        ("ended with 3", "ImportError: no module of this name"),
        ("ended with 3", ""),
        ("ended with 3", "FATAL:  the database system is starting up"),
        "ValueError: later",
    ]


@pytest.mark.parametrize("name", ["base", "family", "polite", "deaf"])
def test_a_killed_child_starts_again_and_its_whole_group_goes_first(
    home: Path, supervise: Callable[[], subprocess.Popen[str]], name: str
) -> None:
    supervise()
    before = all_up(home)
    os.kill(before[name], signal.SIGKILL)
    until(lambda: pids(home).get(name) not in (None, before[name]))
    assert of_sessions([before[name]]) == []
    assert {each: pid for each, pid in pids(home).items() if each != name} == {
        each: pid for each, pid in before.items() if each != name
    }


def test_a_child_that_does_no_work_is_restarted(
    home: Path, supervise: Callable[[], subprocess.Popen[str]]
) -> None:
    supervise()
    before = all_up(home)
    (home / "stuck").touch()
    until(lambda: pids(home).get("idle") not in (None, before["idle"]))


def test_a_killed_supervisor_leaves_nothing_and_the_next_one_takes_over(
    home: Path, supervise: Callable[[], subprocess.Popen[str]]
) -> None:
    first = supervise()
    before = all_up(home)
    first.kill()
    first.wait()
    supervise()  # at once: it waits for the watchdog of the first
    until(lambda: of_sessions(list(before.values())) == [])
    until(lambda: len(pids(home)) == 5 and not set(pids(home).values()) & set(before.values()))


def test_with_the_watchdog_killed_too_the_next_supervisor_ends_what_is_left(
    home: Path, supervise: Callable[[], subprocess.Popen[str]]
) -> None:
    first = supervise()
    before = all_up(home)
    watchdogs = [pid for pid in children_of(first.pid) if pid not in before.values()]
    assert len(watchdogs) == 1
    first.send_signal(signal.SIGSTOP)  # so that it cannot replace the watchdog
    os.kill(watchdogs[0], signal.SIGKILL)
    first.kill()
    first.wait()
    assert of_sessions(list(before.values()))
    supervise()
    until(lambda: of_sessions(list(before.values())) == [])


def children_of(parent: int) -> list[int]:
    return [pid for pid, _, _ in processes() if f"PPid:\t{parent}\n" in status(pid)]


def status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def test_a_second_supervisor_of_the_same_home_is_refused(
    home: Path, supervise: Callable[[], subprocess.Popen[str]]
) -> None:
    first = supervise()
    before = all_up(home)
    second = supervise()
    output, _ = second.communicate(timeout=20)
    assert (second.returncode, output) == (3, f"A server of {home} is already running (pid {first.pid})\n")
    assert pids(home) == before


def test_a_large_log_is_set_aside_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "log" / "web.log"
    with open_log(path) as log:
        log.write(b"x" * (LOG_LIMIT + 1))
    with open_log(path) as log:
        log.write(b"new")
    assert path.read_bytes() == b"new"
    assert (tmp_path / "log" / "web.log.1").stat().st_size == LOG_LIMIT + 1
