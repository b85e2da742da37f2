"""What a new hire gives of an identity document and an address, in one spelling, and what is wrong with it."""

import re
import unicodedata
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from core.text import one_line
from onboarding.enums import DocumentKind

LONGEST_NUMBER, LONGEST_ADDRESS = 40, 200
SHORTEST_ADDRESS = 5
OLDEST_BIRTH_YEAR = 1900
# GB 11643-1999: ISO 7064 MOD 11-2 over the first seventeen digits.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
_EIGHTEEN = re.compile(r"\d{17}[\dX]", re.ASCII)
_BLANKS = re.compile(r"[\s\-·]")
# Those of Hong Kong, Macao and Taiwan stand in the place of a province.
_BEYOND = ("81", "82", "83")
# As the issuing offices print them today; a passport's as any country's.
_SHAPES = {
    DocumentKind.PASSPORT: re.compile(r"(?=.*\d)[A-Z0-9]{5,15}", re.ASCII),
    DocumentKind.HONG_KONG_MACAO: re.compile(r"[HM]\d{8}(\d{2})?", re.ASCII),
    DocumentKind.TAIWAN: re.compile(r"\d{8}", re.ASCII),
    DocumentKind.PERMANENT: re.compile(r"[A-Z]{3}\d{12}|9\d{16}[\dX]", re.ASCII),
}
_WRONG_SHAPE = {
    DocumentKind.PASSPORT: _("A passport number has 5 to 15 letters and digits."),
    DocumentKind.HONG_KONG_MACAO: _("The number of this permit is H or M and 8 digits (older ones 10)."),
    DocumentKind.TAIWAN: _("The number of this permit has 8 digits."),
    DocumentKind.PERMANENT: _(
        "The number of this card is 3 letters and 12 digits, or 18 digits beginning with 9."
    ),
}


def number_of(kind: str, typed: str) -> str:
    """A document's number in its one spelling: half width, capital letters, no blanks.

    Invalid: document_kind_unknown, document_number_missing, document_number_malformed; of the numbers of eighteen
    digits also document_number_mistyped (the check character does not fit), document_birthday_impossible,
    document_of_another_kind.
    """
    if kind not in DocumentKind.values:
        raise Invalid("document_kind_unknown", _("Please choose the kind of document."))
    number = _BLANKS.sub("", unicodedata.normalize("NFKC", one_line(typed))).upper()
    if not number:
        raise Invalid("document_number_missing", _("Please enter the number of the document."))
    chosen = DocumentKind(kind)
    if chosen in _SHAPES:
        if not _SHAPES[chosen].fullmatch(number):
            raise Invalid("document_number_malformed", _WRONG_SHAPE[chosen])
    else:
        _require_resident_number(chosen, number)
    return number


def address_of(typed: str) -> str:
    """An address on one line. Invalid: address_missing, address_too_long."""
    address = one_line(typed)
    if len(address) < SHORTEST_ADDRESS:
        raise Invalid(
            "address_missing", _("Please enter the whole address: province, city, street, house and room.")
        )
    if len(address) > LONGEST_ADDRESS:
        raise Invalid(
            "address_too_long", _("Please use %(most)s characters at most.") % {"most": LONGEST_ADDRESS}
        )
    return address


def check_character(first: str) -> str:
    """The eighteenth character that follows from the first seventeen digits."""
    return CHECK_CHARACTERS[
        sum(int(digit) * weight for digit, weight in zip(first, WEIGHTS, strict=True)) % 11
    ]


def _require_resident_number(kind: DocumentKind, number: str) -> None:
    if not _EIGHTEEN.fullmatch(number):
        raise Invalid(
            "document_number_malformed", _("This number has 18 characters: 17 digits, then a digit or X.")
        )
    if check_character(number[:17]) != number[17]:
        raise Invalid(
            "document_number_mistyped",
            _(
                "This number is mistyped: its last character does not fit the others. Please compare it with the card."
            ),
        )
    if not _is_birthday(number[6:14]):
        raise Invalid(
            "document_birthday_impossible",
            _(
                "The date of birth in this number (7th to 14th digit) is no day of the past. Please compare it."
            ),
        )
    if number.startswith(_BEYOND) != (kind == DocumentKind.RESIDENCE):
        raise Invalid(
            "document_of_another_kind",
            _("This number is of another kind of document. Please choose the kind that the card names."),
        )


def _is_birthday(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return day.year >= OLDEST_BIRTH_YEAR and day < timezone.localdate()
