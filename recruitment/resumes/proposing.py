"""What a résumé's text may say of a person: proposals, each with the words that it stands on. Pure functions.

They are patterns, not a judgement: every one waits for a person. Nothing is said of what a text does not say.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers

from core import contacts
from core.sealed import masks
from recruitment.enums_incoming import ProposalKind
from recruitment.models import Skill
from recruitment.resumes.internships import internships

MOST_OF_A_KIND = 5
LONGEST_PASSAGE = 160
AROUND = 60
MONTHS = 12
MOST_YEARS = 50
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?![\w-])", re.IGNORECASE | re.ASCII
)
_SCHOOL = re.compile(
    r"(?P<own>[\u4e00-\u9fff（）()]{2,14}?(?:大学(?!生)|学院(?!派)|职业技术学校))(?:[\u4e00-\u9fff]{1,8}(?=校区|分校))?"
    r"|(?P<english>(?:[A-Z][A-Za-z'&-]+ ){1,5}(?:University|College|Institute of Technology)"
    r"|University of (?:[A-Z][A-Za-z-]+ ?){1,4})"
)
_DEGREE = re.compile(
    r"博士|硕士|研究生|本科|学士|大专|专科|高职|MBA|\bPh\.?D\b|\bMaster(?:'s)?\b|\bBachelor(?:'s)?\b|\bM\.?Sc\b|\bB\.?Sc\b",
    re.IGNORECASE,
)
_YEARS = re.compile(
    r"(?P<before>\d{1,2})\s*年(?:以上|多)?(?:的)?[\u4e00-\u9fffA-Za-z ]{0,12}?经[验历]"
    r"|工作(?:年限|经验)\s*[:：]?\s*(?P<after>\d{1,2})\s*年"
    r"|(?P<english>\d{1,2})\s*\+?\s*years?['’]?(?: of)? [A-Za-z -]{0,30}experience",
    re.IGNORECASE,
)  # fmt: skip
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9+#.]+(?= ?[\u4e00-\u9fff])")
_LEADING = re.compile(r"^(?:毕业于|就读于|就读|于|在|毕业院校|学校|院校|至今)+")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value, the passage it stands on, and where that begins."""

    kind: str
    value: str
    passage: str
    start: int
    skill: int | None = None
    months: int | None = None


def clean(text: str) -> str:
    """As it can be stored and read: composed, no control characters but line ends and tabs."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (
        each
        for each in composed
        if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return re.sub(r"\n{3,}", "\n\n", "".join(kept)).strip()


def masked(text: str) -> str:
    """The text with every number and address as it is shown in lists, for whoever only has to know what it is about."""
    pieces, at = [], 0
    for match, number in _numbers(text):
        pieces += [text[at : match.start], masks.phone(number)]
        at = match.end
    return _EMAIL.sub(lambda found: masks.email(contacts.email(found[0])), "".join([*pieces, text[at:]]))


def proposals(text: str, skills: list[Skill]) -> list[Proposal]:
    """At most five of a kind, each value once, in the order of the text."""
    found: dict[tuple[str, str], Proposal] = {}
    for each in (
        *_phones(text),
        *_emails(text),
        *_education(text),
        *_internships(text),
        *_experience(text),
        *_skills(text, skills),
    ):
        of_kind = sum(1 for kind, _value in found if kind == each.kind)
        if of_kind < MOST_OF_A_KIND or each.kind == ProposalKind.SKILL:
            found.setdefault((each.kind, each.value), each)
    return list(found.values())


def _phones(text: str) -> Iterator[Proposal]:
    for match, number in _numbers(text):
        yield Proposal(ProposalKind.PHONE, number, _passage(text, match.start, match.end), match.start)


def _numbers(text: str) -> Iterator[tuple[phonenumbers.PhoneNumberMatch, str]]:
    """Mobile numbers, and others that are written as numbers of a place or a country: a span of years is none."""
    for match in phonenumbers.PhoneNumberMatcher(text, contacts.REGION):
        is_mobile = phonenumbers.number_type(match.number) == phonenumbers.PhoneNumberType.MOBILE
        if is_mobile or match.raw_string.lstrip("(（").startswith(("+", "0")):
            yield match, phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)


def _emails(text: str) -> Iterator[Proposal]:
    for match in _EMAIL.finditer(text):
        value = contacts.email(match[0])
        yield Proposal(ProposalKind.EMAIL, value, _passage(text, *match.span()), match.start())


def _education(text: str) -> Iterator[Proposal]:
    """A school, with the degree that stands nearest behind or before it on its line or the next."""
    for match in _SCHOOL.finditer(text):
        school = _LEADING.sub("", match[0].strip(" （）()"))
        if len(school) <= len("大学"):
            continue
        degree = _degree_near(text, match)
        value = f"{school} · {degree[0]}" if degree else school
        last = max(match.end(), degree.end()) if degree else match.end()
        yield Proposal(
            ProposalKind.EDUCATION, value[:120], _passage(text, match.start(), last), match.start()
        )


def _degree_near(text: str, school: re.Match[str]) -> re.Match[str] | None:
    """On the school's line, behind it before in front of it; else on what follows, up to the next school."""
    begins = text.rfind("\n", 0, school.start()) + 1
    ends = text.find("\n", school.end())
    ends = len(text) if ends < 0 else ends
    if behind := _DEGREE.search(text, school.end(), min(ends, school.end() + AROUND)):
        return behind
    if before := list(_DEGREE.finditer(text, max(begins, school.start() - AROUND), school.start())):
        return before[-1]
    following = _DEGREE.search(text, ends, ends + AROUND)
    other = _SCHOOL.search(text, ends, ends + AROUND)
    return following if other is None or (following and following.end() <= other.start()) else None


def _internships(text: str) -> Iterator[Proposal]:
    for each in internships(text):
        passage = _passage(text, each.start, each.end)
        yield Proposal(ProposalKind.INTERNSHIP, each.value, passage, each.start, months=each.months)


def _experience(text: str) -> Iterator[Proposal]:
    for match in _YEARS.finditer(text):
        years = int(match["before"] or match["after"] or match["english"])
        if 0 < years <= MOST_YEARS:
            passage = _passage(text, *match.span())
            yield Proposal(ProposalKind.EXPERIENCE, str(years), passage, match.start(), months=years * MONTHS)


def _skills(text: str, skills: list[Skill]) -> Iterator[Proposal]:
    for skill in skills:
        # 「SQL 查询」 stands in résumés as SQL.
        latin = found[0] if (found := _LATIN.match(skill.name)) else ""
        for word in dict.fromkeys((skill.name, skill.name_en, skill.code.replace("_", " "), latin)):
            if match := _word(text, word):
                passage = _passage(text, *match.span())
                yield Proposal(ProposalKind.SKILL, skill.name, passage, match.start(), skill=skill.pk)
                break


def _word(text: str, word: str) -> re.Match[str] | None:
    if not word.strip():
        return None
    pattern = r"\s+".join(re.escape(part) for part in word.split())
    edges = (r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])") if word.isascii() else ("", "")
    return re.search(f"{edges[0]}{pattern}{edges[1]}", text, re.IGNORECASE)


def _passage(text: str, start: int, end: int) -> str:
    """The words around, on their lines, as one line."""
    first = max(text.rfind("\n", 0, start) + 1, start - AROUND)
    line_end = text.find("\n", end)
    last = min(len(text) if line_end < 0 else line_end, end + AROUND)
    return " ".join(text[first:last].split())[:LONGEST_PASSAGE]
