"""One browser's requests, as patient as the room's page: retries after 1, 2, 4, 8, 15 s, errors with their code."""

import asyncio
import random
import ssl
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
from django.conf import settings

DELAYS = (1.0, 2.0, 4.0, 8.0, 15.0)
TIMEOUT = 10.0
WITHOUT_END = 1_000_000


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    own = settings.HOME / "tls" / "certificate.pem"
    if own.exists():
        context.load_verify_locations(own)
    return context


class Refusal(Exception):
    """The server answered, and the answer is no."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body.get('code', '')}")
        self.status = status
        self.code: str = body.get("code", "")
        self.body = body


class UnreachableError(Exception):
    """No usable answer came: no connection, a time-out, a server that is just restarting."""


class OutOfTimeError(Exception):
    """The run is over before this candidate was done."""


@dataclass
class Figures:
    """What all browsers together sent and how they were answered."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refusals: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)

    @property
    def requests(self) -> int:
        """How many requests were answered."""
        return sum(len(each) for each in self.seconds.values())


class Wire:
    """A browser: cookies and connections of its own."""

    def __init__(self, base_url: str, figures: Figures, *, ends_at: float, dice: random.Random) -> None:
        self._client = httpx.AsyncClient(
            base_url=base_url,
            # One context for all: each would read the certificates of the whole world anew.
            transport=httpx.AsyncHTTPTransport(verify=_tls(), limits=httpx.Limits(keepalive_expiry=10)),
            trust_env=False,
            headers={"User-Agent": "hrsuite-simulate"},
        )
        self._figures = figures
        self._ends_at = ends_at
        self._dice = dice

    async def close(self) -> None:
        """Close the browser's connections."""
        await self._client.aclose()

    async def once(
        self, name: str, method: str, path: str, *, within: float = TIMEOUT, **more: Any
    ) -> httpx.Response:
        """One try. Raises UnreachableError on no answer, 429 and 5xx; OutOfTimeError when the run is over."""
        if time.monotonic() > self._ends_at:
            raise OutOfTimeError
        began = time.monotonic()
        try:
            async with asyncio.timeout(within):
                response = await self._client.request(method, path, timeout=within, **more)
        except (httpx.TransportError, TimeoutError) as error:
            self._figures.troubles[type(error).__name__] += 1
            raise UnreachableError(type(error).__name__) from error
        self._figures.seconds[name].append(time.monotonic() - began)
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
            self._figures.troubles[str(response.status_code)] += 1
            raise UnreachableError(str(response.status_code))
        return response

    async def patiently(
        self,
        name: str,
        method: str,
        path: str,
        *,
        body: Callable[[], dict[str, Any]] | None = None,
        retries: int = WITHOUT_END,
        **more: Any,
    ) -> httpx.Response:
        """Tries until an answer comes. `body` is asked again before each, so that a retry carries the epoch of now."""
        for tries in range(retries + 1):
            if tries:
                pause = DELAYS[min(tries, len(DELAYS)) - 1]
                await asyncio.sleep(pause * self._dice.uniform(0.8, 1.2))
            try:
                if body is not None:
                    more["json"] = body()
                return await self.once(name, method, path, **more)
            except UnreachableError:
                if tries == retries:
                    raise
        raise AssertionError("a range from 0 has a last number")

    async def api(self, name: str, method: str, path: str, **more: Any) -> dict[str, Any]:
        """A call of the room's API: its JSON, or a Refusal."""
        response = await self.patiently(name, method, f"/room/api/{path}", **more)
        content: dict[str, Any] = response.json() if response.content else {}
        if response.is_success:
            return content
        self._figures.refusals[f"{name} {response.status_code} {content.get('code', '')}"] += 1
        raise Refusal(response.status_code, content)
