"""Chinese names, as they are sorted and looked for: rows keep their pinyin, family names read as such."""

import re
from collections.abc import Iterable

from pypinyin import Style, lazy_pinyin

from core.searching import address_words, key_of, phone_words, plain

# Characters that are read differently as a family name.
SURNAMES = {
    "曾": "zeng1", "单": "shan4", "仇": "qiu2", "解": "xie4", "任": "ren2", "区": "ou1",
    "朴": "piao2", "查": "zha1", "盖": "ge3", "翟": "zhai2", "黑": "he4", "乐": "yue4",
    "员": "yun4", "尉": "wei4", "缪": "miao4", "冼": "xian3", "覃": "qin2", "华": "hua4",
    "秘": "bi4", "折": "she2", "繁": "po2", "谌": "chen2", "哈": "ha3", "召": "shao4",
    "那": "na1", "宁": "ning4", "种": "chong2", "重": "chong2", "祭": "zhai4", "洗": "xian3",
}  # fmt: skip
# Family names of two characters; their first character alone is none, or is read differently.
TWO_CHARACTERS = {
    "尉迟": ("yu4", "chi2"), "单于": ("chan2", "yu2"), "长孙": ("zhang3", "sun1"), "万俟": ("mo4", "qi2"),
    "澹台": ("tan2", "tai2"), "宰父": ("zai3", "fu3"), "亓官": ("qi2", "guan1"), "令狐": ("ling2", "hu2"),
}  # fmt: skip
PAIR = 2
_NUMBER = re.compile(r"\+?\d[\d -]{5,}\d")
_BREAK = re.compile(r"[\s,，;；()（）]+")


def _bare(name: str) -> str:
    """A Chinese name without the blanks that somebody typed into it; others keep theirs."""
    pieces = name.split()
    return "".join(pieces) if pieces and not any(piece.isascii() for piece in pieces) else " ".join(pieces)


def _family(name: str) -> tuple[str, ...]:
    """How the family name at the beginning is read, where it is not read as its characters are; else nothing."""
    if name[:PAIR] in TWO_CHARACTERS:
        return TWO_CHARACTERS[name[:PAIR]]
    return (SURNAMES[name[0]],) if name[:1] in SURNAMES else ()


def _syllables(name: str) -> list[str]:
    """Syllable by syllable, with tones."""
    syllables = lazy_pinyin(name, style=Style.TONE3, neutral_tone_with_five=True)
    family = _family(name)
    syllables[: len(family)] = family
    return [str(each) for each in syllables]


def sort_key(name: str) -> str:
    """The pinyin of a name, with tones, one syllable after the other: sorts 张三 as "zhang1 san1"."""
    return " ".join(_syllables(_bare(name))).lower()


def search_key(names: Iterable[str], *, phone: str = "", others: Iterable[str] = (), loose: str = "") -> str:
    """What a person is found by: the names, whole and from each character on, their pinyin likewise and its initials,
    the phone from either end, and other words (addresses, numbers, accounts) as they are; of a loose text, each word
    and each number."""
    words: list[str] = []
    for name in names:
        words += _name_words(name)
    for number in _NUMBER.findall(loose):
        words += phone_words(number)
    for word in others:
        words += address_words(word) if "@" in word else [word]
    for word in _BREAK.split(loose):
        words += _loose_word(word)
    return key_of([*words, *phone_words(phone)])


def _loose_word(word: str) -> list[str]:
    """An address or a number as tokens, so that it is not read in the key; another word as it is."""
    if "@" in word:
        return address_words(word)
    if _NUMBER.fullmatch(word):
        return phone_words(word)
    return [word]


def _name_words(name: str) -> list[str]:
    whole = "".join(plain(name).split())
    if whole.isascii():
        pieces = plain(name).split()
        return [whole, *pieces, "".join(piece[0] for piece in pieces)] if pieces else []
    words = [whole[place:] for place in range(len(whole))]
    # Both readings: one looks for 曾 as one knows it, or as one reads it.
    for spelt in {tuple(_without_tones(_syllables(whole))), tuple(_without_tones(lazy_pinyin(whole)))}:
        words += ["".join(spelt[place:]) for place in range(len(spelt))]
        words.append("".join(each[:1] for each in spelt))
    return words


def _without_tones(syllables: Iterable[str]) -> list[str]:
    return [each.rstrip("012345").lower() for each in syllables]
