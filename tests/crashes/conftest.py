"""A whole server of its own for the tests that kill its processes, and simulations that run beside the killing."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.process import places

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT, STOP_LIMIT = 240.0, 60.0


def until(true: Callable[[], object], limit: float, what: str) -> None:
    """Wait until it is true; fails with `what` when it does not become so in time."""
    deadline = time.monotonic() + limit
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


class Server:
    """A server with a home and a port of its own. Its database is durable: a kill must lose nothing that was said."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="hrs-crash-"))
        self.home.chmod(0o711)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {"PATH", "HOME", "LANG", "TMPDIR"}
        self.env = {name: value for name, value in os.environ.items() if name in kept}
        self.env |= {
            "HRSUITE_HOME": str(self.home),
            "HRSUITE_BASE_URL": self.url,
            "HRSUITE_DATABASE_FSYNC": "on",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it is well."""
        command = [
            sys.executable,
            "-m",
            "core.process.serve",
            "--port",
            str(self.port),
            "--home",
            str(self.home),
        ]
        with (self.home / "output.txt").open("ab") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, env=self.env, cwd=ROOT)
        process = self.process
        until(lambda: process.poll() is not None or self.is_well(), START_LIMIT, "the server did not come up")
        assert process.poll() is None, (self.home / "output.txt").read_text()

    def stop(self) -> None:
        """Stop it as a person does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(STOP_LIMIT)

    def is_well(self) -> bool:
        """Whether /healthz answers 200."""
        try:
            return httpx.get(f"{self.url}/healthz", timeout=5, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def pids(self) -> dict[str, int]:
        """The leaders of the server's processes, by name."""
        found: dict[str, int] = json.loads((self.home / "pids.json").read_text())
        return found

    def kill(self, name: str) -> None:
        """kill -9 of one process: a leader, whose workers are orphans from then on, or one worker ("web worker")."""
        leader, _, worker = name.partition(" ")
        pid = self.pids().get(leader)
        if pid is not None and worker:
            pid = next(iter(children(pid)), None)
        if pid is not None:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def simulate(self, *options: str) -> "Simulation":
        """Start a simulation against this server."""
        return Simulation(self, *options)


class Simulation:
    """`manage.py simulate` beside the test."""

    def __init__(self, server: Server, *options: str) -> None:
        self.journal = server.home / f"journal-{time.monotonic_ns()}.jsonl"
        command = [
            sys.executable,
            "manage.py",
            "simulate",
            "--json",
            "--disturbed",
            "--journal",
            str(self.journal),
        ]
        self.process = subprocess.Popen(
            [*command, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=server.env,
            cwd=ROOT,
            text=True,
        )
        if not any(option.startswith("--compare") for option in options):
            until(lambda: self.journal.exists() or not self.is_running(), 120, "the simulation did not begin")

    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def acknowledged(self) -> int:
        """How many texts the server acknowledged so far."""
        return self.journal.read_text(encoding="utf-8").count('"text_acknowledged"')

    def result(self, limit: float) -> dict[str, Any]:
        """Wait for its end; what it found."""
        output, errors = self.process.communicate(timeout=limit)
        assert output, errors
        found: dict[str, Any] = json.loads(output)
        found["exit_code"] = self.process.returncode
        return found


def children(pid: int) -> list[int]:
    """The direct children of a process."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(each) for each in listed]


def assert_whole(found: dict[str, Any]) -> None:
    """Nothing lost, stuck or double; everybody done; nobody who kept the page open counted as gone."""
    assert found["differences"] == []
    assert not any(found["owed"].values()), found["owed"]
    assert set(found["counts"]["ended"]) <= {"completed", "away"}, found["counts"]["ended"]
    assert found["counts"]["answers"]["held"] == found["counts"]["answers"]["acknowledged"]
    assert found["counts"]["stages"]["held"] == found["counts"]["stages"]["acknowledged"]
    assert found["counts"]["stayed and counted as gone"] == 0
    assert found["exit_code"] == 0


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(places.outside(server.home), ignore_errors=True)
        shutil.rmtree(server.home, ignore_errors=True)
