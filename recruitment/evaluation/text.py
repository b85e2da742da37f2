"""Finding a wording in an answer, whatever way it was typed, and quoting the answer's own words.

Texts are compared after NFKC (full-width becomes half-width), casefold, and without the white space that separates
nothing in Chinese; zero-width characters are dropped. Traditional characters, synonyms and misspellings are not
resolved: a point lists the wordings that count. A wording of Latin letters or digits must stand as a whole word,
so that "it" is not found in "with" nor "30" in "130".
"""

import unicodedata
from dataclasses import dataclass

LONGEST_QUOTE = 60
_SENTENCE_ENDS = frozenset("。！？!?；;\n\r")


@dataclass(frozen=True, slots=True)
class Readable:
    """A text in comparable form. `places[i]` is where in the original the i-th comparable character comes from."""

    original: str
    comparable: str
    places: tuple[tuple[int, int], ...]


def readable(text: str) -> Readable:
    """The comparable form of `text`, with the way back to the original."""
    characters: list[str] = []
    places: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = start + 1
        # A base letter and its combining marks are one unit, or "e" + "´" would never equal "é".
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        unit = text[start:end]
        folded = "".join(
            character
            for character in unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", unit).casefold())
            if unicodedata.category(character) != "Cf"
        )
        if folded.strip():
            for character in folded:
                characters.append(character)
                places.append((start, end))
        elif folded and characters and characters[-1] != " ":
            characters.append(" ")
            places.append((start, end))
        start = end
    kept = [
        index
        for index, character in enumerate(characters)
        if character != " " or _separates(characters, index)
    ]
    return Readable(
        text, "".join(characters[index] for index in kept), tuple(places[index] for index in kept)
    )


def normalise(text: str) -> str:
    """`text` as it is compared."""
    return readable(text).comparable


def find(wording: str, text: Readable) -> tuple[int, int] | None:
    """Where in the original the first mention of `wording` begins and ends; None when there is none."""
    wanted = normalise(wording)
    if not wanted:
        return None
    begin = text.comparable.find(wanted)
    while begin >= 0:
        end = begin + len(wanted)
        if not _cuts_a_word(text.comparable, begin) and not _cuts_a_word(text.comparable, end):
            return text.places[begin][0], text.places[end - 1][1]
        begin = text.comparable.find(wanted, begin + 1)
    return None


def quote(text: str, begin: int, end: int) -> str:
    """A literal piece of `text` around [begin, end), inside its sentence, at most LONGEST_QUOTE characters."""
    if end - begin >= LONGEST_QUOTE:
        return text[begin : begin + LONGEST_QUOTE].strip()
    first, last = begin, end
    grows = True
    while grows and last - first < LONGEST_QUOTE:
        grows = False
        if last < len(text) and text[last] not in _SENTENCE_ENDS:
            last += 1
            grows = True
        if first > 0 and text[first - 1] not in _SENTENCE_ENDS and last - first < LONGEST_QUOTE:
            first -= 1
            grows = True
    return text[first:last].strip()


def mention(wordings: tuple[str, ...], text: Readable) -> str | None:
    """The quote of the first of `wordings` that the text mentions, in the order given; None when it mentions none."""
    for wording in wordings:
        if (place := find(wording, text)) is not None:
            return quote(text.original, *place)
    return None


def _separates(characters: list[str], index: int) -> bool:
    """Whether a space stands between two words of letters; beside Chinese characters it means nothing."""
    if index == 0 or index == len(characters) - 1:
        return False
    return not _is_ideograph(characters[index - 1]) and not _is_ideograph(characters[index + 1])


def _cuts_a_word(text: str, place: int) -> bool:
    if not 0 < place < len(text):
        return False
    return all(
        character.isalnum() and not _is_ideograph(character) for character in text[place - 1 : place + 1]
    )


def _is_ideograph(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or character >= "\U00020000"
