"""script/server as a person uses it: it comes up, says where to look, mends itself, and goes without a trace."""

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core.process import embedded, places
from core.process.watchdog import processes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

ROOT = Path(__file__).resolve().parents[2]
NAMES = {"database", "web", "jobs", "jobs-slow", "pump", "phones"}


class Server:
    """One script/server with a home and a port of its own."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="hrs-"))
        self.home.chmod(0o711)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = ""
        self.output = self.home / "output.txt"
        # What the server is told besides.
        self.environment: dict[str, str] = {}

    def start(self, *more: str) -> float:
        """Start it and wait until it is well; the seconds it took."""
        kept = {"PATH", "HOME", "LANG", "TMPDIR", "PIP_CERT", "PIP_FIND_LINKS"}
        env = {name: value for name, value in os.environ.items() if name in kept}
        env |= {"HRSUITE_DATABASE_FSYNC": "off", **self.environment}
        self.url = f"{'https' if '--https' in more else 'http'}://127.0.0.1:{self.port}"
        command = [str(ROOT / "script" / "server"), "--port", str(self.port), "--home", str(self.home), *more]
        began = time.monotonic()
        with self.output.open("w") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, env=env, cwd="/")
        until(lambda: self.status("/healthz") == 200 or self.process.poll() is not None, 240)
        assert self.process.poll() is None, self.output.read_text()
        return time.monotonic() - began

    def status(self, path: str, token: str = "") -> int | None:
        """The HTTP status of a GET, or None without an answer."""
        request = urllib.request.Request(self.url + path)
        if token:
            request.add_header("Authorization", f"Token {token}")
        try:
            with urllib.request.urlopen(request, timeout=10, context=self.trust()) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def trust(self) -> ssl.SSLContext | None:
        """Trusts the server's own certificate and no other."""
        own = self.home / "tls" / "certificate.pem"
        return (
            ssl.create_default_context(cafile=own) if self.url.startswith("https") and own.exists() else None
        )

    def pulse(self) -> float:
        """How long ago the pump last heard the web, in seconds."""
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=10, context=self.trust()) as answer:
            return float(json.load(answer)["pulse_seconds"]["pump"])

    def pids(self) -> dict[str, int]:
        found: dict[str, int] = json.loads((self.home / "pids.json").read_text())
        return found

    def demo(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.home / "demo.json").read_text())
        return found

    def left_behind(self) -> list[int]:
        """The processes that name this home in their command, environment or session."""
        return [
            pid for pid, _, session in processes() if session in self.sessions or names(pid, str(self.home))
        ]

    def remember(self) -> None:
        self.sessions = set(self.pids().values())


def names(pid: int, text: str) -> bool:
    try:
        return os.fsencode(text) in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(true: Callable[[], object], limit: float) -> None:
    deadline = time.monotonic() + limit
    while not true():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    try:
        server.start()
        yield server
    finally:
        if server.process.poll() is None:
            server.process.terminate()
            server.process.wait(60)
        shutil.rmtree(places.outside(server.home), ignore_errors=True)
        shutil.rmtree(server.home)


def test_it_comes_up_with_a_demo_to_try(server: Server) -> None:
    demo = server.demo()
    assert set(demo) == {"base_url", "hr", "managers", "candidates", "answers", "roles"}
    assert demo["base_url"] == server.url
    assert set(demo["hr"]) == {"username", "password", "token"}
    assert all(set(each) == {"username", "password", "token", "department"} for each in demo["managers"])
    assert all(set(each) == {"name", "application", "interview", "link"} for each in demo["candidates"])
    assert len({each["interview"] for each in demo["candidates"]}) == len(demo["candidates"]) >= 12
    assert demo["answers"]
    link = demo["candidates"][0]["link"].removeprefix(server.url)
    assert {
        "link": server.status(link),
        "api": server.status("/api/v1/interviews/", demo["hr"]["token"]),
        "api without a token": server.status("/api/v1/interviews/"),
        "admin": server.status("/admin/login/"),
        "docs": server.status("/api/docs/"),
    } == {"link": 200, "api": 200, "api without a token": 401, "admin": 200, "docs": 200}
    shown = server.output.read_text()
    # Nothing of what only says that it lives is a change of anything.
    with psycopg.connect(embedded.url(server.home)) as connection:
        kept = connection.execute(
            "SELECT DISTINCT model FROM history_change WHERE source IN ('loop:pulse', 'command:qcluster')"
        ).fetchall()
    assert kept == []
    assert demo["hr"]["username"] in shown
    assert demo["candidates"][0]["link"] in shown


def test_its_processes_are_named_and_its_files_are_private(server: Server) -> None:
    assert set(server.pids()) == NAMES
    assert {(server.home / name).stat().st_mode & 0o077 for name in ("demo.json", "secret-key", "log")} == {0}


def test_a_second_server_of_the_same_home_is_refused(server: Server) -> None:
    command = [str(ROOT / "script" / "server"), "--port", "1", "--home", str(server.home)]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        command[2] = str(free.getsockname()[1])
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"is already running (pid {server.process.pid})" in done.stderr
    assert server.status("/healthz") == 200
    assert (server.home / "demo.json").exists()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_killed_process_comes_back(server: Server, name: str) -> None:
    before = server.pids()[name]
    os.kill(before, signal.SIGKILL)
    until(lambda: server.pids().get(name) not in (None, before), 30)
    until(lambda: server.status("/healthz") == 200, 60)


def test_term_leaves_nothing_and_the_next_start_takes_seconds(server: Server) -> None:
    before = server.demo()
    server.remember()
    server.process.terminate()
    assert server.process.wait(60) == 0
    assert server.left_behind() == []
    took = server.start()
    assert took < 90  # 5 s on two idle cores; other tests may be at work beside this one
    demo = server.demo()
    assert len(demo["candidates"]) >= 12
    assert not {each["link"] for each in demo["candidates"]} & {each["link"] for each in before["candidates"]}
    assert (demo["hr"], demo["managers"]) == (before["hr"], before["managers"])


def test_a_killed_server_leaves_nothing_either(server: Server) -> None:
    server.remember()
    server.process.kill()
    server.process.wait()
    until(lambda: server.left_behind() == [], 40)
    server.start()


def test_over_https_a_phone_may_record(server: Server) -> None:
    server.process.terminate()
    server.process.wait(60)
    server.start("--https")
    until(lambda: server.pulse() < 2.5, 60)  # the pump hears the web over TLS too
    link = server.demo()["candidates"][0]["link"]
    assert link.startswith(server.url)
    jar = CookieJar()
    browser = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=server.trust()), urllib.request.HTTPCookieProcessor(jar)
    )
    page = browser.open(link, timeout=10).read().decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    confirmed = urllib.request.Request(link, data=f"csrfmiddlewaretoken={token}".encode())
    confirmed.add_header("Referer", link)
    browser.open(confirmed, timeout=10).close()
    assert {cookie.name: cookie.secure for cookie in jar}["__Host-room"] is True
