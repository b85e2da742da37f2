"""Runs `core.pdf.inside` in a process of its own and takes the document: what a document can cost has an end."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core import confined
from core.errors import DomainError
from core.joining import joined
from core.pdf import fonts

# On a busy machine a process waits for its turn; its own processor time is bounded apart.
BOUNDS = confined.Bounds(processor=20, patience=60, memory=2 * 1024**3, largest=32 * 1024**2)
LARGEST_DATA = 4 * 1024 * 1024


class DocumentError(DomainError):
    """The document could not be made. It says nothing of what was to stand in it."""

    status = 503


@dataclass(frozen=True, slots=True)
class Document:
    """A finished PDF, its SHA-256, and the characters that its font has not (⟨U+…⟩ stands for them)."""

    content: bytes
    digest: str
    missing: tuple[str, ...]


def make(template: Path, data: Mapping[str, Any], *, title: str) -> Document:
    """The template with this data as PDF/UA-1: tagged, font embedded, in the language that is active. 0.1 s.

    `data` is what JSON can say; the template reads it as `data` and finds beside it `title`, `lang`, `font`, and
    `lacking`, what the font cannot draw in a sentence, or nothing. No text of it becomes markup.
    DocumentError: document_too_large, document_too_slow, document_broken.
    """
    missing: dict[str, None] = {}
    plain = _drawable({**data, "title": title}, missing)
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    asked = json.dumps({
        "template": str(template), "font": str(fonts.path().parent),
        "data": {**plain, "lang": language, "font": fonts.FAMILY, "lacking": _lacking(missing)},
    }).encode()  # fmt: skip
    if len(asked) > LARGEST_DATA:
        raise DocumentError("document_too_large", _("This is too much for one document. Ask for less of it."))
    content = _run(asked)
    return Document(content, sha256(content).hexdigest(), tuple(missing))


def _lacking(missing: Iterable[str]) -> str:
    codes = joined(map(fonts.drawable, missing))
    if not codes:
        return ""
    return gettext("What the font of this document cannot draw is written as its number: %(codes)s.") % {
        "codes": codes
    }


def _drawable(value: Any, missing: dict[str, None]) -> Any:
    """The same with every text as the font can draw it; what it cannot is noted in `missing`."""
    match value:
        case str():
            missing.update(dict.fromkeys(fonts.missing_in(value)))
            return fonts.drawable(value)
        case Mapping():
            return {str(key): _drawable(one, missing) for key, one in value.items()}
        case list() | tuple():
            return [_drawable(one, missing) for one in value]
        case None | bool() | int() | float():
            return value
        case _:
            return _drawable(str(value), missing)


def _run(asked: bytes) -> bytes:
    try:
        done = confined.run(
            confined.ours("core.pdf.inside"),
            BOUNDS,
            asked=asked,
            # Two threads, however many processors there are.
            surroundings={"RAYON_NUM_THREADS": "2"},
        )
    except (confined.TookTooLongError, confined.EndedError):
        raise _too_slow() from None
    except OSError:
        raise _broken() from None
    if done.code or not done.answer.startswith(b"%PDF-"):
        raise _broken()
    return done.answer


def _too_slow() -> DocumentError:
    return DocumentError("document_too_slow", _("Making this document took too long. Ask for less of it."))


def _broken() -> DocumentError:
    return DocumentError("document_broken", _("The document could not be made. Please try again."))
