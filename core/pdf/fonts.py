"""The font of every document: Noto Sans SC (SIL Open Font License 1.1), packaged, and the characters it has.

It has the 30,890 characters of GB 18030's usual part and rare ones of names such as 㛃 and 䶮, but not all of Unicode's
extension B: 𠮷 is missing. Such a character is never left out in silence: the document carries ⟨U+20BB7⟩ in its place,
and the caller is told which ones.
"""

import struct
from bisect import bisect_right
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn

FAMILY = "Noto Sans SC"
# What lays text out and is drawn by no glyph.
_UNDRAWN = frozenset("\n\r\t\u200b\u200c\u200d\ufeff")


def path() -> Path:
    """Where the font's file lies."""
    return Path(pylopdf_fonts_zh_cn.sans_path())


def missing_in(text: str) -> list[str]:
    """The characters that the font cannot draw, each once, in their order."""
    starts, ends = _ranges()
    found = []
    for character in dict.fromkeys(text):
        at = bisect_right(starts, ord(character)) - 1
        if character not in _UNDRAWN and (at < 0 or ord(character) > ends[at]):
            found.append(character)
    return found


def drawable(text: str) -> str:
    """The text with ⟨U+20BB7⟩ where the font has nothing to draw."""
    missing = missing_in(text)
    return text.translate({ord(one): f"⟨U+{ord(one):04X}⟩" for one in missing}) if missing else text


@cache
def _ranges() -> tuple[list[int], list[int]]:
    """First and last code point of each stretch the font has: its `cmap` table, format 12 (OpenType 1.9, cmap)."""
    content = path().read_bytes()
    tables = struct.unpack(">H", content[4:6])[0]
    records = (struct.unpack(">4sIII", content[12 + 16 * n : 28 + 16 * n]) for n in range(tables))
    base = next(offset for tag, _sum, offset, _length in records if tag == b"cmap")
    count = struct.unpack(">H", content[base + 2 : base + 4])[0]
    offsets = (
        struct.unpack(">I", content[base + 8 + 8 * n : base + 12 + 8 * n])[0] + base for n in range(count)
    )
    table = next(at for at in offsets if content[at : at + 2] == b"\x00\x0c")
    groups = struct.unpack(">I", content[table + 12 : table + 16])[0]
    found = sorted(
        struct.unpack(">II", content[table + 16 + 12 * n : table + 24 + 12 * n]) for n in range(groups)
    )
    return [first for first, _last in found], [last for _first, last in found]
