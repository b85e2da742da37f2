"""A ZIP of files: what is taken, how its names are read, and everything that is refused before it is opened."""

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from core.errors import DomainError
from core.exchange import archives


def packed(files: dict[str, bytes], *, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w", how) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return to.getvalue()


def named_in(encoding: str, name: str) -> bytes:
    """As a Chinese Windows packs it: the bytes of the name, and no mark that says how they are written."""
    written = name.encode(encoding)
    content = packed({"x" * len(written): b"body"})
    return content.replace(b"x" * len(written), written)


def refused(content: bytes) -> str:
    with pytest.raises(DomainError) as found:
        list(archives.lines(content))
    assert str(found.value.message)
    return found.value.code


def test_files_are_rows_of_folder_and_name_and_are_read_by_their_number() -> None:
    content = packed({
        "数据分析师/张三.pdf": b"one", "数据分析师/校招/李四.docx": b"two", "王五.pdf": b"three",
        "__MACOSX/数据分析师/._张三.pdf": b"x", "数据分析师/.DS_Store": b"x",
        "数据分析师/~$李四.docx": b"x", "空/": b"",
    })  # fmt: skip
    head, *rows = archives.lines(content)
    assert (head.number, head.cells) == (1, ("folder", "file"))
    assert [(row.cells, archives.read(content, row.number)) for row in rows] == [
        (("数据分析师", "张三.pdf"), b"one"),
        (("数据分析师", "校招/李四.docx"), b"two"),
        (("", "王五.pdf"), b"three"),
    ]
    assert len({row.number for row in rows} | {1}) == 4


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_without_a_mark_are_read_as_they_were_written(encoding: str) -> None:
    (one,) = archives.files(named_in(encoding, "数据分析师/张三简历.pdf"))
    assert (one.folder, one.inner) == ("数据分析师", "张三简历.pdf")


def locked() -> bytes:
    content = bytearray(packed({"张三.pdf": b"x"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.index(mark) + at
        content[place] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda: b" ", "empty_file"),
        (lambda: b"%PDF-1.7", "not_an_archive"),
        (lambda: packed({"张三.pdf": b"x"})[:40], "archive_broken"),
        (locked, "encrypted_file"),
        (lambda: packed({"../../etc/passwd": b"x"}), "path_outside"),
        (lambda: packed({"/etc/passwd": b"x"}), "path_outside"),
        (lambda: packed({"C:\\窗口\\张三.pdf": b"x"}), "path_outside"),
        (lambda: packed({"a/b/c/d/e/张三.pdf": b"x"}), "archive_too_deep"),
        (lambda: packed({"空/": b"", "__MACOSX/x": b"x"}), "empty_archive"),
        (lambda: packed({f"{n}.pdf": b"x" for n in range(archives.MOST_FILES + 1)}), "too_many_files"),
        (lambda: packed({"炸弹.pdf": bytes(2 * 1024**2)}), "too_much_packed"),
        (lambda: packed({"大.pdf": bytes(archives.MOST_OF_ONE + 1)}), "file_too_large"),
    ],
)
def test_what_could_do_harm_is_refused_by_its_directory(content: Callable[[], bytes], code: str) -> None:
    assert refused(content()) == code


def test_all_together_may_not_be_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_INSIDE", 10)
    assert refused(packed({"一.pdf": b"123456", "二.pdf": b"123456"})) == "too_large_inside"
    monkeypatch.setattr(archives, "MOST_BYTES", 10)
    assert refused(packed({"一.pdf": b"123456"})) == "too_large"


def test_a_directory_that_lies_about_a_size_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytearray(packed({"一.pdf": bytes(50_000)}))
    at = content.index(b"PK\x01\x02") + 24
    struct.pack_into("<I", content, at, 100)
    archives.inspect(bytes(content))
    with pytest.raises(DomainError) as found:
        archives.read(bytes(content), 2)
    assert found.value.code == "archive_broken"
    monkeypatch.setattr(archives, "MOST_OF_ONE", 1_000)
    with pytest.raises(DomainError) as found:
        archives.read(packed({"一.pdf": bytes(50_000)}), 2)
    assert found.value.code == "file_too_large"
