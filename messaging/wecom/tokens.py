"""The access token of one application, shared by every process.

WeCom gives one token per application, counts the calls that fetch it, and may take it back at any time.
So it is kept in the cache all processes share, is fetched by one process at a time (an advisory lock of
PostgreSQL), and is renewed when four fifths of its life are over, while the old one still works.
The cache is a table of the database: the token is sealed there, and one that cannot be opened is fetched anew.
"""

import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

from django.core.cache import cache
from django.db import connection
from django.utils.crypto import salted_hmac

from core.errors import Refused
from core.sealed import ring
from messaging.wecom.errors import ProviderError, Transient

RENEW_AT = 0.8
# After a failed early renewal, how long the old token is used before the next try.
POSTPONE_SECONDS = 60
POLL_SECONDS = 0.1
# What a sealed token is bound to.
PLACE = "cache.wecom_token"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Token:
    """A fetched token. `serial` tells two fetches apart even when WeCom answered the same text twice."""

    value: str
    serial: str
    renew_at: float
    expires_at: float

    def __repr__(self) -> str:
        return f"Token(serial={self.serial!r})"


@dataclass(frozen=True)
class Fetched:
    """What the server answered: the token and how many seconds it lives."""

    value: str
    expires_in: int

    def __repr__(self) -> str:
        return f"Fetched(expires_in={self.expires_in})"


class TokenStore:
    """Where one application's token is kept. `fetch` asks the server; it is called outside any
    transaction.
    """

    def __init__(
        self, *, application: str, secret: str, fetch: Callable[[], Fetched], wait_seconds: float = 10.0
    ) -> None:
        digest = hashlib.sha256(application.encode()).digest()
        self._key = f"wecom:token:{digest.hex()[:32]}"
        self._lock = int.from_bytes(digest[:8], "big", signed=True)
        # A token fetched with another secret is not ours; the mark says so without telling the secret.
        self._mark = salted_hmac("messaging.wecom.tokens", secret, algorithm="sha256").hexdigest()[:16]
        self._fetch = fetch
        self._wait_seconds = wait_seconds

    def get(self, *, refused: Token | None = None) -> Token:
        """The token to use now, fetched when there is none, it is near its end, or it is the one just
        `refused`.

        However many threads and processes ask at once, one fetches; the others wait for its result, or go
        on with the old token while that is still alive. Raises Transient when nobody has fetched one in
        `wait_seconds`, and whatever `fetch` raises.
        """
        deadline = time.monotonic() + self._wait_seconds
        while True:
            token = self._read(other_than=refused)
            if token is not None and time.time() < token.renew_at:
                return token
            with _try_advisory_lock(self._lock) as mine:
                if mine:
                    # Between the read and the lock another process may have renewed it.
                    token = self._read(other_than=refused)
                    if token is not None and time.time() < token.renew_at:
                        return token
                    return self._renew(old=token)
            if token is not None:
                return token
            if time.monotonic() >= deadline:
                raise Transient("token_wait")
            time.sleep(POLL_SECONDS)

    def _renew(self, *, old: Token | None) -> Token:
        try:
            fetched = self._fetch()
        except ProviderError as error:
            if old is None:
                raise
            logger.warning(
                "The WeCom token could not be renewed early (%s); the old one is used on.", error.code
            )
            postponed = replace(old, renew_at=min(time.time() + POSTPONE_SECONDS, old.expires_at))
            self._write(postponed)
            return postponed
        now = time.time()
        token = Token(
            value=fetched.value,
            serial=secrets.token_hex(8),
            renew_at=now + fetched.expires_in * RENEW_AT,
            expires_at=now + fetched.expires_in,
        )
        self._write(token)
        return token

    def _write(self, token: Token) -> None:
        kept = {"mark": self._mark, **asdict(token), "value": ring.ring().seal(token.value, PLACE)}
        cache.set(self._key, kept, timeout=max(1, token.expires_at - time.time()))

    def _read(self, *, other_than: Token | None) -> Token | None:
        """The stored token, unless it is over, another secret's, or the one given.

        The end is kept inside the value, because not every cache keeps time as it should.
        """
        stored = cache.get(self._key)
        if (
            not isinstance(stored, dict)
            or stored.get("mark") != self._mark
            or stored["expires_at"] <= time.time()
        ):
            return None
        if other_than is not None and stored["serial"] == other_than.serial:
            return None
        try:
            value = ring.ring().unseal(stored["value"], PLACE)
        except Refused:
            return None
        return Token(**{name: kept for name, kept in stored.items() if name != "mark"} | {"value": value})


@contextmanager
def _try_advisory_lock(number: int) -> Iterator[bool]:
    """Hold an advisory lock if it is free, in a transaction of a connection of its own that does nothing else: behind
    PgBouncer a session's lock would stay behind. It outlives no connection, so a killed holder blocks nobody.
    """
    apart = connection.copy()
    try:
        apart.set_autocommit(False)
        with apart.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
            mine = bool(cursor.fetchone()[0])
        if not mine:
            apart.rollback()
        yield mine
        apart.rollback()
    finally:
        apart.close()
