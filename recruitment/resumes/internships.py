"""The internships that a résumé's text speaks of: where, as what, for how long. Pure functions.

An internship is a line with a span of months that calls itself one (实习, intern), or stands below a heading that names
internships alone. What is wished for, led or denied (希望实习, 指导实习生, 无实习经历) is none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MONTHS = 12
LONGEST = 120
# A place and a part in it, not the sentence that tells of the work done there.
LONGEST_WORDS = 60
LONGEST_PART = 30
LONGEST_HEADING = 24
LONGEST_LINE = 400
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = (
    r"(?:(?P<{0}year>(?:19|20)\d\d)\s*[年./-]\s*(?P<{0}month>\d{{1,2}})(?!\d)(?:\s*月)?(?:[./-]?\d{{1,2}}日?)?"
    r"|(?P<{0}month_first>\d{{1,2}})\s*/\s*(?P<{0}year_behind>(?:19|20)\d\d)"
    r"|(?P<{0}name>" + _NAMED + r")(?:,?\s*(?P<{0}year_named>(?:19|20)\d\d))?)"
)
_ONLY_MONTH = r"(?P<only>\d{1,2})\s*月"
_SPAN = re.compile(
    rf"{_DAY.format('a')}\s*(?:[-–—−~～至到]+|to\b)\s*(?:{_DAY.format('z')}|(?P<open>至?今|现在|present|now)|{_ONLY_MONTH})",
    re.IGNORECASE,
)
_IS_ONE = re.compile(r"实习|\bintern(?:ship)?\b", re.IGNORECASE)
_IS_NONE = re.compile(
    r"(?:希望(?:在|能|到|进|获|得|找)|期望|寻求|寻找|求职|意向|可以|可[于在立随]|能够|想[在到去找要])[^，,。；;]{0,12}实习"
    r"|(?:没有?|无|暂无|缺乏)(?:过|任何|相关)?实习"
    r"|(?:指导|带领|带教|带过|辅导|\d\s*名|\d\s*位|[一二两三四五六七八九十几多]名)[^，,。；;]{0,8}实习生"
    r"|实习(?:生)?(?:的)?(?:机会|意向|工资|证明)"
    r"|\b(?:seeking|looking for|wish(?:es)? (?:to|for)|hop(?:es|ing) (?:to|for)|available for)\b[^.;]{0,40}\bintern"
    r"|\b(?:no|without)\s+(?:\w+\s+)?intern"
    r"|\b(?:mentored|supervised|managed|hired|trained|led)\b[^.;,]{0,20}\bintern",
    re.IGNORECASE,
)
_ENDS_WITH_IT = re.compile(r"(?:实习生?|\bintern(?:ship)?)\W*$", re.IGNORECASE)
_HEADING = re.compile(
    r"[一二三四五六七八九十\d]{0,2}[、.．\s]*(?P<own>实习(?:经历|经验|实践|背景)?|internships?(?: experiences?)?)"
    r"|[一二三四五六七八九十\d]{0,2}[、.．\s]*(?:[\u4e00-\u9fff/与和及]{0,8}"
    r"(?:经历|经验|背景|技能|评价|信息|证书|奖项|荣誉|爱好|意向|特长|能力|优势|介绍)"
    r"|(?:work |working |professional |project |campus |other )?(?:experiences?|employment|education|projects?|skills?"
    r"|awards?|honou?rs|certificates?|certifications?|languages?|summary|interests|publications))",
    re.IGNORECASE,
)
_IN_ITS_LINE = re.compile(
    r"^\W*(?:实习(?:经历|经验)|internships?(?: experiences?)?)\s*[:：]\s*", re.IGNORECASE
)
_TOLD = re.compile(
    r"(?:在|于)(?P<at>[\u4e00-\u9fffA-Za-z0-9（）()&. ]{2,24}?)实习(?:过|了)?\s*(?:(?P<months>\d{1,2})\s*个月)?"
    r"|\binterned (?:at|with) (?P<english>[A-Z][\w&.'’ -]{1,40}?)(?= as\b| for\b| in\b| from\b|[,.;(]|$)"
    r"(?: for (?P<english_months>\d{1,2}) months)?"
)
_NO_PLACE = re.compile(r"^(?:校|读|贵|大[一二三四]|此|该|期间|公司|单位|外地?|寒假|暑假)|期间$")
_SCHOOLING = re.compile(
    r"(?:大学|学院|University|College).{0,30}(?:博士|硕士|研究生|本科|学士|大专|专科|Bachelor|Master|Ph\.?D)",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*[|｜·•]\s*|\t+|\s{2,}|(?<=[\u4e00-\u9fff）)])\s(?=[\u4e00-\u9fff（(])")
_EMPTY = re.compile(r"[（(\[【]\s*[）)\]】]")
_BULLETS = ("-", "–", "·", "•", "*", "●", "■", "◆", "○")
_EDGES = " \t·•|｜,，;；:：、-–—*●■◆▪○・"


@dataclass(frozen=True, slots=True)
class Internship:
    """What would be written, where its words begin and end, and how many months lie in the span, None while open."""

    value: str
    start: int
    end: int
    months: int | None


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int
    span: re.Match[str] | None
    # Without its span, its bullet and the heading in front of it.
    words: str
    is_below: bool

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def says_so(self) -> bool:
        return bool(_IS_ONE.search(self.text)) and not self.denies

    @property
    def denies(self) -> bool:
        return bool(_IS_NONE.search(self.text))


def internships(text: str) -> Iterator[Internship]:
    """In the order of the text."""
    lines = list(_lines(text))
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else None
        after = lines[number + 1] if number + 1 < len(lines) else None
        if line.span is None:
            yield from _told(line)
        elif found := _entry(line, before, after):
            yield found


def _lines(text: str) -> Iterator[_Line]:
    """Those with words in them; headings end what stands above them and are left out."""
    start, is_below = 0, False
    for row in text.split("\n"):
        read = row[:LONGEST_LINE]
        bare = read.strip(_EDGES + "【】[]<>《》#=")
        heading = _HEADING.fullmatch(bare) if len(bare) <= LONGEST_HEADING else None
        if heading:
            is_below = heading["own"] is not None
        elif bare:
            span = _SPAN.search(read)
            rest = f"{read[: span.start()]} {read[span.end() :]}" if span else read
            words = _IN_ITS_LINE.sub("", _EMPTY.sub(" ", rest)).strip(_EDGES)
            yield _Line(read, start, span, words, is_below)
        start += len(row) + 1


def _entry(line: _Line, before: _Line | None, after: _Line | None) -> Internship | None:
    """Of a line with a span: its own words, with the part that stands alone behind them; or its neighbour's."""
    rows = [line]
    if line.denies:
        return None
    if not line.words:
        beside = next((each for each in (before, after) if each and _is_head(each, line)), None)
        if beside is None:
            return None
        rows = sorted((line, beside), key=lambda each: each.start)
    elif not line.says_so and after and _is_part(after):
        rows = [line, after]
    says_so = any(each.says_so for each in rows)
    if not says_so and not (line.is_below and _is_no_detail(line)):
        return None
    value = " · ".join(part for each in rows for part in _PARTS.split(each.words) if part.strip(_EDGES))
    if len(value) > LONGEST_WORDS and not says_so:
        return None
    start = rows[0].start + len(rows[0].text) - len(rows[0].text.lstrip())
    return Internship(value[:LONGEST], start, rows[-1].end, _months(line.span)) if value else None


