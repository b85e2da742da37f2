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
from people.known_browsers import Caller
from people.models import SignInTries, User

T = TypeVar("T")
logger = logging.getLogger(__name__)

WINDOW = timedelta(minutes=15)
# One browser in which the person was signed in before (people.known_browsers): it alone counts then.
PER_BROWSER = 8
# Strangers: one person at one desk; one person from anywhere, so that many addresses help nobody; one address, which
# may be a whole office.
PER_NAME_AND_ADDRESS = 8
PER_NAME = 40
PER_ADDRESS = 60
# Codes of six digits, three of which are right at a time: of one person, from anywhere. Known browsers have as many
# each and twice as many together, since whoever has the password may have made many before there were codes.
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


def authenticate(*, username: str, password: str, caller: Caller) -> User | None:
    """The person with this name and password who may sign in, or None.

    TooMany: `too_many_tries` (the right password is refused as well until the quarter of an hour is over), `busy`.
    """
    user = User.objects.signing_in_as(username)
    is_known = caller.knows(user)
    limits = _limits(username, user, caller)
    _take(limits, caller, _password_words)
    connections.give_back()
    is_right = _is_right(user, password, is_known=is_known)
    if user is None or not is_right or not user.is_active:
        # Neither the name nor the address: both are somebody's.
        who = f"account {user.pk}" if user else "no such account"
        logger.warning("wrong sign-in: %s, from %s", who, _hashed("address", caller.address)[:8])
        return None
    _give_back(limits)
    return user


def take_code(*, user: User, caller: Caller) -> None:
    """Count one try at a second factor, before it is looked at. TooMany: `too_many_tries`."""
    _take(_limits_of_codes(user, caller), caller)


def give_code_back(*, user: User, caller: Caller) -> None:
    """It was right: the try does not count."""
    _give_back(_limits_of_codes(user, caller))


def take_return(*, caller: Caller) -> None:
    """Count one return from a page of somebody else's, before anybody is asked who it is. TooMany: `too_many_tries`."""
    _take(_limits_of_returns(caller), caller)


def give_return_back(*, caller: Caller) -> None:
    """It was somebody: the return does not count."""
    _give_back(_limits_of_returns(caller))


def take_link(*, typed: str, user: User | None, caller: Caller) -> None:
    """Count one link asked for, whether there is such an account or not. TooMany: `too_many_tries`."""
    if user is not None and caller.knows(user):
        limits = [_Limit(_hashed("link", f"{user.pk}\n{caller.browser}"), LINKS_PER_NAME)]
    else:
        name = _Limit(_hashed("link", typed.strip().lower()), LINKS_PER_NAME)
        limits = [name, _Limit(_hashed("links", caller.address), LINKS_PER_ADDRESS)]
    _take(limits, caller)


def forget_old() -> int:
    """Delete what counts no more; returns how many rows."""
    return SignInTries.objects.filter(since__lt=timezone.now() - WINDOW).delete()[0]


def _limits(username: str, user: User | None, caller: Caller) -> list[_Limit]:
    """A known browser's own, or a stranger's. They count at a password: a new one has all its tries."""
    if user is not None and caller.knows(user):
        return [_Limit(_hashed("browser", f"{user.pk}\n{caller.browser}"), PER_BROWSER)]
    name = f"{username.lower()}\n{user.password if user else ''}"
    return [
        _Limit(_hashed("both", f"{name}\n{caller.address}"), PER_NAME_AND_ADDRESS),
        _Limit(_hashed("name", name), PER_NAME),
        _Limit(_hashed("address", caller.address), PER_ADDRESS),
    ]


