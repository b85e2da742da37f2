"""Reads what a candidate's browser sent. Wrong content is 422 with a code, too much is 413, never a 5xx."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import connections
from core.errors import DomainError, Invalid, NotFound, TooLarge
from core.process.lanes import LONGEST_WAITED

LARGEST_BODY = 256 * 1024
# What is no longer than this is here before the request is handled.
WAITED_FOR = LONGEST_WAITED
LONGEST_NOTE = 500
LARGEST_NUMBER = 2**31 - 1
LONGEST_NUMBER = 9


def raw_body(request: HttpRequest, *, at_most: int = LARGEST_BODY) -> bytes:
    """The body's bytes; a declared length over the limit is refused before anything is read."""
    try:
        declared = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        declared = 0
    if declared > at_most:
        raise TooLarge("too_large", _("That is more than can be sent at once."))
    if declared > WAITED_FOR:
        # It comes at its sender's pace.
        connections.give_back()
    body = request.body
    if len(body) > at_most:
        raise TooLarge("too_large", _("That is more than can be sent at once."))
    return body


def json_object(request: HttpRequest, *, at_most: int = LARGEST_BODY) -> dict[str, Any]:
    """The body as a JSON object; anything else is 422 `malformed`. An empty body is an empty object."""
    body = raw_body(request, at_most=at_most)
    if not body:
        return {}
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Invalid("malformed", _("The body is not valid JSON.")) from error
    if not isinstance(content, dict):
        raise Invalid("malformed", _("The body must be a JSON object."))
    return content


def _wrong(field: str, message: str) -> Invalid:
    return Invalid("invalid", message, field=field)


def number(content: dict[str, Any], field: str) -> int:
    """A whole number from 0, as JSON writes it: not a text, not true or false."""
    value = content.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_NUMBER:
        raise _wrong(field, _("%(field)s must be a whole number.") % {"field": field})
    return value


def epoch_of(request: HttpRequest, content: dict[str, Any]) -> int:
    """The epoch in the JSON, or in `X-Epoch` beside a byte body."""
    header = request.headers.get("X-Epoch")
    if "epoch" not in content and header is not None and header.isascii() and header.isdigit():
        return number({"epoch": int(header[:12])}, "epoch")
    return number(content, "epoch")


def text(content: dict[str, Any], field: str) -> str:
    """A text, as long as it may be: its length and its characters are the service's to judge."""
    value = content.get(field)
    if not isinstance(value, str):
        raise _wrong(field, _("%(field)s must be a text.") % {"field": field})
    return value


def note(content: dict[str, Any], field: str = "note") -> str:
    """A few words that the database can hold; missing is ""."""
    value = content.get(field)
    if value is None:
        return ""
    if not isinstance(value, str) or "\x00" in value or not _can_be_stored(value):
        raise _wrong(field, _("%(field)s must be a text.") % {"field": field})
    if len(value) > LONGEST_NOTE:
        raise TooLarge("too_long", _("At most %(count)s characters.") % {"count": LONGEST_NOTE}, field=field)
    return value.strip()


def _can_be_stored(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def word(content: dict[str, Any], field: str) -> str:
    """A short name that a service knows or refuses; missing is ""."""
    value = content.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _wrong(field, _("%(field)s must be a text.") % {"field": field})
    return value


def flag(content: dict[str, Any], field: str, *, default: bool) -> bool:
    """True or false."""
    value = content.get(field, default)
    if not isinstance(value, bool):
        raise _wrong(field, _("%(field)s must be true or false.") % {"field": field})
    return value


def names(content: dict[str, Any], field: str) -> list[str]:
    """A list of names that a service knows or refuses; missing is empty."""
    value = content.get(field)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _wrong(field, _("%(field)s must be a list of names.") % {"field": field})
    return value


def facts(content: dict[str, Any], field: str) -> dict[str, Any]:
    """An object of a few facts, such as the device; missing is empty."""
    value = content.get(field)
    if value is None:
        return {}
    if not isinstance(value, dict) or not _can_be_stored(json.dumps(value, ensure_ascii=False)):
        raise _wrong(field, _("%(field)s must be an object.") % {"field": field})
    return value


def numbers(content: dict[str, Any], field: str) -> list[Any]:
    """A list of numbers that a service knows or refuses."""
    value = content.get(field)
    if not isinstance(value, list):
        raise _wrong(field, _("%(field)s must be a list of whole numbers.") % {"field": field})
    return value


def segments(content: dict[str, Any]) -> list[Any]:
    """`[{"chunks": n, "sha256": [...]}]`, empty for a text answer."""
    value = content.get("segments", [])
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise _wrong("segments", _("%(field)s must be a list of objects.") % {"field": "segments"})
    return value


def question_id(written: str) -> int:
    """The number of a question out of an address. NotFound: question_unknown."""
    return known_number(written, NotFound("question_unknown", _("This interview has no such question.")))


def no_number(field: str) -> DomainError:
    """What is raised where an address should have one."""
    return Invalid("invalid", _("%(field)s must be a whole number.") % {"field": field}, field=field)


def known_number(written: str, otherwise: DomainError) -> int:
    """A number out of an address; what no row can have is as unknown as what no row has."""
    if not (written.isascii() and written.isdigit() and len(written) <= LONGEST_NUMBER):
        raise otherwise
    return int(written)
