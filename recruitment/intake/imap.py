"""A folder of a mail server, read by IMAP: nothing is written there, and no mail is marked as read.

The server's name is looked up once and must be one that may be asked (`recruitment.vendors.network`); what it sends is
bounded in bytes and in time.
"""

import imaplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import imapclient
from imapclient.exceptions import LoginError
from imapclient.imapclient import SocketTimeout

from recruitment.enums_incoming import MailSafety
from recruitment.vendors import network

CONNECT_SECONDS, READ_SECONDS = 5.0, 20.0
PIECE = 64 * 1024
# One mail with what stands around it; what is larger is not fetched.
LARGEST_MAIL = 30 * 1024 * 1024
LARGEST_ANSWER = LARGEST_MAIL + PIECE
LARGEST_HEADERS = 64 * 1024
# NetEase's servers open no folder to a program that does not say who it is.
OWN_NAME = {"name": "HR Suite", "version": "1"}


class MailboxError(Exception):
    """The folder could not be read; its argument is the code of what is wrong, which `words` explains."""

    @property
    def code(self) -> str:
        """The code."""
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a folder is, and who opens it."""

    host: str
    port: int
    safety: str
    account: str
    secret: str
    folder: str


@dataclass(frozen=True, slots=True)
class Found:
    """A mail in the folder: its number there, its size, and when the server got it."""

    uid: int
    size: int
    received_at: datetime


class Folder:
    """An opened folder. Everything raises MailboxError."""

    def __init__(self, client: Any, validity: int) -> None:
        self._client = client
        self.validity = validity

    def after(self, uid: int, *, since: date, limit: int) -> list[Found]:
        """The next mails behind a number, in the order of their numbers, none that came before that day."""
        with _as_told():
            # "5:*" answers the last mail also where its number is 4.
            known = self._client.search(["UID", f"{uid + 1}:*", "SINCE", since])
            numbers = sorted(number for number in known if number > uid)[:limit]
            told = self._client.fetch(numbers, ["RFC822.SIZE", "INTERNALDATE"])
            return [
                Found(number, told[number][b"RFC822.SIZE"], told[number][b"INTERNALDATE"])
                for number in numbers
                if number in told
            ]

    def mail(self, uid: int) -> bytes | None:
        """A whole mail; None for one that was deleted meanwhile."""
        return self._part(uid, "BODY.PEEK[]", b"BODY[]")

    def headers(self, uid: int) -> bytes | None:
        """The beginning of what stands above it, for one that is too large."""
        return self._part(uid, f"BODY.PEEK[HEADER]<0.{LARGEST_HEADERS}>", b"BODY[HEADER]<0>")

    def _part(self, uid: int, asked: str, name: bytes) -> bytes | None:
        with _as_told():
            found = self._client.fetch([uid], [asked]).get(uid, {}).get(name)
            return None if found is None else bytes(found)


@contextmanager
def opened(place: Place, *, seconds: float) -> Iterator[Folder]:
    """The folder, opened for reading only; the connection ends with the block, and after so many seconds at the latest.

    MailboxError: address_not_allowed, name_unknown, unreachable, certificate, no_tls, plain_outside, login_refused,
    folder_unknown, not_imap, too_slow, answer_too_long, connection_lost.
    """
    number = _address(place)
    with _as_told():
        client = _connected(place, number, time.monotonic() + seconds)
    with client:
        with _as_told():
            if place.safety == MailSafety.STARTTLS:
                _begin_tls(client)
            _sign_in(client, place)
            folder = Folder(client, _select(client, place.folder))
        yield folder


def _address(place: Place) -> str:
    """The number to connect to. Whoever may write the address must not make this machine ask its neighbours."""
    try:
        number = network.public_address(place.host, place.port)
    except network.UnknownNameError:
        raise MailboxError("name_unknown") from None
    except network.UnreachableError:
        raise MailboxError("address_not_allowed") from None
    if place.safety == MailSafety.NONE and not network.is_in_the_house(number):
        raise MailboxError("plain_outside")
    return number


def _connected(place: Place, number: str, end: float) -> Any:
    context = ssl.create_default_context() if place.safety == MailSafety.TLS else None
    return _Client(place.host, place.port, _Line(place.host, place.port, number, context, end))


def _begin_tls(client: Any) -> None:
    try:
        client.starttls(ssl.create_default_context())
    except imapclient.exceptions.CapabilityError:
        raise MailboxError("no_tls") from None


def _sign_in(client: Any, place: Place) -> None:
    try:
        client.login(place.account, place.secret)
    except (LoginError, UnicodeError):
        raise MailboxError("login_refused") from None
    if client.has_capability("ID"):
        client.id_(OWN_NAME)


def _select(client: Any, folder: str) -> int:
    """The folder's numbering."""
    try:
        known = client.select_folder(folder, readonly=True)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise MailboxError("folder_unknown") from None
    validity = known.get(b"UIDVALIDITY")
    if not isinstance(validity, int):
        raise MailboxError("not_imap")
    return validity


@contextmanager
def _as_told() -> Iterator[None]:
    """Whatever goes wrong on the way, as one of our codes; no word of the server's."""
    try:
        yield
    except MailboxError:
        raise
    except ssl.SSLCertVerificationError:
        raise MailboxError("certificate") from None
    except ssl.SSLError:
        raise MailboxError("no_tls") from None
    except TimeoutError:
        raise MailboxError("too_slow") from None
    except (ConnectionRefusedError, socket.gaierror):
        raise MailboxError("unreachable") from None
    except imaplib.IMAP4.abort:
        raise MailboxError("connection_lost") from None
    except OSError as error:
        raise MailboxError(
            "connection_lost" if isinstance(error, ConnectionError) else "unreachable"
        ) from None
    except (imaplib.IMAP4.error, KeyError, ValueError, TypeError, AttributeError, IndexError):
        raise MailboxError("not_imap") from None


class _Line(imaplib.IMAP4):
    """The connection, to the number that was looked up. No answer is taken that is larger than any mail may be."""

    def __init__(self, host: str, port: int, number: str, context: ssl.SSLContext | None, end: float) -> None:
        self._number, self._context, self._end = number, context, end
        super().__init__(host, port, CONNECT_SECONDS)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        line = socket.create_connection((self._number, self.port), timeout)
        if self._context is None:
            return line
        return self._context.wrap_socket(line, server_hostname=self.host)

    def read(self, size: int) -> bytes:
        """A piece of known length, as the server says."""
        if size > LARGEST_ANSWER:
            raise MailboxError("answer_too_long")
        found = bytearray()
        while len(found) < size:
            self._require_time()
            piece = super().read(min(PIECE, size - len(found)))
            if not piece:
                break
            found += piece
        return bytes(found)

    def readline(self) -> bytes:
        """A line; imaplib bounds its length."""
        self._require_time()
        return super().readline()

    def _require_time(self) -> None:
        if time.monotonic() > self._end:
            raise MailboxError("too_slow")


class _Client(imapclient.IMAPClient):
    """IMAPClient on a connection of ours."""

    def __init__(self, host: str, port: int, line: _Line) -> None:
        self._line = line
        super().__init__(
            host, port, ssl=line._context is not None, timeout=SocketTimeout(CONNECT_SECONDS, READ_SECONDS)
        )

        # Times come with their zone.
        self.normalise_times = False

    def _create_IMAP4(self) -> _Line:  # noqa: N802 -- the library's name
        return self._line
