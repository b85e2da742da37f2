"""Which bytes a player asks for: the Range header as players use it, one range at a time."""

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})\Z")


@dataclass(frozen=True)
class Part:
    """A piece of a file: from byte `start`, `length` bytes."""

    start: int
    length: int

    def header(self, size: int) -> str:
        """The Content-Range of this part of a file of `size` bytes."""
        return f"bytes {self.start}-{self.start + self.length - 1}/{size}"


class UnsatisfiableError(Exception):
    """The range begins after the end: 416."""


def part_of(header: str | None, size: int) -> Part | None:
    """The part that is asked for; None for the whole file, also when the header is not understood or asks for several.

    Raises UnsatisfiableError when there is no such part.
    """
    found = _RANGE.match((header or "").strip().replace(" ", ""))
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        length = min(int(last), size)
        if length == 0:
            raise UnsatisfiableError
        return Part(size - length, length)
    start, end = int(first), min(int(last) if last else size - 1, size - 1)
    if start >= size:
        raise UnsatisfiableError
    if last and int(last) < start:
        return None
    return Part(start, end - start + 1)
