"""From a kind, an audience and facts to the words of a message, in the recipient's language."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils import translation

from notifications.enums import Audience

FOLDER = Path(__file__).parent / "templates" / "notifications"
# A variable that a template names and nobody gave: shown like this, which a test forbids.
MISSING = "«%s»"
SUBJECT_LENGTH = 200
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
    """Subject line and body. Raises LookupError when there are no words for this."""
    template = _engine().get_template(template_name(kind, audience, language))
    with translation.override(language):
        text = template.render(Context(context, autoescape=False))
    subject, _newline, body = _SPACES_AT_END.sub("", text.strip()).partition("\n")
    return " ".join(subject.split())[:SUBJECT_LENGTH], _BLANK_LINES.sub("\n\n", body.strip()) + "\n"
