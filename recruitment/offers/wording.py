"""The words of a letter: paragraphs with variables in double braces, checked before they are kept, then filled.

Nothing of it is a language: a variable is replaced by its text, once, and that text is data. `{{terms}}` stands alone
in its paragraph and becomes the table of what is offered.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from core.joining import joined
from recruitment.models.letters import LONGEST_BODY, LONGEST_TITLE


@dataclass(frozen=True, slots=True)
class Variable:
    """What a template may say: by `code`, or in Chinese by `word`; the two are the same."""

    code: str
    word: str
    means: str | Promise


VARIABLES = (
    Variable("terms", "录用条件", _("everything that is offered, as a table; stands alone in its paragraph")),
    Variable("name", "姓名", _("the candidate's name")),
    Variable("position", "岗位", _("the opening's title")),
    Variable("department", "部门", _("the department that hires")),
    Variable("pay", "薪酬", _("amount, currency, a month or a year, before tax")),
    Variable("first_day", "入职日期", _("the first day of work")),
    Variable("place", "工作地点", _("the place of work")),
    Variable("answer_by", "答复期限", _("until when an answer is awaited, by the company's clock")),
    Variable("conditions", "其他约定", _("further conditions, as they were typed; empty without any")),
    Variable("company", "公司", _("the company's name")),
    Variable("contact", "联系人", _("the colleague to turn to")),
    Variable("today", "日期", _("the day on which the letter is made")),
)
TERMS = "terms"
# What a letter must not leave out, one by one where it has not the table.
MUST_SAY = ("position", "pay", "first_day", "place", "answer_by", "conditions")
_BY_NAME = {name: one.code for one in VARIABLES for name in (one.code, one.word)}
_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")


def paragraphs(text: str) -> list[str]:
    """What blank lines part."""
    whole = text.replace("\r\n", "\n").strip()
    return [part.strip() for part in _PARAGRAPHS.split(whole) if part.strip()]


def codes_in(text: str) -> list[str]:
    """The variables that stand in it, in their order. Invalid: variable_unknown, braces_open."""
    found = []
    for match in _VARIABLE.finditer(text):
        if match[1] not in _BY_NAME:
            raise Invalid(
                "variable_unknown",
                _("There is no variable {{%(name)s}}: the list beside the text says which there are.")
                % {"name": match[1][:40]},
                variable=match[1][:40],
            )
        found.append(_BY_NAME[match[1]])
    rest = _VARIABLE.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise Invalid("braces_open", _("A variable is written in two braces before and two after: {{name}}."))
    return found


def require_title(text: str) -> None:
    """Invalid: letter_empty, letter_too_long, title_with_variables."""
    if not text.strip():
        raise Invalid("letter_empty", _("Please write the title and the text in both languages."))
    if len(text) > LONGEST_TITLE:
        raise Invalid("letter_too_long", _("This is too long for a letter."))
    if "{{" in text or "}}" in text:
        raise Invalid("title_with_variables", _("A title has no variables."))


def require_body(text: str) -> None:
    """That it is a letter: known variables only, and what is offered left out nowhere.

    Invalid: letter_empty, letter_too_long, variable_unknown, braces_open, terms_within_text, variable_missing.
    """
    if not text.strip():
        raise Invalid("letter_empty", _("Please write the title and the text in both languages."))
    if len(text) > LONGEST_BODY:
        raise Invalid("letter_too_long", _("This is too long for a letter."))
    said = set(codes_in(text))
    if TERMS in said:
        if any(TERMS in codes_in(part) and not _is_table(part) for part in paragraphs(text)):
            raise Invalid(
                "terms_within_text",
                _("{{terms}} is a table: put it in a paragraph of its own, between blank lines."),
            )
        return
    if missing := [code for code in MUST_SAY if code not in said]:
        words = joined(f"{{{{{one.word}}}}} {{{{{one.code}}}}}" for one in VARIABLES if one.code in missing)
        raise Invalid(
            "variable_missing",
            _("The letter leaves out what is offered. Put in {{terms}}, or each of these: %(missing)s.")
            % {"missing": words},
            missing=missing,
        )


def filled(text: str, values: Mapping[str, str]) -> list[str | None]:
    """Its paragraphs with their values; None where the table of the terms stands, and none that came out empty."""
    found: list[str | None] = []
    for part in paragraphs(text):
        if _is_table(part):
            found.append(None)
        elif said := _VARIABLE.sub(lambda match: values[_BY_NAME[match[1]]], part).strip():
            found.append(said)
    return found


def _is_table(paragraph: str) -> bool:
    match = _VARIABLE.fullmatch(paragraph)
    return match is not None and _BY_NAME.get(match[1]) == TERMS
