"""Signing in: tries are counted before the password is hashed, and at most one password is hashed at a time.

A hash takes a third of a second of processor on purpose. A crowd of logins would take every core from the heartbeats
of those who sit in an interview, so hashes are made by one patient thread of low priority, and a short queue waits.
"""

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from django.contrib.auth.hashers import make_password, verify_password
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import connections
from core.errors import TooMany
from people.models import SignInTries, User

T = TypeVar("T")
logger = logging.getLogger(__name__)

WINDOW = timedelta(minutes=15)
# One person at one desk; one person from anywhere, so that many addresses help nobody; one address, which may be a
# whole office.
PER_NAME_AND_ADDRESS = 8
PER_NAME = 40
PER_ADDRESS = 60
# Codes of six digits, three of which are right at a time: of one person, from anywhere.
PER_CODE = 8
# Links to choose a new password: nobody's mailbox is filled with them.
LINKS_PER_NAME = 3
LINKS_PER_ADDRESS = 20
MOST_WAITING = 8
LONGEST_WAIT_SECONDS = 20.0
_TAKE = """
    INSERT INTO people_signintries AS tries (key, since, count) VALUES (%(key)s, %(now)s, 1)
    ON CONFLICT (key) DO UPDATE
       SET count = CASE WHEN tries.since <= %(old)s THEN 1 ELSE tries.count + 1 END,
           since = CASE WHEN tries.since <= %(old)s THEN %(now)s ELSE tries.since END
    RETURNING count, since
"""
_GIVE_BACK = "UPDATE people_signintries SET count = greatest(count - 1, 0) WHERE key = ANY(%s)"


@dataclass(frozen=True)
class _Limit:
    key: str
    most: int


def authenticate(*, username: str, password: str, address: str) -> User | None:
    """The person with this name and password who may sign in, or None.

    TooMany: `too_many_tries` (the right password is refused as well until the quarter of an hour is over), `busy`.
    """
    limits = _limits(username, address)
    _take(limits, address)
    user = User.objects.signing_in_as(username)
    connections.give_back()
    is_right = _is_right(user, password)
    if user is None or not is_right or not user.is_active:
        # Neither the name nor the address: both are somebody's.
        who = f"account {user.pk}" if user else "no such account"
        logger.warning("wrong sign-in: %s, from %s", who, _hashed("address", address)[:8])
        return None
    _give_back(limits)
    return user


def take_code(*, user_id: int, address: str) -> None:
    """Count one try at a second factor, before it is looked at. TooMany: `too_many_tries`."""
    _take(_limits_of_codes(user_id, address), address)


def give_code_back(*, user_id: int, address: str) -> None:
    """It was right: the try does not count."""
    _give_back(_limits_of_codes(user_id, address))


def take_return(*, address: str) -> None:
    """Count one return from a page of somebody else's, before anybody is asked who it is. TooMany: `too_many_tries`."""
    _take([_Limit(_hashed("address", address), PER_ADDRESS)], address)


def give_return_back(*, address: str) -> None:
    """It was somebody: the return does not count."""
    _give_back([_Limit(_hashed("address", address), PER_ADDRESS)])


def take_link(*, typed: str, address: str) -> None:
    """Count one link asked for, whether there is such an account or not. TooMany: `too_many_tries`."""
    name = _Limit(_hashed("link", typed.strip().lower()), LINKS_PER_NAME)
    _take([name, _Limit(_hashed("links", address), LINKS_PER_ADDRESS)], address)


def forget_old() -> int:
    """Delete what counts no more; returns how many rows."""
    return SignInTries.objects.filter(since__lt=timezone.now() - WINDOW).delete()[0]


def forgive(username: str) -> None:
    """Somebody set a new password for this person: what was tried before counts no more."""
    SignInTries.objects.filter(key=_hashed("name", username.lower())).delete()


def _limits(username: str, address: str) -> list[_Limit]:
    name = username.lower()
    return [
        _Limit(_hashed("both", f"{name}\n{address}"), PER_NAME_AND_ADDRESS),
        _Limit(_hashed("name", name), PER_NAME),
        _Limit(_hashed("address", address), PER_ADDRESS),
    ]


def _limits_of_codes(user_id: int, address: str) -> list[_Limit]:
    """Only who has the password comes as far as this: nobody else can use the tries up."""
    return [_Limit(_hashed("code", str(user_id)), PER_CODE), _Limit(_hashed("address", address), PER_ADDRESS)]


def _hashed(kind: str, value: str) -> str:
    return salted_hmac(f"people.signing_in.{kind}", value, algorithm="sha256").hexdigest()


def _take(limits: list[_Limit], address: str) -> None:
    """Counted first and looked at afterwards: many at the same instant gain nothing."""
    now = timezone.now()
    for limit in limits:
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, {"key": limit.key, "now": now, "old": now - WINDOW})
            count, since = cursor.fetchone()
        if count > limit.most:
            if count == limit.most + 1:  # once: whoever goes on writes no more into the log
                logger.warning("sign-in refused: too many tries, from %s", _hashed("address", address)[:8])
            wait = max(1, int((since + WINDOW - now).total_seconds()))
            minutes = -(-wait // 60)
            raise TooMany(
                "too_many_tries",
                ngettext(
                    "Too many tries. Please wait %(minutes)s minute, or ask the HR lead for a new password.",
                    "Too many tries. Please wait %(minutes)s minutes, or ask the HR lead for a new password.",
                    minutes,
                )
                % {"minutes": minutes},
                retry_after=wait,
            )


def _give_back(limits: list[_Limit]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [[limit.key for limit in limits]])


def _is_right(user: User | None, password: str) -> bool:
    """Hashes in any case, so that the time says nothing about who exists. An outdated hash is made anew."""
    if user is None:
        _hasher.run(lambda: make_password(password))
        return False
    is_right, is_outdated = _hasher.run(lambda: verify_password(password, user.password))
    if is_right and is_outdated:
        fresh = _hasher.run(lambda: make_password(password))
        User.objects.filter(pk=user.pk, password=user.password).update(password=fresh)
        user.password = fresh
    return is_right


class _Hasher:
    """One thread of low priority; whoever comes when too many wait is sent away."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._pid = 0
        self._waiting = threading.BoundedSemaphore(MOST_WAITING)

    def run(self, work: Callable[[], T]) -> T:
        """The work's result. TooMany: `busy`."""
        busy = TooMany(
            "busy", _("Many people are signing in right now. Please try again in a moment."), retry_after=5
        )
        if not self._waiting.acquire(blocking=False):
            raise busy
        try:
            return self._threads().submit(work).result(timeout=LONGEST_WAIT_SECONDS)
        except TookTooLong:
            raise busy from None
        finally:
            self._waiting.release()

    def _threads(self) -> ThreadPoolExecutor:
        """A forked process has the object and not the thread."""
        if self._pool is None or self._pid != os.getpid():
            self._pool, self._pid = ThreadPoolExecutor(1, "hasher", initializer=_be_patient), os.getpid()
        return self._pool


def _be_patient() -> None:
    """On Linux a thread has a priority of its own."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 15)


_hasher = _Hasher()
