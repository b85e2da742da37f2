"""What stands in a cell, as a value: numbers kept as text, full width, dates however they are written.

Each reads one cell and answers None for an empty one. What cannot be read raises a Fault, which says in a sentence
what is wrong and what to write instead; nothing is guessed.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import contacts
from core.exchange.files import Cell
from core.joining import joined
from core.text import one_line, visible

# A float holds whole numbers exactly up to fifteen digits.
MOST_DIGITS = 15
# Excel's first day is 1900-01-01 and it believes in 1900-02-29.
_SERIAL_ZERO = date(1899, 12, 30)
_SERIALS = range(36_526, 73_050)  # 2000 to 2099
_ROUNDED = re.compile(r"^[+-]?\d(\.\d+)?[eE]\+?\d+$")
_DAY = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$|^(\d{4})(\d{2})(\d{2})$")
_FORMULA_ERROR = re.compile(r"^#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)$")
_LONGEST_SHOWN = 60
MISSING = gettext_noop("Nothing is written here, and it is needed.")


class Fault(Exception):
    """What is wrong with a row: `column` by its name ("" for the row), a code, and a sentence with its parameters.

    The sentence is kept in English with its parameters, so that everybody reads it in their own language.
    """

    def __init__(self, code: str, text: str, *, column: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code, self.text, self.column, self.params = code, text, column, params

    def kept(self) -> dict[str, Any]:
        """As a row keeps it."""
        return {"column": self.column, "code": self.code, "text": self.text, "params": self.params}


def sentence(kept: Mapping[str, Any]) -> str:
    """A kept fault in the reader's language."""
    try:
        given = {
            name: joined(value) if isinstance(value, list) else value
            for name, value in (kept["params"] or {}).items()
        }
        return _(kept["text"]) % given if given else _(kept["text"])
    except (KeyError, TypeError, ValueError):
        return str(kept["text"])


def shown(cell: Cell) -> str:
    """A cell as it is read, for the preview and for the file of refused rows."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 10**MOST_DIGITS else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes") if (cell.hour or cell.minute) else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell).replace("\x00", "")


def text(cell: Cell) -> str | None:
    """One line. A number is its digits; a time, a formula's error and a number that lost digits are no text."""
    found = one_line(shown(cell))
    if _FORMULA_ERROR.match(found):
        raise Fault(
            "formula_error", gettext_noop("“%(value)s” is a formula's error. Write the value."), value=found
        )
    if isinstance(cell, float) and not (cell.is_integer() and abs(cell) < 10**MOST_DIGITS):
        raise _rounded(found)
    return found or None


def words(cell: Cell) -> str | None:
    """Text of several lines."""
    parts = (one_line(part) for part in visible_lines(shown(cell)))
    return "\n".join(part for part in parts if part) or None


def visible_lines(typed: str) -> list[str]:
    """The lines of a cell."""
    return [visible(line) for line in typed.splitlines()]


def name(cell: Cell) -> str | None:
    """A person's name."""
    found = text(cell)
    if found is None:
        return None
    if not any(unicodedata.category(letter).startswith("L") for letter in found):
        raise Fault("name_unknown", gettext_noop("“%(value)s” is no name."), value=_short(found))
    return contacts.name(found)


def phone(cell: Cell) -> str | None:
    """E.164. A number cell is taken as long as it lost no digits: 13800138000 is whole, 1.38E+10 is not."""
    found = one_line(unicodedata.normalize("NFKC", shown(cell))).lstrip("'")
    if not found:
        return None
    if _ROUNDED.match(found) or (isinstance(cell, int | float) and found.endswith("00000")):
        raise _rounded(found)
    try:
        return contacts.phone(found)
    except ValueError:
        raise Fault(
            "phone_unknown",
            gettext_noop("“%(value)s” is no phone number: write it as 138 0013 8000 or +44 20 7946 0018."),
            value=_short(found),
        ) from None


def email(cell: Cell) -> str | None:
    """An address in small letters."""
    found = contacts.email(shown(cell).removeprefix("mailto:"))
    if not found:
        return None
    try:
        validate_email(found)
    except ValidationError:
        raise Fault(
            "email_unknown", gettext_noop("“%(value)s” is no e-mail address."), value=_short(found)
        ) from None
    return found


def day(cell: Cell) -> date | None:
    """A date: a date cell, its serial number, 2026-12-01, 2026/12/1, 2026.12.1, 2026年12月1日, 20261201."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and int(cell) in _SERIALS:
        return _SERIAL_ZERO + timedelta(days=int(cell))
    found = one_line(unicodedata.normalize("NFKC", shown(cell))).removesuffix("00:00:00").rstrip()
    if not found:
        return None
    parts = _DAY.match(found)
    try:
        if parts is not None:
            year, month, number = (int(part) for part in parts.groups() if part is not None)
            return date(year, month, number)
    except ValueError:
        pass
    raise Fault(
        "date_unknown",
        gettext_noop("“%(value)s” is no date: write it as 2026-12-01."),
        value=_short(found),
    )


def one_of(choices: Mapping[str, str]) -> Callable[[Cell], str | None]:
    """A reader that takes one of several words: what may be written → the value."""
    known = {key(word): value for word, value in choices.items()}

    def read(cell: Cell) -> str | None:
        found = text(cell)
        if found is None:
            return None
        if key(found) not in known:
            raise Fault(
                "choice_unknown",
                gettext_noop("“%(value)s” is not known here. Possible: %(choices)s."),
                value=_short(found),
                choices=list(dict.fromkeys(choices)),
            )
        return known[key(found)]

    return read


def at_most(length: int, read: Callable[[Cell], str | None]) -> Callable[[Cell], str | None]:
    """The same, not longer than the table's column."""

    def bounded(cell: Cell) -> str | None:
        found = read(cell)
        if found is not None and len(found) > length:
            raise Fault("too_long", gettext_noop("Longer than %(most)s characters."), most=length)
        return found

    return bounded


def key(typed: str) -> str:
    """What is compared: one width, small letters, no blanks, no marks of "required"."""
    folded = unicodedata.normalize("NFKC", one_line(typed)).casefold()
    for mark in ("(必填)", "(选填)", "(required)", "(optional)"):
        folded = folded.replace(mark, "")
    return "".join(letter for letter in folded if letter not in " *:_-'\"")


def _rounded(found: str) -> Fault:
    return Fault(
        "number_rounded",
        gettext_noop(
            "“%(value)s” has lost digits in the table. Format the column as text and type it again."
        ),
        value=_short(found),
    )


def _short(found: str) -> str:
    return found if len(found) <= _LONGEST_SHOWN else f"{found[:_LONGEST_SHOWN]}…"
