"""The key ring: a file outside of the database. Who has a copy of the database without it reads no sealed value.

It holds the keys that values are sealed under, each known by its number, one of them the present one; and one key of
its own for marks, by which equal values are found without being opened. That one is never changed: all marks hang on
it.
"""

import base64
import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Refused

REGISTRY = "sealed_sealingkey"
BEGINS = "s:"
_BYTES, _NONCE, _MARK = 32, 12, 16
# How many characters of a sealed value are the same wherever the same was sealed: "s:" and the mark.
MARKED = len(BEGINS) + 22
# What a sealed value looks like, whole: for Python and for PostgreSQL. A text that only begins so is somebody's words.
FORM = f"{BEGINS}([A-Za-z0-9_-]{{22}})?:[0-9a-f]{{8}}:[A-Za-z0-9_-]+"
_FORM = re.compile(FORM, re.ASCII)
# So much of it says under which key: read alone where whole tables are counted.
BEGINNING = f"^{BEGINS}([A-Za-z0-9_-]{{22}})?:[0-9a-f]{{8}}:"
HEAD = MARKED + 10
_lock = threading.Lock()
_kept: tuple[tuple[str, int, int], "Ring"] | None = None


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys by number, the present one's number, and the key of the marks."""

    present: str
    keys: dict[str, AESGCM]
    made_at: dict[str, str]
    index: bytes

    def seal(self, text: str, place: str, *, marked: bool = False) -> str:
        """Sealed for this place ("table.column"): nowhere else it can be opened. 10 µs."""
        nonce = os.urandom(_NONCE)
        sealed = self.keys[self.present].encrypt(nonce, text.encode(), place.encode())
        mark = self.mark(text, place) if marked else ""
        return f"{BEGINS}{mark}:{self.present}:{_written(nonce + sealed)}"

    def unseal(self, sealed: str, place: str) -> str:
        """The value. Refused: sealing_key_missing, sealed_value_unreadable. 10 µs."""
        try:
            _begins, _mark, number, content = sealed.split(":")
            raw = _read(content)
        except ValueError:
            raise _unreadable(place) from None
        if (key := self.keys.get(number)) is None:
            raise missing([number])
        try:
            return key.decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()
        except (InvalidTag, ValueError):
            raise _unreadable(place) from None

    def mark(self, text: str, place: str) -> str:
        """What equal values of a place have in common, and nobody without the ring can work out."""
        return _written(hmac.digest(self.index, f"{place}\x00{text}".encode(), hashlib.sha256)[:_MARK])

    def token(self, text: str) -> str:
        """A word of a search key that says nothing of the text to whoever lacks the ring. 6 µs."""
        return hmac.digest(self.index, f"search\x00{text}".encode(), hashlib.sha256)[:6].hex()


def is_sealed(stored: str) -> bool:
    """Whether this is a sealed value, by its form. 1 µs."""
    return stored.startswith(BEGINS) and _FORM.fullmatch(stored) is not None


def under(number: str) -> str:
    """What a value sealed under this key looks like, for PostgreSQL."""
    return f"^{FORM.replace('[0-9a-f]{8}', number)}$"


def place_of() -> Path:
    """Where the ring is kept: HRSUITE_KEY_RING_FILE, by default HOME/key-ring."""
    return Path(settings.KEY_RING_FILE).resolve()


def ring() -> Ring:
    """The ring as its file says now; made where nothing was ever sealed.

    Refused: key_ring_missing, key_ring_unreadable.
    """
    global _kept  # noqa: PLW0603 -- read once for each state of the file
    path = settings.KEY_RING_FILE
    try:
        stat = os.stat(path)  # noqa: PTH116 -- many times a second
    except FileNotFoundError:
        _make(place_of())
        stat = place_of().stat()
    state = (str(path), stat.st_mtime_ns, stat.st_ino)
    kept = _kept
    if kept is None or kept[0] != state:
        kept = _kept = (state, _load(place_of()))
    return kept[1]


