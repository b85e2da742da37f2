"""The degree that words name: 浙江大学 · 本科, Bachelor of Science. A pure function."""

import re

from recruitment.enums_incoming import Degree

# The highest first: 硕士研究生 is no doctor's, 本科 beside 硕士 in one line is the lower of the two.
_WORDS = {
    Degree.DOCTOR: r"博士|\bPh\.?D|\bdoctor",
    Degree.MASTER: r"硕士|研究生|\bMBA\b|\bmaster|\bM\.?(?:Sc|A|Eng)\b",
    Degree.BACHELOR: r"本科|学士|\bbachelor|\bB\.?(?:Sc|A|Eng)\b",
    Degree.COLLEGE: r"大专|专科|高职|\bjunior college|\bassociate",
}


def named(words: str) -> Degree | None:
    """The highest degree in these words, None where they name none."""
    return next((degree for degree, form in _WORDS.items() if re.search(form, words, re.IGNORECASE)), None)
