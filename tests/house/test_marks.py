"""Chinese marks stand in Chinese sentences: what is put together in code is parted as the reader's language does it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils import translation

from core.env import BASE
from core.joining import clauses, joined, named, remark

APPS = (
    "core", "people", "messaging", "recruitment", "onboarding", "training", "notifications", "reports", "hrsuite",
)  # fmt: skip
MARK, HAN = re.compile("[、：（），。；！？]"), re.compile("[\u4e00-\u9fff]")
# These read what people and models write, or write Chinese themselves.
READ_OR_WRITE_CHINESE = {
    "core/admin/tags.py",
    "core/exchange/texts.py",
    "core/static/core/tags.js",
    "core/text.py",
    "messaging/sms/text.py",
    "notifications/templatetags/wording.py",
    "people/names.py",
    "recruitment/evaluation/listening.py",
    "recruitment/evaluation/providers/prompting.py",
    "recruitment/evaluation/services/likening.py",
    "recruitment/evaluation/text.py",
    "recruitment/resumes/internships.py",
    "recruitment/resumes/proposing.py",
    "recruitment/telling.py",
}


def _texts(path: Path) -> Iterator[str]:
    """What this file shows somebody, piece by piece: no docstring, no comment."""
    if path.suffix != ".py":
        yield from path.read_text().splitlines()
        return
    tree = ast.parse(path.read_text())
    said = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def _files() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((BASE / app).rglob("*")):
            is_ours = path.suffix in (".py", ".html", ".txt", ".js")
            if is_ours and not {"migrations", "zh-hans", "vendor"} & set(path.parts):
                yield path


def test_no_page_in_english_is_put_together_with_chinese_marks() -> None:
    found = {
        str(path.relative_to(BASE))
        for path in _files()
        if any(MARK.search(text) and not HAN.search(text) for text in _texts(path))
    }
    assert found == READ_OR_WRITE_CHINESE


def test_words_are_parted_as_the_readers_language_does_it() -> None:
    shown = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            shown[language] = (
                joined(["A", 2, "C"]),
                joined([]),
                clauses(["A", "B"]),
                named("A", 1),
                f"A{remark('1–2')}",
            )
    assert shown == {
        "zh-hans": ("A、2、C", "", "A；B", "A：1", "A（1–2）"),
        "en": ("A, 2, C", "", "A; B", "A: 1", "A (1–2)"),
    }