def add_key() -> str:
    """A new key, the present one from now on in every process; the others stay to read with. Its number."""
    with _one_at_a_time():
        ring()
        said = _said(place_of())
        number, entry = _new_key()
        said["keys"][number] = entry
        said["present"] = number
        _write(place_of(), said)
    return number


def numbers() -> tuple[str, ...]:
    """The keys of the ring and the mark of its index key: what an installation is known by."""
    held = ring()
    return (*held.keys, "i" + held.token("which index")[:7])


def require_kept(wanted: list[str]) -> None:
    """Before data are brought back: the ring that they were sealed under lies here. None is made.

    Refused: key_ring_missing, key_ring_unreadable, sealing_key_missing.
    """
    if not place_of().exists():
        raise _lost(place_of())
    held = set(numbers())
    if lacking := [number for number in wanted if number not in held]:
        raise missing(lacking)


def missing(wanted: list[str]) -> Refused:
    """Values are sealed under keys that the ring does not hold."""
    return Refused(
        "sealing_key_missing",
        _(
            "The key ring %(path)s lacks the key %(keys)s, under which data of this database are sealed. "
            "Put the kept copy of the ring there and try again; nothing has been changed."
        )
        % {"path": place_of(), "keys": ", ".join(wanted)},
    )


def _unreadable(place: str) -> Refused:
    return Refused(
        "sealed_value_unreadable",
        _("A sealed value of %(place)s cannot be opened: it was damaged, or moved there from elsewhere.")
        % {"place": place},
    )


def _lost(path: Path) -> Refused:
    return Refused(
        "key_ring_missing",
        _(
            "The key ring is not at %(path)s, and data of this database are sealed under it. "
            "Put the kept copy there and try again; nothing has been changed."
        )
        % {"path": path},
    )


def _make(path: Path) -> None:
    """The first ring of an installation; two at once agree on one. Never for a database that has values."""
    if _registered():
        raise _lost(path)
    number, entry = _new_key()
    said = {
        "version": 1,
        "present": number,
        "index": _written(secrets.token_bytes(_BYTES)),
        "keys": {number: entry},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path, said)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _registered() -> bool:
    """Whether this database knows a key already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [REGISTRY])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(f"SELECT EXISTS (SELECT FROM {REGISTRY})")  # noqa: S608 -- a constant
        return bool(cursor.fetchone()[0])


def _new_key() -> tuple[str, dict[str, str]]:
    key = secrets.token_bytes(_BYTES)
    entry = {"key": _written(key), "made_at": timezone.now().isoformat(timespec="seconds")}
    return _number(key), entry


def _number(key: bytes) -> str:
    """By which a key is known, and nothing of it learnt."""
    return hmac.digest(key, b"hrsuite sealing: which key", hashlib.sha256)[:4].hex()


def _load(path: Path) -> Ring:
    said = _said(path)
    try:
        keys = {number: _read(entry["key"]) for number, entry in said["keys"].items()}
        index = _read(said["index"])
        whole = said["present"] in keys and len(index) == _BYTES
        whole = whole and all(_number(key) == number for number, key in keys.items())
        if whole:
            made_at = {number: str(entry["made_at"]) for number, entry in said["keys"].items()}
            return Ring(said["present"], {n: AESGCM(key) for n, key in keys.items()}, made_at, index)
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    raise _no_ring(path)


def _said(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _no_ring(path)
    return found


def _no_ring(path: Path) -> Refused:
    return Refused(
        "key_ring_unreadable",
        _("The file %(path)s is no key ring, or is damaged. Put the kept copy there.") % {"path": path},
    )


def _write(path: Path, said: dict[str, Any]) -> None:
    _draft(path, said).replace(path)


def _draft(path: Path, said: dict[str, Any]) -> Path:
    """The ring on the disk, readable by its owner only, before it takes its name."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(said, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return draft


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Whoever changes the ring, changes the one that is there."""
    lock = place_of().with_name(f"{place_of().name}.lock")
    with _lock, os.fdopen(os.open(lock, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _read(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
