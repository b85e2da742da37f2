"""Whole texts found by what stands in them: an index over words, and for Chinese over pairs of characters.

Chinese has no blanks between words: every two neighbours are a word of the key, and a longer word is found by all its
pairs. A line end inside Chinese text parts nothing; a PDF breaks lines anywhere. What is found by its pairs may hold
them at different places; of texts of a few pages that is rare.
"""

import re
from collections.abc import Iterator

from core.searching import MOST_WORDS, plain

MOST_TEXT = 100_000
LONGEST_WORD = 40
_CHINESE = r"\u3400-\u9fff\U00020000-\U0003ffff"
_BROKEN_LINE = re.compile(rf"(?<=[{_CHINESE}])\s+(?=[{_CHINESE}])")
_RUN = re.compile(rf"[{_CHINESE}]+|[^\W{_CHINESE}][\w+#.-]*", re.UNICODE)
_CHINESE_RUN = re.compile(rf"[{_CHINESE}]+")
_EDGE = ".-"


def key_of_text(text: str) -> str:
    """The words of a text, each once: what an index over `Lexemes` keeps of it."""
    return " ".join(dict.fromkeys(_words(plain(text[:MOST_TEXT]))))


def query_of(typed: str) -> str:
    """The tsquery of what somebody looks for: every word, at its beginning; every pair of Chinese characters.

    "" where nothing was typed that a text can hold.
    """
    terms: list[str] = []
    for run in _runs(plain(typed[:MOST_TEXT])):
        if not _CHINESE_RUN.fullmatch(run) or len(run) == 1:
            terms.append(_quoted(run, ":*"))
        else:
            terms += [_quoted(pair) for pair in _pairs(run)]
    return " & ".join(dict.fromkeys(terms[: MOST_WORDS * 4]))


def _words(text: str) -> Iterator[str]:
    for run in _runs(text):
        if _CHINESE_RUN.fullmatch(run):
            yield from _pairs(run)
            yield run[-1]
        else:
            yield run


def _runs(text: str) -> Iterator[str]:
    for found in _RUN.finditer(_BROKEN_LINE.sub("", text)):
        word = found[0].rstrip(_EDGE)
        if word:
            # What is joined to Chinese without a blank stands for itself.
            yield from re.findall(rf"[{_CHINESE}]+|[^{_CHINESE}]{{1,{LONGEST_WORD}}}", word)


def _pairs(run: str) -> Iterator[str]:
    return (run[place : place + 2] for place in range(len(run) - 1))


def _quoted(word: str, ending: str = "") -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'{ending}"
