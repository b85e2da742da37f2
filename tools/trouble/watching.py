"""What is said meanwhile: by /healthz and /readyz, and to the administrator above the first page."""

import http
import http.client
import json
import re
import threading
import time
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode

from tools.nodes.machines import PORT

EVERY, WITHIN = 0.5, 5.0
# Signing in is slow on purpose.
PAGE_WITHIN = 20.0
HERE = "127.0.0.1"
_SAID = re.compile(r'<span class="hs-trouble">(.*?)</span>', re.DOTALL)
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Look:
    """One look: the status of each (0: nobody answered), the codes of /healthz, the sentences on the page, and how many
    seconds ago a job was last done."""

    at: float
    health: int
    ready: int
    home: int
    codes: frozenset[str] = frozenset()
    sentences: tuple[str, ...] = ()
    jobs: float = 0.0

    @property
    def is_served(self) -> bool:
        """All three are answered as on a good day."""
        return {self.health, self.ready, self.home} == {int(http.HTTPStatus.OK)}


class Browser:
    """The administrator's: one person's cookies, and the password when the session has ended."""

    def __init__(self, name: str, password: str) -> None:
        self.name, self.password = name, password
        self.cookies: dict[str, str] = {}

    def home(self) -> tuple[int, str]:
        """The first page; signed in anew where one is asked to. Status 0: nobody answered."""
        try:
            status, page = self._ask("GET", "/admin/")
            if status == http.HTTPStatus.FOUND:
                page = self._ask("GET", "/admin/login/")[1]
                form = {
                    "username": self.name,
                    "password": self.password,
                    "csrfmiddlewaretoken": self._token(page),
                }
                self._ask("POST", "/admin/login/?next=/admin/", urlencode(form))
                status, page = self._ask("GET", "/admin/")
        except (OSError, http.client.HTTPException):
            return 0, ""
        return status, page

    def _token(self, page: str) -> str:
        found = _TOKEN.search(page)
        return found[1] if found else ""

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        wire = http.client.HTTPConnection(HERE, PORT, timeout=PAGE_WITHIN)
        known = self.cookies | {"django_language": "en"}
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in known.items()),
            "Accept-Language": "en",
            "Referer": f"http://{HERE}:{PORT}/admin/login/",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            wire.request(method, path, body, headers)
            answer = wire.getresponse()
            for given in answer.headers.get_all("Set-Cookie") or []:
                name, _is, value = given.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode(errors="replace")
        finally:
            wire.close()


@dataclass
class Watch:
    """Looks twice a second, each in turn, until it is stopped."""

    browser: Browser
    seen: list[Look] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stop_asked = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """From now on."""
        self._thread.start()

    def stop(self) -> None:
        """No more."""
        self._stop_asked.set()
        self._thread.join()

    @property
    def last(self) -> Look:
        """The last look, or nothing seen."""
        return self.seen[-1] if self.seen else Look(0.0, 0, 0, 0)

    def _run(self) -> None:
        while not self._stop_asked.wait(EVERY):
            began = time.monotonic()
            health, body = _get("/healthz")
            ready, _body = _get("/readyz")
            home, page = self.browser.home()
            try:
                told = json.loads(body)
            except ValueError:
                told = {}
            codes, jobs = frozenset(told.get("trouble", ())), told.get("pulse_seconds", {}).get("jobs", 0.0)
            sentences = tuple(unescape(re.sub(r"<[^>]+>", "", each)).strip() for each in _SAID.findall(page))
            self.seen.append(Look(began, health, ready, home, codes, sentences, jobs))


def counted() -> dict[str, int]:
    """Calls of the room that were answered so far, by status, where the web counts."""
    found: dict[str, int] = {}
    pattern = re.compile(r'hrsuite_requests_total\{.*?route="room/.*?",status="(\d+)"\} (\S+)')
    for status, count in pattern.findall(_get("/metrics")[1]):
        found[status] = found.get(status, 0) + int(float(count))
    return found


def _get(path: str) -> tuple[int, str]:
    wire = http.client.HTTPConnection(HERE, PORT, timeout=WITHIN)
    try:
        wire.request("GET", path)
        answer: Any = wire.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        wire.close()
