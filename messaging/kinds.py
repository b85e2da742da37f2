"""What a message can be about: each kind declared once, by a floor above, with all that decides on it."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from django.utils import translation
from django.utils.functional import Promise

from messaging.faces import Face
from people.rules import is_hr

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from messaging.models import Message
    from people.models import User

Text = str | Promise


class Words(Protocol):
    """Subject line and body for one audience in one language. Raises LookupError when there are no words for it."""

    def __call__(
        self, *, kind: str, audience: str, language: str, context: dict[str, Any]
    ) -> tuple[str, str]: ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Audience:
    """In which part somebody is told. `stand_in` finds the colleague who acts for one whose account is closed."""

    code: str
    title: Text
    stand_in: "Callable[[Message], User | None]" = lambda message: None

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Attachment:
    """A small file that goes with a message on a channel that takes files, with its media type and parameters."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, kw_only=True, eq=False)
class MessageKind:
    """One kind of message: what it is called, whom it is for, in which words, and how long it is true.

    `holds` is asked when the message is about to go out: what is not true any more is not said. `family` are the kinds
    that one reading of a record's state brings to the present together: what waits of them and is not required any more
    is called off; None for a kind that nothing calls off. `waits_at_night`: held back in quiet hours. `joins_within`:
    one that follows another to the same person about the same origin within this time becomes part of that one.
    `attached`: the file that goes with it, made anew for each try; None for none.
    `face`: what may be pressed below it as things stand now, on a channel that has buttons; None for words alone.
    `press`: does what a key stands for, by the rights of the colleague who pressed it, in the caller's transaction.
    `read_by`: who may read it in the ledger, HR unless it says otherwise. `names_others`: it may name people whom it is
    not about, as a digest does: when one of them is erased, their name is looked for in its words.
    """

    code: str
    title: Text
    audiences: tuple[str, ...]
    words: Words
    holds: "Callable[[Message], bool]"
    family: str | None
    waits_at_night: bool = False
    joins_within: timedelta | None = None
    attached: "Callable[[Message], Attachment | None] | None" = None
    read_by: "Callable[[User | AnonymousUser], bool]" = is_hr
    face: "Callable[[Message], Face | None] | None" = None
    press: "Callable[[Message, str, User], None] | None" = None
    names_others: bool = False

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, kw_only=True, eq=False)
class Placeholder:
    """What is known only when the message goes out: `mark` stands in the body for it, the ledger sees `shown`.

    `fill` makes it anew for each try and it is never kept, unless `is_kept`: then it is made for the first try and
    stands in the text from there on, beside its mark: a card that is changed says what is true by then. `fill` answers
    None where the mark is somebody's own text, and raises a DomainError when the thing cannot be made.
    """

    mark: str
    shown: Callable[[], str]
    fill: "Callable[[Message], str | None]"
    is_kept: bool = False

    def kept_in(self, body: str, value: str) -> str:
        """The text with `value` in the mark's place, where the mark is still known."""
        return body.replace(self.mark, f"{_ANCHOR}{self.mark}{_SEPARATOR}{value}{_TERMINATOR}")


# Unicode's own signs for a text that stands beside another; nobody types them, no screen shows them.
_ANCHOR, _SEPARATOR, _TERMINATOR = "\ufff9", "\ufffa", "\ufffb"
_KEPT = re.compile(f"{_ANCHOR}([^{_SEPARATOR}]*){_SEPARATOR}([^{_TERMINATOR}]*){_TERMINATOR}")


def as_sent(body: str) -> str:
    """The text with what was kept in it, as it went out."""
    return _KEPT.sub(lambda found: found[2], body)


def as_of_now(message: "Message") -> str:
    """The text with what is kept in it as it is true now."""

    def anew(found: re.Match[str]) -> str:
        placeholder = _placeholders.get(found[1])
        if placeholder is None or not placeholder.is_kept:
            return found[2]
        return placeholder.fill(message) or found[2]

    return _KEPT.sub(anew, message.body)


_kinds: dict[str, MessageKind] = {}
_audiences: dict[str, Audience] = {}
_placeholders: dict[str, Placeholder] = {}


def register(
    kinds: Iterable[MessageKind] = (),
    *,
    audiences: Iterable[Audience] = (),
    placeholders: Iterable[Placeholder] = (),
) -> None:
    """Make these known. Raises ValueError for what was declared before."""
    for audience in audiences:
        _once(_audiences, audience.code, audience)
    for kind in kinds:
        _once(_kinds, kind.code, kind)
    for placeholder in placeholders:
        _once(_placeholders, placeholder.mark, placeholder)


def _once(known: dict[str, Any], code: str, declared: object) -> None:
    if code in known:
        raise ValueError(f"{code} is declared twice")
    known[code] = declared


def kind(code: str) -> MessageKind:
    """The kind that a row names. Raises KeyError for one that nobody declares any more."""
    return _kinds[code]


def face_of(message: "Message") -> Face | None:
    """What may be pressed below a message now, in its reader's language."""
    make = kind(message.kind).face
    if make is None:
        return None
    with translation.override(message.language):
        return make(message)


def audience(code: str) -> Audience:
    """The audience that a row names. Raises KeyError for an unknown one."""
    return _audiences[code]


def kinds() -> Iterator[MessageKind]:
    """Every kind, in the order of declaration."""
    yield from _kinds.values()


def placeholders() -> Iterator[Placeholder]:
    """Every placeholder."""
    yield from _placeholders.values()


def family(name: str) -> list[str]:
    """The codes of the kinds of one family."""
    return [kind.code for kind in _kinds.values() if kind.family == name]


def naming_others() -> list[str]:
    """The codes of the kinds whose words may name people whom they are not about."""
    return [kind.code for kind in _kinds.values() if kind.names_others]


def choices() -> list[tuple[str, Text]]:
    """Codes and titles of the kinds, as a column's choices."""
    return [(kind.code, kind.title) for kind in _kinds.values()]


def audience_choices() -> list[tuple[str, Text]]:
    """Codes and titles of the audiences."""
    return [(audience.code, audience.title) for audience in _audiences.values()]


def readable_by(user: "User | AnonymousUser") -> tuple[list[str], bool]:
    """The codes of the kinds that `user` may read in the ledger, and whether these are all."""
    codes = [kind.code for kind in _kinds.values() if kind.read_by(user)]
    return codes, len(codes) == len(_kinds)
