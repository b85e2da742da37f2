"""Documents: what stands in them, in which language, and that nothing of the data becomes markup or an error's text."""

import io
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pypdf
import pytest
from django.utils import translation

from core.pdf import DocumentError, fonts, make, making, missing_in

NAMES = "张㛃、吉野𠮷、李䶮"
TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(font: data.font, lang: data.lang)
= #data.title
#data.words
#data.lacking
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "letter.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def test_data_are_no_markup_and_a_missing_character_is_named(template: Path) -> None:
    words = f'{NAMES} #read("/etc/passwd") $x$ *b* <a> // c'
    with translation.override("zh-hans"):
        made = make(template, {"words": words}, title="录用通知书")
    said = text_of(made.content).replace("\n", "")
    assert made.missing == ("𠮷",)
    assert "吉野⟨U+20BB7⟩" in said
    assert "本文件的字体缺少个别汉字，以编号代替：⟨U+20BB7⟩。" in said
    assert '#read("/etc/passwd") $x$ *b* <a> // c' in said
    assert made.digest == sha256(made.content).hexdigest()


@pytest.mark.parametrize(("language", "lang"), [("zh-hans", "zh"), ("en", "en")])
def test_a_document_is_tagged_titled_and_in_its_language(template: Path, language: str, lang: str) -> None:
    with translation.override(language):
        read = pypdf.PdfReader(io.BytesIO(make(template, {"words": "a"}, title="标题").content))
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # noqa: E712 -- an object of the file
    assert read.trailer["/Root"]["/Lang"].startswith(lang)
    assert read.metadata is not None
    assert read.metadata.title == "标题"
    assert "U+" not in read.pages[0].extract_text()


def test_what_goes_wrong_says_nothing_of_what_was_to_stand_in_it(tmp_path: Path) -> None:
    path = tmp_path / "broken.typ"
    path.write_text("#panic(sys.inputs.data)\n", encoding="utf-8")
    with pytest.raises(DocumentError) as raised:
        make(path, {"words": "张三 13800000000"}, title="a")
    assert raised.value.code == "document_broken"
    assert "张三" not in f"{raised.value.body()}{raised.value.__cause__}{raised.value.__context__}"


def test_no_template_reads_what_lies_beside_its_folder_or_in_the_network(tmp_path: Path) -> None:
    for number, line in enumerate(('#read("../../etc/passwd")', '#import "@preview/cetz:0.3.0"')):
        path = tmp_path / f"{number}.typ"
        path.write_text(f"#set document(title: [a])\n{line}\n", encoding="utf-8")
        with pytest.raises(DocumentError):
            make(path, {}, title="a")


def test_too_much_and_too_long_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "endless.typ"
    path.write_text(
        "#set document(title: [a])\n#let f(n) = { let i = 0; while true { i = calc.rem(i + 1, 7) } }\n#f(1)\n"
    )
    with pytest.raises(DocumentError) as raised:
        make(path, {"words": "x" * making.LARGEST_DATA}, title="a")
    assert raised.value.code == "document_too_large"
    monkeypatch.setattr(making, "BOUNDS", replace(making.BOUNDS, patience=0.6))
    with pytest.raises(DocumentError) as raised:
        make(path, {}, title="a")
    assert raised.value.code in {"document_too_slow", "document_broken"}


def test_the_font_is_the_one_that_was_looked_at() -> None:
    digest = "faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9"
    assert sha256(fonts.path().read_bytes()).hexdigest() == digest
    assert missing_in(NAMES + "\n ①、“”—") == ["𠮷"]
