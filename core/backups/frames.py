"""A stream of bytes, encrypted frame by frame (AES-256-GCM): whatever its length, memory stays flat.

`MAGIC`, 32 random bytes, then frames: four bytes of length, and the sealed bytes. A part has a key of its own, drawn
from the backup's key and those random bytes. A frame's nonce is its number and whether it is the last one, so that
frames left out, doubled, put in another order or cut off at the end do not open.
"""

import hashlib
import secrets
from collections.abc import Iterator
from typing import IO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext_lazy as _

from core.errors import Refused

MAGIC = b"HRSBK001"
FRAME = 1024 * 1024
_SALT, _LENGTH, _TAG = 32, 4, 16


class Sink(Protocol):
    """Where sealed bytes go."""

    def write(self, data: bytes, /) -> int: ...


class Sealing:
    """A file to write to; what reaches `target` is sealed. Only `close` makes it whole."""

    def __init__(self, target: Sink, key: bytes, part: str) -> None:
        salt = secrets.token_bytes(_SALT)
        self._box, self._target, self._number, self._waiting = _box(key, salt), target, 0, bytearray()
        self._part, self._digest, self.bytes = part.encode(), hashlib.sha256(), 0
        self._put(MAGIC + salt)

    def write(self, data: bytes) -> int:
        """Take bytes; full frames go out at once."""
        self._waiting += data
        # The last frame is never empty-handed by accident: one byte more than a frame has to be there.
        while len(self._waiting) > FRAME:
            self._frame(bytes(self._waiting[:FRAME]), last=False)
            del self._waiting[:FRAME]
        return len(data)

    def close(self) -> None:
        """The last frame, without which nothing opens."""
        self._frame(bytes(self._waiting), last=True)

    @property
    def sha256(self) -> str:
        """Of the sealed bytes."""
        return self._digest.hexdigest()

    def _frame(self, data: bytes, *, last: bool) -> None:
        sealed = self._box.encrypt(_nonce(self._number, last=last), data, self._part)
        self._number += 1
        self._put(len(sealed).to_bytes(_LENGTH, "big") + sealed)

    def _put(self, data: bytes) -> None:
        self._digest.update(data)
        self.bytes += len(data)
        self._target.write(data)


def opened(source: IO[bytes], key: bytes, part: str) -> Iterator[bytes]:
    """What was sealed, frame by frame. Refused: damaged, at the first frame that is not as it was written."""
    head = source.read(len(MAGIC) + _SALT)
    if not head.startswith(MAGIC) or len(head) != len(MAGIC) + _SALT:
        raise damaged(part)
    box, number = _box(key, head[len(MAGIC) :]), 0
    length = source.read(_LENGTH)
    while length:
        size = int.from_bytes(length, "big")
        sealed = source.read(size) if _TAG <= size <= FRAME + _TAG else b""
        length = source.read(_LENGTH)
        try:
            yield box.decrypt(_nonce(number, last=not length), sealed, part.encode())
        except InvalidTag:
            raise damaged(part) from None
        number += 1
    if not number:
        raise damaged(part)


class Buffered:
    """Pieces as a file to read from, for those who want one."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._frames, self._waiting = pieces, bytearray()

    def read(self, size: int = -1) -> bytes:
        """So many bytes, or all that is left; fewer at the end only."""
        while size < 0 or len(self._waiting) < size:
            frame = next(self._frames, None)
            if frame is None:
                break
            self._waiting += frame
        size = len(self._waiting) if size < 0 else size
        data = bytes(self._waiting[:size])
        del self._waiting[:size]
        return data


class Opened(Buffered):
    """What was sealed, as a file to read from."""

    def __init__(self, source: IO[bytes], key: bytes, part: str) -> None:
        super().__init__(opened(source, key, part))


def damaged(part: str) -> Refused:
    """The refusal of a part that is not as it was written."""
    return Refused(
        "backup_damaged",
        _("The backup is damaged: %(part)s is not as it was written. Nothing was changed.") % {"part": part},
    )


def _box(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=MAGIC).derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
