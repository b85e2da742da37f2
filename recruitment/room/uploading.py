"""Takes in a piece of a recording: read in blocks and hashed on the way, before anything asks the database."""

import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.errors import CutOff, Invalid, TooLarge
from recruitment.recordings.policy import LARGEST_CHUNK

BLOCK = 64 * 1024
# What a thread holds in memory: audio whole, video in a file. Two hundred slow phones then take 50 MB, not 400.
IN_MEMORY = 256 * 1024
LONGEST_MIME = 100
_SHA256 = re.compile(r"[0-9a-fA-F]{64}\Z")
_MIME = re.compile(r"(audio|video)/[\w.+-]+(\s*;\s*[\w-]+=[\w.,\" +-]*)*\Z")


@dataclass(frozen=True)
class Upload:
    """The bytes of one piece, whole and as their hash says."""

    content: IO[bytes]
    bytes: int
    sha256: str


@contextmanager
def received(request: HttpRequest) -> Iterator[Upload]:
    """The body of a request whose `X-Chunk-SHA256` it matches; thrown away at the end.

    TooLarge: too_large. Invalid: invalid (no hash), chunk_empty, hash_mismatch. CutOff: cut_off.
    """
    expected = request.headers.get("X-Chunk-SHA256", "").strip()
    if not _SHA256.match(expected):
        raise Invalid(
            "invalid",
            _("X-Chunk-SHA256 must be the SHA-256 of the body in hexadecimal."),
            field="X-Chunk-SHA256",
        )
    declared = _declared(request)
    if declared > LARGEST_CHUNK:
        raise TooLarge("too_large", _("That is more than can be sent at once."))
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as content:
        digest, size = hashlib.sha256(), 0
        while block := request.read(BLOCK):
            size += len(block)
            if size > LARGEST_CHUNK:
                raise TooLarge("too_large", _("That is more than can be sent at once."))
            digest.update(block)
            content.write(block)
        if size < declared:
            raise CutOff("cut_off", _("The request broke off half way."))
        if not size:
            raise Invalid("chunk_empty", _("A piece without bytes is no piece."))
        if digest.hexdigest() != expected.lower():
            raise Invalid(
                "hash_mismatch", _("The bytes are not those that were sent. Please send them again.")
            )
        yield Upload(cast(IO[bytes], content), size, digest.hexdigest())


def _declared(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def mime_of(request: HttpRequest) -> str:
    """The recorder's own name for what it makes; "" when the request names no sound and no picture."""
    named = request.headers.get("Content-Type", "").strip()
    return named if len(named) <= LONGEST_MIME and _MIME.match(named) else ""
