"""Word files (.docx): looked through before anything is unpacked, and read as text. Knows no Django and no network.

A document type of its own in any part (where entities are defined) is refused as soon as the parser meets it; nothing
outside the file is ever asked for, since the parser has no way to.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

MOST_PARTS = 2_000
MOST_INSIDE = 100 * 1024 * 1024
LARGEST_XML = 24 * 1024 * 1024
PIECE = 64 * 1024
MOST_DIGITS = 4
DOCUMENT = "word/document.xml"
_BREAKS = {"br", "cr"}
_READ = re.compile(r"^word/(header\d*|document|footer\d*|footnotes)\.xml$")
_ACTIVE_PART = re.compile(r"^word/(activex/|embeddings/.*\.(bin|exe|ole|msg)$)|vbadata\.xml$", re.IGNORECASE)
# What a relationship to the outside may be: a link that a person clicks.
_HARMLESS = ("/hyperlink",)


class RefusedError(Exception):
    """The file is not taken; its argument is the code."""


def inspect(source: Path) -> int | None:
    """The number of pages as its program counted them, None where it did not say.

    RefusedError: kind_unknown (a zip of another kind), macros, active, entities, too_large_inside, password, broken.
    """
    with _opened(source) as packed:
        parts = packed.infolist()
        names = {part.filename.lower() for part in parts}
        if any(name.endswith("vbaproject.bin") for name in names):
            raise RefusedError("macros")
        if DOCUMENT not in names:
            raise RefusedError("kind_unknown")
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_INSIDE:
            raise RefusedError("too_large_inside")
        if any(part.flag_bits & 1 for part in parts):
            raise RefusedError("password")
        if any(_ACTIVE_PART.search(name) for name in names):
            raise RefusedError("active")
        pages: list[str] = []
        for part in parts:
            name = part.filename.lower()
            if name.endswith(".rels"):
                _parse(packed, part, start=_require_harmless)
            elif name == "[content_types].xml":
                _parse(packed, part, start=_require_no_macros)
            elif name == "docprops/app.xml":
                pages = _texts_in(packed, part, "Pages")
            elif name.endswith(".xml"):
                _parse(packed, part)
    found = "".join(pages).strip()
    return int(found) if found.isascii() and found.isdigit() and len(found) <= MOST_DIGITS else None


def text_of(source: Path, *, most: int) -> str:
    """What one reads in it: headers, text with its tables, footers; one line for each paragraph."""
    written: list[str] = []
    with _opened(source) as packed:
        parts = [part for part in packed.infolist() if _READ.match(part.filename.lower())]
        order = {"header": 0, "document": 1, "footer": 2, "footnotes": 3}
        for part in sorted(parts, key=lambda part: _place(part.filename.lower(), order)):
            _Reader(written, most).read(packed, part)
            written.append("\n")
    return re.sub(r"\n{3,}", "\n\n", "".join(written)).strip()[:most]


def _place(name: str, order: dict[str, int]) -> tuple[int, str]:
    return next((number, name) for word, number in order.items() if name.startswith(f"word/{word}"))


def _opened(source: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise RefusedError("broken") from error


def _pieces(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    left = LARGEST_XML
    try:
        with packed.open(part) as stream:
            while piece := stream.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise RefusedError("too_large_inside")
                yield piece
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
        raise RefusedError("broken") from error


def _parse(
    packed: zipfile.ZipFile,
    part: zipfile.ZipInfo,
    *,
    start: Callable[[str, dict[str, str]], None] | None = None,
    end: Callable[[str], None] | None = None,
    characters: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_definitions
    for name, handler in (("StartElement", start), ("EndElement", end), ("CharacterData", characters)):
        if handler is not None:
            setattr(parser, f"{name}Handler", handler)
    try:
        for piece in _pieces(packed, part):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise RefusedError("broken") from error


def _refuse_definitions(*_definition: Any) -> None:
    raise RefusedError("entities")


def _require_harmless(_name: str, attributes: dict[str, str]) -> None:
    is_outside = attributes.get("TargetMode", "").lower() == "external"
    if is_outside and not attributes.get("Type", "").lower().endswith(_HARMLESS):
        raise RefusedError("active")


def _require_no_macros(_name: str, attributes: dict[str, str]) -> None:
    kind = attributes.get("ContentType", "").lower()
    if "macroenabled" in kind or "vbaproject" in kind:
        raise RefusedError("macros")


def _texts_in(packed: zipfile.ZipFile, part: zipfile.ZipInfo, wanted: str) -> list[str]:
    found: list[str] = []
    inside: list[str] = []

    def characters(text: str) -> None:
        if inside and inside[-1] == wanted:
            found.append(text)

    _parse(
        packed,
        part,
        start=lambda name, _attributes: inside.append(_local(name)),
        end=lambda _name: inside.__delitem__(-1),
        characters=characters,
    )
    return found


def _local(name: str) -> str:
    return name.rpartition("}")[2]


class _Reader:
    """Collects the text of one part. Of what Word writes twice, for old programs too, the first is read."""

    def __init__(self, written: list[str], most: int) -> None:
        self._written = written
        self._left = most
        self._in_text = False
        self._twice = 0

    def read(self, packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
        _parse(packed, part, start=self._start, end=self._end, characters=self._characters)

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        local = _local(name)
        if local == "Fallback":
            self._twice += 1
        elif local == "t":
            self._in_text = True
        elif local == "tab":
            self._write("\t")
        elif local in _BREAKS:
            self._write("\n")

    def _end(self, name: str) -> None:
        local = _local(name)
        if local == "Fallback":
            self._twice -= 1
        elif local == "t":
            self._in_text = False
        elif local == "p":
            self._write("\n")
        elif local == "tc":
            self._write("\t")

    def _characters(self, text: str) -> None:
        if self._in_text:
            self._write(text)

    def _write(self, text: str) -> None:
        if not self._twice and self._left > 0:
            self._written.append(text[: self._left])
            self._left -= len(text)
