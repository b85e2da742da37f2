"""Asking an outside address: a public one, looked up once, never redirected, and never more than so many bytes.

Whoever may write a vendor's address must not make this machine ask itself, its neighbours, or a cloud's own services.
The name is resolved once and the connection goes to that very address, so that a name cannot answer differently when
it is asked again.
"""

import ipaddress
import socket
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpcore
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid

LARGEST_ANSWER = 1024 * 1024
CONNECT_SECONDS, READ_SECONDS, ALTOGETHER_SECONDS = 5.0, 10.0, 20.0
IP = ipaddress.IPv4Address | ipaddress.IPv6Address


class UnreachableError(Exception):
    """The address may not be asked, or did not answer as it should; the text is for the log and holds no address."""


class UnknownNameError(UnreachableError):
    """Nothing has this name."""


class NotPublicError(UnreachableError):
    """The address, or one that its name leads to, is none that may be asked."""


class TooLongError(UnreachableError):
    """There is more of the answer than anybody wants."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole and unpacked."""

    status: int
    headers: dict[str, str]
    body: bytes


def check_address(address: str) -> None:
    """Invalid: address_not_allowed, for what can never be asked: no https, a password in it, a number inside the house.

    A name is looked up when it is asked, since tomorrow it may mean another address.
    """
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise _not_allowed() from None
    if "@" in parts.netloc or not host or host == "localhost" or host.endswith(".localhost"):
        raise _not_allowed()
    literal = _literal(host)
    inside = literal is not None and _is_in_listed_network(literal)
    if parts.scheme != "https" and not (parts.scheme == "http" and inside):
        raise _not_allowed()
    if literal is not None and not _may_be_asked(literal):
        raise _not_allowed()


def _not_allowed() -> Invalid:
    return Invalid(
        "address_not_allowed",
        _("Only a public https address can be asked, without a name or password in it."),
    )


def get(
    address: str, *, headers: Mapping[str, str], params: str = "", largest: int = LARGEST_ANSWER
) -> Answer:
    """One GET, whose answer has at most `largest` bytes. Raises UnreachableError."""
    try:
        check_address(address)
    except Invalid:
        raise NotPublicError("address not allowed") from None
    url = address + ("&" if urlsplit(address).query else "?") + params if params else address
    asked = [*headers.items(), ("Accept-Encoding", "gzip"), ("Connection", "close")]
    timeout = {
        "connect": CONNECT_SECONDS,
        "read": READ_SECONDS,
        "write": READ_SECONDS,
        "pool": CONNECT_SECONDS,
    }
    end = time.monotonic() + ALTOGETHER_SECONDS
    try:
        with (
            httpcore.ConnectionPool(network_backend=_Checked()) as pool,
            pool.stream("GET", url, headers=asked, extensions={"timeout": timeout}) as answer,
        ):
            known = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers
            }
            packed = known.get("content-encoding", "").strip().lower()
            is_there = answer.status == HTTPStatus.OK
            body = _unpacked(answer.iter_stream(), packed, end, largest) if is_there else b""
            return Answer(answer.status, known, body)
    except (
        httpcore.NetworkError,
        httpcore.TimeoutException,
        httpcore.ProtocolError,
        OSError,
        ValueError,
    ) as error:
        raise UnreachableError(type(error).__name__) from None


def _unpacked(pieces: Iterable[bytes], packed: str, end: float, largest: int) -> bytes:
    """At most `largest` bytes as they are after unpacking, however small they came."""
    if packed not in ("", "identity", "gzip"):
        raise UnreachableError(f"packed as {packed[:20]}")
    box: Any = zlib.decompressobj(zlib.MAX_WBITS | 16) if packed == "gzip" else None
    body = bytearray()
    for piece in pieces:
        room = largest + 1 - len(body)
        try:
            body += box.decompress(piece, room) if box else piece[:room]
        except zlib.error:
            raise UnreachableError("packed wrongly") from None
        if len(body) > largest:
            raise TooLongError("answer too long")
        if time.monotonic() > end:
            raise UnreachableError("answer too slow")
    return bytes(body)


class _Checked(httpcore.SyncBackend):
    """Looks a name up once, refuses what is not public, and connects to what it found."""

    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.NetworkStream:
        """The connection. UnreachableError when any address of the name is none that may be asked."""
        return super().connect_tcp(public_address(host, port), port, *args, **options)


def public_address(host: str, port: int) -> str:
    """The number to connect to, of a name that is looked up this once.

    UnreachableError when any address of the name is none that may be asked; UnknownNameError when it has none.
    """
    found = _addresses(host, port)
    if not found or not all(_may_be_asked(address) for address in found):
        raise NotPublicError("address not public")
    return str(found[0])


def is_in_the_house(number: str) -> bool:
    """Whether it lies in one of the networks that the house names as its own."""
    return _is_in_listed_network(ipaddress.ip_address(number))


def _addresses(host: str, port: int) -> list[IP]:
    try:
        known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnknownNameError("name not known") from None
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in known]


def _literal(host: str) -> IP | None:
    """The number that stands in place of a name, in any of the ways in which the machine would read one."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.ip_address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _may_be_asked(address: IP) -> bool:
    if _is_in_listed_network(address):
        return True
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if inner is not None and not _may_be_asked(inner):
        return False
    return address.is_global and not address.is_multicast


def _is_in_listed_network(address: IP) -> bool:
    return any(address in ipaddress.ip_network(each, strict=False) for each in settings.VENDOR_NETWORKS)
