"""Words beside each other, as the reader's language sets them apart: names in a row, a name and its value, a remark."""

from collections.abc import Iterable

from django.utils.translation import gettext, pgettext


def comma() -> str:
    """What stands between the parts of a row: “、” in Chinese, a comma and a blank in English."""
    return pgettext("between the parts of a row", ", ")


def joined(parts: Iterable[object]) -> str:
    """A row: 王芳、李雷 · Wang Fang, Li Lei."""
    return comma().join(str(part) for part in parts)


def semicolon() -> str:
    """What stands between parts that may hold commas themselves: “；” in Chinese, a semicolon, a blank in English."""
    return pgettext("between the parts of a row", "; ")


def clauses(parts: Iterable[object]) -> str:
    """A row whose parts may hold commas themselves: 笔试 80；综合评估 75 · written test 80; overall 75."""
    return semicolon().join(str(part) for part in parts)


def named(name: object, value: object) -> str:
    """A name and its value: 原因：时间冲突 · reason: time conflict."""
    return gettext("%(name)s: %(value)s") % {"name": name, "value": value}


def remark(text: object) -> str:
    """What stands in brackets behind a word, with what parts it from the word: （60–80） ·  (60–80)."""
    return gettext(" (%(remark)s)") % {"remark": text}
