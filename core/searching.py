"""Finding rows by what people type: by an index, whatever the number of rows.

A model that is looked for keeps a `search_key`: words with one blank between them, made of names, phones and addresses.
A typed word finds the key's words that begin with it. The index is over the words themselves, so that two Chinese
characters are enough. Numbers and addresses stand in a key as tokens that only the key ring can make: what they begin
with and what a number ends with is found, and nobody reads them there.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, TextField, Value
from django.db.models.constants import LOOKUP_SEP
from django.db.models.expressions import Combinable

from core.sealed.ring import ring

KEY = "search_key"
MOST_WORDS, MOST_CHARACTERS = 8, 100
# More people than anybody looks through; what they hang on is found by their ids.
MOST_FOUND = 1000
# Fewer digits than these stand in too many numbers.
LEAST_FIRST_DIGITS, LEAST_LAST_DIGITS = 3, 4
LONGEST_SUFFIX = 12
FIRST, LAST, MAIL = "tel:", "end:", "mail:"
# An address is found by so many of its first characters, or by the whole of it.
LEAST_OF_ADDRESS, MOST_OF_ADDRESS = 3, 12
COUNTRY = "86"
MAINLAND_DIGITS = 11
_SPELT = str.maketrans({"ü": "v", "·": " ", "•": " ", "'": None, "’": None})
_WHOLE_ADDRESS = re.compile(r".+@.+\..+")
# A document's number, or its end, that is not of digits alone: 123x, h12345678.
_END_OF_DOCUMENT = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z0-9]{4,20}")
_NO_WORD = re.compile(r"[^\w@.+-]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")


class Lexemes(Func):
    """A search key as the index keeps it: its words."""

    template = "array_to_tsvector(string_to_array(%(expressions)s, ' '))"
    arity = 1
    output_field = TextField()


class _Matches(Func):
    template = "%(expressions)s::tsquery"
    arg_joiner = " @@ "
    output_field = BooleanField()


def search_index(name: str) -> GinIndex:
    """The index that a model with a `search_key` declares."""
    return GinIndex(Lexemes(KEY), name=name)


def matches(query: str, key: str = KEY) -> Combinable:
    """The condition that a row's key fits a query of `Asked`."""
    return _Matches(Lexemes(F(key)), Value(query))


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed, as far as it is looked for. `is_cut`: it was longer than that."""

    words: tuple[str, ...]
    is_cut: bool = False

    @classmethod
    def of(cls, typed: str) -> "Asked":
        """The first words of a text, as keys spell them."""
        text = plain(typed[: MOST_CHARACTERS * 2])
        found = [word for word in _NO_WORD.split(text[:MOST_CHARACTERS]) if word]
        joined = _joined_digits(found)
        is_cut = len(typed) > MOST_CHARACTERS or len(joined) > MOST_WORDS
        return cls(tuple(joined[:MOST_WORDS]), is_cut)

    @property
    def query(self) -> str:
        """Every word, at the beginning of one of the key's words."""
        return " & ".join(_term(word) for word in self.words)


def ids_matching(model: type[Model], asked: Asked, *, most: int = MOST_FOUND) -> list[Any]:
    """The rows whose key fits, at most `most`, in no order. One query by the index; none for nothing asked."""
    return matching(model._default_manager.all(), asked, most=most)


def matching(rows: QuerySet[Any], asked: Asked, *, most: int = MOST_FOUND) -> list[Any]:
    """Those of these rows, by their ids. As `ids_matching`."""
    if not asked.words:
        return []
    return list(rows.order_by().filter(matches(asked.query)).values_list("pk", flat=True)[:most])


def rows_reaching(model: Any, way: str, ids: list[Any]) -> Q:
    """The rows of `model` that reach one of these over `way`: each step by its own index, one query, not by a join
    that may begin at the wrong end."""
    if not way:
        return Q(pk__in=ids)
    first, _step, others = way.partition(LOOKUP_SEP)
    if others:
        nearer = model._meta.get_field(first).related_model
        found = nearer._default_manager.order_by().filter(rows_reaching(nearer, others, ids))
        ids = list(found.values_list("pk", flat=True))
    return Q(**{f"{first}__in": ids})


