"""The sheets of a workbook by their bytes: which of them is read, and whether it reaches too far to be."""

import re
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from core.exchange.files import MOST_COLUMNS, MOST_ROWS, too_many_columns, too_many_rows

# Where a row or a cell says that it stands: a reader makes room for all that lies before.
_PLACE = re.compile(rb'\sr="([A-Z]{0,7})(\d{1,12})"')
_CELL = re.compile(rb"<c[\s>]")
ERROR = re.compile(rb"(<c\s(?:[^<>]*\s)?t=)(?:\"e\"|'e')")
# What holds nothing stands nowhere: a format, a height or a hidden row, which programs keep far below the table.
_EMPTY_CELL = re.compile(rb"<c(?:\s[^<>]*)?(?:/>|>\s*</c>)")
_EMPTY_ROW = re.compile(rb"<row(?:\s[^<>]*)?(?:/>|>\s*</row>)")
_BOOK, _WAYS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


@dataclass
class Sheet:
    """What was seen of one: whether it holds anything, and why it is not read if it reaches too far."""

    holds: bool = False
    has_errors: bool = False
    beyond: Exception | None = None

    def look_at(self, piece: bytes) -> None:
        """A piece of it, whole rows as far as they are not endless."""
        self.has_errors = self.has_errors or ERROR.search(piece) is not None
        if self.beyond is None and any(map(_beyond, _PLACE.finditer(piece))):
            held = _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", piece))
            self.beyond = next(filter(None, map(_beyond, _PLACE.finditer(held))), None)
        if not self.holds:
            self.holds = _CELL.search(_EMPTY_CELL.sub(b"", piece)) is not None


@dataclass
class Sheets:
    """All of them, by the parts that they stand in."""

    seen: dict[str, Sheet] = field(default_factory=dict)

    def of(self, part: str) -> Sheet:
        """The one of this part."""
        return self.seen.setdefault(part.lower(), Sheet())

    @property
    def have_errors(self) -> bool:
        """Whether a formula's error stands in any."""
        return any(sheet.has_errors for sheet in self.seen.values())

    def require_room(self, packed: zipfile.ZipFile) -> None:
        """Refuse the workbook when a sheet that is opened reaches too far: the visible ones up to the first that holds
        anything. All of them where their order is not beyond doubt. Invalid: too_many_rows, too_many_columns.
        """
        order = self._order(packed)
        for part in self.seen if order is None else order:
            if (refusal := self.seen[part].beyond) is not None:
                raise refusal
            if order is not None and self.seen[part].holds:
                return

    def _order(self, packed: zipfile.ZipFile) -> list[str] | None:
        try:
            order = _visible(packed.read(_BOOK), packed.read(_WAYS))
        except (KeyError, ET.ParseError, ValueError):
            return None
        return order if set(order) <= set(self.seen) else None


def _visible(book: bytes, ways: bytes) -> list[str]:
    """The parts of the visible sheets, in their order. ValueError: what a reader might understand otherwise than we."""
    targets = [(way.get("Id", ""), way.get("Target", "")) for way in _named(_tree(ways), "Relationship")]
    root = _tree(book)
    sheets = [one for lists in root if _local(lists.tag) == "sheets" for one in lists]
    places = [[value for name, value in one.items() if _local(name) == "id"] for one in sheets]
    names = [one.get("name", "") for one in sheets]
    known = dict(targets)
    are_doubtful = (
        len(known) < len(targets) or len(set(names)) < len(names) or any(len(one) != 1 for one in places)
    )
    if are_doubtful or sheets != _named(root, "sheet"):
        raise ValueError("ambiguous")
    shown = [one.get("state", "visible") == "visible" for one in sheets]
    return [_part(known[place]) for (place,), is_shown in zip(places, shown, strict=True) if is_shown]


def _tree(part: bytes) -> ET.Element:
    # Definitions were refused before, and as UTF-8 there are no others: nothing grows or is fetched here.
    return ET.fromstring(part.decode())  # noqa: S314


def _named(root: ET.Element, name: str) -> list[ET.Element]:
    return [one for one in root.iter() if _local(one.tag) == name]


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _part(target: str) -> str:
    """Where a way leads to, from the workbook."""
    if target.startswith("/"):
        return target[1:].lower()
    return (target if target.startswith("xl/") else f"xl/{target}").lower()


def _beyond(place: re.Match[bytes]) -> Exception | None:
    """Why a table that reaches this place is not read."""
    letters, number = place[1], int(place[2])
    if number > MOST_ROWS + 100:
        return too_many_rows()
    return too_many_columns() if letters and _column(letters) > MOST_COLUMNS else None


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
