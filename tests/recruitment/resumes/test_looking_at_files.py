"""What is taken and what is not: by content, within bounds, each refusal with its code and its sentence."""

import io
from dataclasses import replace

import pytest

from core import confined
from core.errors import DomainError
from recruitment.resumes import child, kinds
from recruitment.resumes.services import adding
from tests.recruitment.resumes import files

JS = {"/S": "/JavaScript", "/JS": "app.alert(1)"}


def code_of(body: bytes, name: str = "简历.pdf") -> str:
    try:
        adding.look(io.BytesIO(body), name)
    except DomainError as error:
        # Every refusal has a sentence.
        return error.code if str(error.message) != error.code else f"{error.code} without words"
    return "taken"


FILES = {
    "pdf": (files.pdf, "taken"),
    "a pdf that asks for no password": (lambda: files.pdf_locked(""), "taken"),
    "word": (files.docx, "taken"),
    "word with a link": (lambda: files.docx(more=files.external("hyperlink")), "taken"),
    "nothing": (lambda: b"", "empty_file"),
    "text": (lambda: b"hello", "kind_unknown"),
    "a script called pdf": (lambda: b"#!/bin/sh\n%PDF-1.7\n", "kind_unknown"),
    "a web page that begins as pdf": (lambda: b"%PDF-1.7\n<script>alert(1)</script>", "broken"),
    "jpeg": (lambda: b"\xff\xd8\xff\xe0" + b"0" * 99, "picture"),
    "png": (lambda: b"\x89PNG\r\n\x1a\n" + b"0" * 99, "picture"),
    "webp": (lambda: b"RIFF0000WEBPVP8 ", "picture"),
    "heic": (lambda: b"\x00\x00\x00\x18ftypheic", "picture"),
    "old word": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 99, "old_word"),
    "locked word": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "password",
    ),
    "too large": (lambda: b"%PDF-" + b"0" * kinds.MOST_BYTES, "too_large"),
    "half a pdf": (lambda: files.pdf()[:300], "broken"),
    "200 pages": (lambda: files.pdf(pages=200), "too_many_pages"),
    "locked pdf": (lambda: files.pdf_locked("secret"), "password"),
    "pdf with a script": (lambda: files.pdf_with(JS), "active"),
    "pdf with a script, spelt otherwise": (
        lambda: files.pdf_with(JS, spelt=(b"/JavaScript", b"/J#61vaScript")),
        "active",
    ),
    "pdf that starts a program": (lambda: files.pdf_with({"/S": "/Launch", "/F": "cmd.exe"}), "active"),
    "pdf that sends a form away": (lambda: files.pdf_with({"/S": "/SubmitForm", "/F": "http://x"}), "active"),
    "pdf with a program inside": (files.pdf_with_file, "active"),
    "a zip of anything": (lambda: files.docx().replace(b"word/document.xml", b"word/documenz.xml"), "kind_unknown"),
    "half a zip": (lambda: files.docx()[:200], "broken"),
    "macros": (lambda: files.docx(more={"word/vbaProject.bin": b"x"}), "macros"),
    "macros under another name": (
        lambda: files.docx(
            more={
                "[Content_Types].xml": files.TYPES.format(
                    '<Override PartName="/a" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
                )
            }
        ),
        "macros",
    ),
    "a template from elsewhere": (lambda: files.docx(more=files.external("attachedTemplate")), "active"),
    "an object inside": (lambda: files.docx(more={"word/embeddings/oleObject1.bin": b"x"}), "active"),
    "entities": (
        lambda: files.docx(before='<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "entities",
    ),
    "entities in a part that nobody reads": (
        lambda: files.docx(more={"word/styles.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        "entities",
    ),
    "a zip bomb": (lambda: files.docx(more={"word/media/a.bin": b"0" * (101 << 20)}, level=9), "too_large_inside"),
    "a bomb of text": (
        lambda: files.docx(more={"word/document.xml": b"<a>" + b" " * (25 << 20) + b"</a>"}, level=9),
        "too_large_inside",
    ),
    "a long word file": (
        lambda: files.docx(more={"docProps/app.xml": "<Properties><Pages>200</Pages></Properties>"}),
        "too_many_pages",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_is_taken_or_refused_with_its_reason(name: str) -> None:
    make, code = FILES[name]
    # What the browser calls it changes nothing.
    assert code_of(make(), "x.pdf") == code


def test_compressed_objects_are_looked_into() -> None:
    """No byte of the file spells the action: it lies in a compressed stream."""
    body = files.pdf_of_compressed_objects("<< /S /JavaScript /JS (app.alert) >>")
    assert b"JavaScript" not in body
    assert code_of(body) == "active"
    assert code_of(files.pdf_of_compressed_objects("<< /S /URI /URI (https://example.com) >>")) == "taken"


def test_what_is_looked_at_says_kind_pages_hash_and_a_short_name() -> None:
    looked = adding.look(io.BytesIO(files.pdf(pages=3)), "C:\\x\\" + "长" * 200 + ".pdf")
    assert (looked.kind, looked.pages, len(looked.sha256)) == ("pdf", 3, 64)
    assert len(looked.name) == 120 and looked.name.endswith("….pdf"[-4:])
    assert adding.look(io.BytesIO(files.docx()), "").name == "–"


def test_the_process_that_reads_has_none_of_our_secrets(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    monkeypatch.setattr(
        confined,
        "_OURS",
        "import json, os, sys, resource; print(json.dumps({'pages': [sorted(os.environ), "
        "'recruitment' in sys.modules, len(sys.argv)]}))",
    )
    names, _known, _words = child.inspect("pdf", tmp_path / "x")
    assert "DATABASE_URL" not in names and set(names) <= {"LANG", "PATH", "LC_CTYPE"}


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("import os; os.kill(os.getpid(), 9)", "too_much"),
        ("print('{')", "broken"),
        ("raise SystemExit(3)", "broken"),
    ],
)
def test_a_file_that_ends_its_reader_is_refused(monkeypatch, tmp_path, program, code) -> None:
    monkeypatch.setattr(confined, "_OURS", program)
    with pytest.raises(DomainError) as refused:
        child.inspect("pdf", tmp_path / "x")
    assert refused.value.code == code


def test_a_reader_that_takes_too_long_is_ended(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(confined, "_OURS", "import time; time.sleep(60)")
    monkeypatch.setitem(child.BOUNDS, "inspect", replace(child.BOUNDS["inspect"], patience=0.2))
    with pytest.raises(DomainError) as refused:
        child.inspect("pdf", tmp_path / "x")
    assert refused.value.code == "too_much"