def plain(text: str) -> str:
    """One spelling for all: full width as half width, small letters, nothing without width, a name's dot as a blank."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_SPELT)
    return "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")


def key_of(words: Iterable[str]) -> str:
    """The key of these words: each once, nothing in them that parts words."""
    return " ".join(dict.fromkeys(word for each in words for word in plain(each).split()))


def text_words(text: str) -> list[str]:
    """The words of a title; Chinese, which is written without blanks, from each character on."""
    found: list[str] = []
    for word in filter(None, _NO_WORD.split(plain(text))):
        found.append(word)
        for run in _CHINESE.finditer(word):
            rest = word[run.start() :]
            found += [rest[place : place + LONGEST_SUFFIX] for place in range(run.end() - run.start())]
    return found


def phone_words(phone: str) -> list[str]:
    """A number, found by its beginning and by its end: as tokens, from which nobody without the key ring reads it."""
    digits = _national(re.sub(r"\D", "", plain(phone)))
    first = [digits[:length] for length in range(LEAST_FIRST_DIGITS, len(digits) + 1)]
    last = [digits[-length:] for length in range(LEAST_LAST_DIGITS, len(digits))]
    token = ring().token
    return [*(token(FIRST + each) for each in first), *(token(LAST + each) for each in last)]


def address_words(address: str) -> list[str]:
    """An e-mail address, found by its beginning: as tokens, like a number."""
    spelt, token = plain(address), ring().token
    lengths = {min(length, len(spelt)) for length in range(LEAST_OF_ADDRESS, MOST_OF_ADDRESS + 1)} | {
        len(spelt)
    }
    return [token(MAIL + spelt[:length]) for length in sorted(lengths)] if spelt else []


def document_words(number: str) -> list[str]:
    """A document's number, found by its end alone: its beginning says where and when somebody was born."""
    spelt, token = plain(number), ring().token
    return [token(LAST + spelt[-length:]) for length in range(LEAST_LAST_DIGITS, len(spelt) + 1)]


def _national(digits: str) -> str:
    is_long = digits.startswith(COUNTRY) and len(digits) > MAINLAND_DIGITS
    return digits[len(COUNTRY) :] if is_long else digits


def _joined_digits(words: list[str]) -> list[str]:
    """A number is one word, however it is grouped: 138 0013 8000, +86-138-0013-8000."""
    bare = [re.sub(r"[+.-]", "", word) for word in words]
    joined: list[str] = []
    for word, digits in zip(words, bare, strict=True):
        is_number = digits.isascii() and digits.isdigit()
        if is_number and joined and joined[-1].isdigit():
            joined[-1] += digits
        else:
            joined.append(digits if is_number else word)
    return joined


def _term(word: str) -> str:
    token = ring().token
    ways = [_lexeme(word, is_whole=len(word) == 1 and word.isascii())]
    if len(word) >= LEAST_OF_ADDRESS:
        begun = word if _WHOLE_ADDRESS.fullmatch(word) else word[:MOST_OF_ADDRESS]
        ways.append(_lexeme(token(MAIL + begun), is_whole=True))
    if _END_OF_DOCUMENT.fullmatch(word):
        ways.append(_lexeme(token(LAST + word), is_whole=True))
    if not (word.isascii() and word.isdigit()):
        return f"({' | '.join(ways)})" if len(ways) > 1 else ways[0]
    digits = _national(word)
    if len(digits) >= LEAST_FIRST_DIGITS:
        ways.append(_lexeme(token(FIRST + digits), is_whole=True))
    if len(digits) >= LEAST_LAST_DIGITS:
        ways.append(_lexeme(token(LAST + digits), is_whole=True))
    return f"({' | '.join(ways)})"


def _lexeme(word: str, *, is_whole: bool = False) -> str:
    """A word of a tsquery, quoted; the beginning of a word unless it is meant whole."""
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'" if is_whole else f"'{quoted}':*"