def _limits_of_codes(user: User, caller: Caller) -> list[_Limit]:
    """Only who has the password comes as far as this: nobody else can use the tries up, and nobody at all those of the
    browsers that the person was signed in with."""
    if caller.knows(user):
        own = _Limit(_hashed("code", f"{user.pk}\n{caller.browser}"), PER_CODE)
        return [own, _Limit(_hashed("codes", str(user.pk)), 2 * PER_CODE)]
    return [
        _Limit(_hashed("code", str(user.pk)), PER_CODE),
        _Limit(_hashed("address", caller.address), PER_ADDRESS),
    ]


def _limits_of_returns(caller: Caller) -> list[_Limit]:
    """Of a browser in which anybody was signed in before, or of an address."""
    key = _hashed("returns", caller.browser) if caller.browser else _hashed("address", caller.address)
    return [_Limit(key, PER_ADDRESS)]


def _hashed(kind: str, value: str) -> str:
    return salted_hmac(f"people.signing_in.{kind}", value, algorithm="sha256").hexdigest()


def _password_words(minutes: int) -> str:
    return ngettext(
        "Too many tries. Please wait %(minutes)s minute, or ask for a link to choose a new password.",
        "Too many tries. Please wait %(minutes)s minutes, or ask for a link to choose a new password.",
        minutes,
    )


def _other_words(minutes: int) -> str:
    return ngettext(
        "Too many tries. Please wait %(minutes)s minute.",
        "Too many tries. Please wait %(minutes)s minutes.",
        minutes,
    )


def _take(limits: list[_Limit], caller: Caller, words: Callable[[int], str] = _other_words) -> None:
    """Counted first and looked at afterwards: many at the same instant gain nothing."""
    now = timezone.now()
    for limit in limits:
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, {"key": limit.key, "now": now, "old": now - WINDOW})
            count, since = cursor.fetchone()
        if count > limit.most:
            if count == limit.most + 1:  # once: whoever goes on writes no more into the log
                logger.warning(
                    "sign-in refused: too many tries, from %s", _hashed("address", caller.address)[:8]
                )
            wait = max(1, int((since + WINDOW - now).total_seconds()))
            minutes = -(-wait // 60)
            raise TooMany(
                "too_many_tries",
                words(minutes) % {"minutes": minutes},
                retry_after=wait,
            )


def _give_back(limits: list[_Limit]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [[limit.key for limit in limits]])


def _is_right(user: User | None, password: str, *, is_known: bool) -> bool:
    """Hashes in any case, so that the time says nothing about who exists. An outdated hash is made anew."""
    if user is None:
        _hasher.run(lambda: make_password(password), is_known=is_known)
        return False
    is_right, is_outdated = _hasher.run(lambda: verify_password(password, user.password), is_known=is_known)
    if is_right and is_outdated:
        fresh = _hasher.run(lambda: make_password(password), is_known=is_known)
        User.objects.filter(pk=user.pk, password=user.password).update(password=fresh)
        user.password = fresh
    return is_right


class _Hasher:
    """One thread of low priority; whoever comes when too many wait is sent away. Known browsers wait apart."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._pid = 0
        self._places = {is_known: threading.BoundedSemaphore(MOST_WAITING) for is_known in (False, True)}

    def run(self, work: Callable[[], T], *, is_known: bool) -> T:
        """The work's result. TooMany: `busy`."""
        busy = TooMany(
            "busy", _("Many people are signing in right now. Please try again in a moment."), retry_after=5
        )
        places = self._places[is_known]
        if not places.acquire(blocking=False):
            raise busy
        try:
            return self._threads().submit(work).result(timeout=LONGEST_WAIT_SECONDS)
        except TookTooLong:
            raise busy from None
        finally:
            places.release()

    def _threads(self) -> ThreadPoolExecutor:
        """A forked process has the object and not the thread."""
        if self._pool is None or self._pid != os.getpid():
            self._pool, self._pid = ThreadPoolExecutor(1, "hasher", initializer=_be_patient), os.getpid()
        return self._pool


def _be_patient() -> None:
    """On Linux a thread has a priority of its own."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 15)


_hasher = _Hasher()