def _is_head(beside: _Line, line: _Line) -> bool:
    """Whether a line without a span of its own is what the span beside it dates."""
    return (
        beside.span is None
        and beside.is_below == line.is_below
        and 0 < len(beside.words) <= LONGEST_WORDS
        and not beside.words.endswith(("。", ".", "；", ";"))
    )


def _is_part(after: _Line) -> bool:
    """Whether a line is nothing but what somebody was as an intern."""
    return (
        after.span is None
        and len(after.words) <= LONGEST_PART
        and bool(_ENDS_WITH_IT.search(after.words))
        and not after.denies
    )


def _is_no_detail(line: _Line) -> bool:
    """Below a heading of internships, what is told of one by points, and a school that follows, is no internship."""
    return not line.text.lstrip().startswith(_BULLETS) and not _SCHOOLING.search(line.text)


def _told(line: _Line) -> Iterator[Internship]:
    """Told in a sentence, without a span: 曾在某公司实习3个月."""
    if line.denies:
        return
    for found in _TOLD.finditer(line.text):
        place = (found["at"] or found["english"]).strip()
        if not _NO_PLACE.search(place):
            months = found["months"] or found["english_months"]
            value = f"{place} · 实习" if found["at"] else f"{place} · Intern"
            at = line.start + found.start()
            yield Internship(value[:LONGEST], at, line.start + found.end(), int(months) if months else None)


def _months(span: re.Match[str] | None) -> int | None:
    """From the first month to the last, at least one; None where it goes on, or its months are none."""
    if span is None or span["open"]:
        return None
    begins, ends = _month(span, "a"), _month(span, "z")
    if span["only"]:
        ends = (None, int(span["only"]))
    (first_year, first), (last_year, last) = begins, ends
    first_year, last_year = first_year or last_year, last_year or first_year
    if first_year is None or last_year is None or not (1 <= first <= MONTHS and 1 <= last <= MONTHS):
        return None
    between = (last_year - first_year) * MONTHS + last - first
    return max(between, 1) if between >= 0 else None


def _month(span: re.Match[str], end: str) -> tuple[int | None, int]:
    named = span[f"{end}name"]
    year = span[f"{end}year"] or span[f"{end}year_behind"] or span[f"{end}year_named"]
    month = _MONTH_NAMES.index(named[:3].lower()) + 1 if named else 0
    return (int(year) if year else None), month or int(span[f"{end}month"] or span[f"{end}month_first"] or 0)
