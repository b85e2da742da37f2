"""Sorting Chinese names: the embedded PostgreSQL has no Chinese collation, so rows keep a pinyin key."""

from pypinyin import Style, lazy_pinyin

# Characters that are read differently as a family name.
SURNAMES = {
    "曾": "zeng1", "单": "shan4", "仇": "qiu2", "解": "xie4", "任": "ren2", "区": "ou1",
    "朴": "piao2", "查": "zha1", "盖": "ge3", "翟": "zhai2", "黑": "he4", "乐": "yue4",
    "员": "yun4", "尉": "wei4", "缪": "miao4", "冼": "xian3", "覃": "qin2", "华": "hua4",
    "秘": "bi4", "折": "she2", "繁": "po2", "谌": "chen2",
}  # fmt: skip


def sort_key(name: str) -> str:
    """The pinyin of a name, with tones, one syllable after the other: sorts 张三 as "zhang1 san1"."""
    syllables = lazy_pinyin(name.strip(), style=Style.TONE3, neutral_tone_with_five=True)
    first = SURNAMES.get(name.strip()[:1])
    if first and syllables:
        syllables[0] = first
    return " ".join(syllables).lower()
