"""The processes that a bench starts beside itself, and ends: the web server and pumps."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

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
def pump() -> Iterator[None]:
    """One pump; it hears without a web server."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "hrsuite.settings", "HRSUITE_WEB_PORT": "0"}
    with _running([sys.executable, "manage.py", "pump"], env):
        yield


@contextmanager
def _running(command: list[str], env: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, env=env, cwd=BASE, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        yield
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
