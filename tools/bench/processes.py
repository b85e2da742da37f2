"""The processes that a bench starts beside itself, and ends: the web server, pumps and clusters of jobs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from core.env import BASE
from core.process import serve

START_LIMIT, STOP_LIMIT = 60.0, 15.0


@contextmanager
def web(port: int) -> Iterator[None]:
    """The web server as the suite starts it, with the bench's settings."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tools.bench.settings", "HRSUITE_DATABASE_POOL": "1"}
    with _running(serve.gunicorn("127.0.0.1", port), env):
        deadline = time.monotonic() + START_LIMIT
        while not _answers(port):
            if time.monotonic() > deadline:
                raise TimeoutError("the web server did not come up")
            time.sleep(0.2)
        yield


@contextmanager
def pump() -> Iterator[int]:
    """One pump, by its number; it hears without a web server."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "hrsuite.settings", "HRSUITE_WEB_PORT": "0"}
    with _running([sys.executable, "manage.py", "pump"], env) as pid:
        yield pid


@contextmanager
def jobs(name: str = "") -> Iterator[int]:
    """One cluster of scheduled jobs, by its number: the usual one, or the one of this name."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "hrsuite.settings", "HRSUITE_DATABASE_POOL": "0"}
    named: list[str] = []
    if name:
        env, named = {**env, "Q_CLUSTER_NAME": name}, ["--name", name]
    with _running([sys.executable, "manage.py", "qcluster", *named], env) as pid:
        yield pid


def processor_seconds(pids: Iterable[int], *, with_ended: bool = False) -> float:
    """Processor time that these processes have taken so far, user and system; `with_ended` with what their children
    had taken when they ended."""
    ticks = 0
    for pid in pids:
        # The name in brackets may hold spaces; user and system time are the 14th and 15th field, the children's follow.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(each) for each in fields[11 : 15 if with_ended else 13])
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def _running(command: list[str], env: dict[str, str]) -> Iterator[int]:
    process = subprocess.Popen(command, env=env, cwd=BASE, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/ping", timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False
