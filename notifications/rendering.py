"""From a kind, an audience and facts to the words of a message, in the recipient's language."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import Context, Engine
from django.template.base import Template
from django.utils import translation

from messaging.addressbook import DEFAULT_LANGUAGE
from notifications import overrides
from notifications.enums import Audience
from people.zones import reading_in

FOLDER = Path(__file__).parent / "templates" / "notifications"
# A variable that a template names and nobody gave: shown like this, which a test forbids.
MISSING = "«%s»"
SUBJECT_LENGTH = 200
OWN_WORDS = "own_words"
_BLANK_LINES = re.compile(r"\n\s*\n\s*\n+")
_SPACES_AT_END = re.compile(r"[ \t]+$", re.MULTILINE)


@lru_cache(maxsize=1)
def _engine() -> Engine:
    """Plain text: nothing is escaped. The first line of a template is the subject line."""
    return Engine(
        dirs=[str(FOLDER)],
        autoescape=False,
        string_if_invalid=MISSING,
        builtins=["notifications.templatetags.wording"],
    )


def template_name(kind: str, audience: str, language: str) -> str:
    """The template for this audience, else the one that all colleagues share."""
    for name in (f"{language}/{kind}.{audience}.txt", f"{language}/{kind}.staff.txt"):
        if (FOLDER / name).is_file() and not (audience == Audience.CANDIDATE and name.endswith(".staff.txt")):
            return name
    raise LookupError(f"no template for {kind} to {audience} in {language}")


def render(*, kind: str, audience: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject line and body; a candidate reads in the subject which company writes. Times are said on the company's
    clock, and on the reader's (`reader_zone`) where that differs. Words that are tried out (`OWN_WORDS`, by language)
    take the place of all others.

    Raises LookupError when there are no words for this.
    """
    name = template_name(kind, audience, language)
    own = context.get(OWN_WORDS, {}).get(language) or overrides.known().get(name)
    return (
        render_text(own, audience, language, context)
        if own
        else _spoken(_engine().get_template(name), audience, language, context)
    )


def default_text(name: str) -> str:
    """The words that the product comes with."""
    return (FOLDER / name).read_text(encoding="utf-8")


def render_text(text: str, audience: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    """`render` of words that HR wrote. Raises TemplateSyntaxError where they are broken."""
    return _spoken(_engine().from_string(text), audience, language, context)


def _spoken(template: Template, audience: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    company = settings.COMPANY_NAME
    with translation.override(language), reading_in(context.get("reader_zone", "")):
        text = template.render(Context({**context, "company": company}, autoescape=False))
    subject, _newline, body = _SPACES_AT_END.sub("", text.strip()).partition("\n")
    if company and audience == Audience.CANDIDATE:
        subject = f"【{company}】{subject}" if language == DEFAULT_LANGUAGE else f"{company}: {subject}"
    return " ".join(subject.split())[:SUBJECT_LENGTH], _BLANK_LINES.sub("\n\n", body.strip()) + "\n"
