"""What a table may be, at most, and what a row of it is; both readers share it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, TooLarge

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 60
# More than any cell of an honest list holds; a workbook's own limit is 32,767.
MOST_CHARACTERS = 5_000

Cell = str | int | float | bool | date | datetime | time | timedelta | None


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it stands in the file: `number` as the program that made it numbers it, from 1."""

    number: int
    cells: tuple[Cell, ...]


def unreadable(code: str, message: "str | StrPromise", **extra: object) -> Invalid:
    """A file that is not taken, with the sentence that says what to do about it."""
    return Invalid(code, message, **extra)


def require_some(content: bytes, *, most: int) -> None:
    """TooLarge: too_large, for more bytes than `most`. Invalid: empty_file."""
    if len(content) > most:
        raise TooLarge(
            "too_large",
            _("The file is larger than %(most)s MB. Please divide it.") % {"most": most // 1024**2},
        )
    if not content.strip():
        raise unreadable("empty_file", _("The file is empty."))


def too_many_rows() -> Invalid:
    """More rows than are taken at once."""
    return unreadable(
        "too_many_rows",
        _(
            "The table has more than %(most)s rows. Please divide it, or delete the empty, formatted rows "
            "below your data."
        )
        % {"most": MOST_ROWS},
    )


def too_many_columns() -> Invalid:
    """More columns than any list of people has."""
    return unreadable(
        "too_many_columns",
        _(
            "The table has more than %(most)s columns. Please delete those that are not needed, the empty, "
            "formatted ones on the right too."
        )
        % {"most": MOST_COLUMNS},
    )
