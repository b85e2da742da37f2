"""What people type, brought to one spelling: lines and lists; and how much room it takes."""

import re
import unicodedata

# Commas and semicolons of both widths, the Chinese list comma, line ends. A comma that groups digits parts nothing.
_BETWEEN = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))|[，、；;\r\n\u2028\u2029]")
_WRITTEN_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


def visible(text: str) -> str:
    """Without control characters and characters of no width; line ends and tabs become blanks."""
    kept = []
    for character in text:
        kind = unicodedata.category(character)
        if kind in ("Zl", "Zp", "Zs") or character in "\t\n\v\f\r":
            kept.append(" ")
        elif kind not in ("Cc", "Cf", "Cs", "Co"):
            kept.append(character)
    return "".join(kept)


def one_line(text: str) -> str:
    """One line in the composed form, one blank between words, none at either end."""
    return " ".join(unicodedata.normalize("NFC", visible(text)).split())


def several_lines(text: str) -> str:
    """What was typed into a box of several lines: line ends of one kind, nothing that no database keeps, no blanks at
    either end."""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


def listed(*texts: str) -> list[str]:
    """The parts of a list typed by hand, each once, in their order.

    They may be parted by , ， 、 ; ； or the end of a line; what is blank is no part.
    """
    parts = (one_line(part) for text in texts for part in _BETWEEN.split(text))
    return list(dict.fromkeys(part for part in parts if part))


def is_written_number(text: str) -> bool:
    """Whether people write a number so: digits, and a point. 1e2 and 1_0, which Python reads, are none."""
    return _WRITTEN_NUMBER.fullmatch(text.strip()) is not None


def shortened(text: str, letters: int) -> str:
    """As it stands where it takes no more room than so many Chinese letters, else cut to that, an ellipsis at its end.

    Two Latin letters take the room of a Chinese one.
    """
    if _halves(text) <= 2 * letters:
        return text
    while _halves(text) > 2 * (letters - 1):
        text = text[:-1]
    return f"{text.rstrip()}…"


def _halves(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)
