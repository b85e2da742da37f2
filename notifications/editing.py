"""What HR may write in a message: the variables and conditions of the product's own words, in any order, and no others.

An own wording may leave out, move and reword; it can name nothing that the default does not name, and so reads nothing
that a reader of this message is not told anyway.
"""

import re
from dataclasses import dataclass

from django.template import TemplateSyntaxError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from notifications import meanings, rendering, sample
from notifications.models import LONGEST_WORDING, Wording

LINK = "{room_link}"
_TOKEN = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}|\{#.*?#\}", re.DOTALL)
_ALWAYS = {"else", "endif", "endfor"}


@dataclass(frozen=True, slots=True)
class Variable:
    """What may stand in the text, what it means, and how it reads for somebody made up."""

    code: str
    means: str | Promise
    example: str


def name_of(wording: Wording, language: str = "") -> str:
    """The file of the product's own words, in this or another language."""
    return f"{language or wording.language}/{wording.kind}.{wording.audience}.txt"


def _parts(text: str) -> tuple[set[str], set[str]]:
    """The variables and the tags that stand in a text, one space between their words."""
    variables, tags = set(), set()
    for found in _TOKEN.finditer(text):
        if found[1] is not None:
            variables.add(" ".join(found[1].split()))
        elif found[2] is not None:
            tags.add(" ".join(found[2].split()))
        else:
            tags.add("#")
    return variables, tags


def _allowed(wording: Wording) -> tuple[set[str], set[str]]:
    """Of the default in both languages."""
    both = [_parts(rendering.default_text(name_of(wording, one))) for one in ("zh-hans", "en")]
    return both[0][0] | both[1][0], (both[0][1] | both[1][1] | _ALWAYS) - {"#"}


def variables_of(wording: Wording) -> list[Variable]:
    """What may stand in it, with its meaning and an example. Placeholders of the way back included."""
    names, _tags = _allowed(wording)
    found = [
        Variable(f"{{{{ {one} }}}}", meanings.of(one), sample.value_of(one, wording.language))
        for one in sorted(names)
    ]
    if LINK in rendering.default_text(name_of(wording)):
        found.append(
            Variable(LINK, _("the candidate's own link; made when the message goes out"), "https://…/i/••••")
        )
    return found


def conditions_of(wording: Wording) -> list[str]:
    """The conditions that its default has."""
    return sorted(f"{{% {one} %}}" for one in _allowed(wording)[1] - _ALWAYS)


def require(wording: Wording, text: str) -> None:
    """That it is a message. Invalid: wording_empty, wording_too_long, variable_unknown, condition_unknown,
    link_missing, wording_broken."""
    if len(text.strip().splitlines()) < 2:  # noqa: PLR2004 -- a subject and a body
        raise Invalid("wording_empty", _("Please write the subject in the first line and the text below it."))
    if len(text) > LONGEST_WORDING:
        raise Invalid("wording_too_long", _("This is too long for a message: 4,000 characters at most."))
    known, tags = _allowed(wording)
    used, taken = _parts(text)
    if unknown := sorted(used - known):
        raise Invalid(
            "variable_unknown",
            _("This message knows no {{ %(name)s }}: the list below says what may stand in it.")
            % {"name": unknown[0][:60]},
            variable=unknown[0][:60],
        )
    if unknown := sorted(taken - tags):
        raise Invalid(
            "condition_unknown",
            _("This message knows no {%% %(name)s %%}: only the conditions of the original may be used.")
            % {"name": unknown[0][:60]},
            condition=unknown[0][:60],
        )
    if LINK in rendering.default_text(name_of(wording)) and LINK not in text:
        raise Invalid("link_missing", _("The candidate needs the way back: keep {room_link} in the text."))
    rest = _TOKEN.sub("", text)
    try:
        subject, body = preview(wording, text)
    except TemplateSyntaxError as error:
        raise _broken() from error
    if any(mark in rest for mark in ("{{", "}}", "{%", "%}")) or not (subject.strip() and body.strip()):
        raise _broken()


def _broken() -> Invalid:
    return Invalid(
        "wording_broken",
        _(
            "A brace or an {% endif %} is missing, or nothing is left of the text. Please compare it with the original."
        ),
    )


def preview(wording: Wording, text: str = "") -> tuple[str, str]:
    """Subject and body for somebody made up: of this text, of the draft, or of the product's own words."""
    words = text or wording.text or rendering.default_text(name_of(wording))
    audience = "" if wording.audience == "staff" else wording.audience
    return rendering.render_text(words, audience, wording.language, sample.context())
