"""Files as people send them: read whatever saved them, and each that could do harm refused in a sentence."""

import io
import struct
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.errors import DomainError
from core.exchange import files, reading, workbooks
from tests.core.exchange.files import repacked, workbook

TABLE = [["姓名", "手机"], ["张三", "13800138000"], ["龙㛃", "13900139000"]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(content: bytes) -> list[tuple[int, list[object]]]:
    reading.inspect(content)
    return [(line.number, list(line.cells)) for line in reading.lines(content)]


def refused(content: bytes) -> tuple[str, int, str]:
    with pytest.raises(DomainError) as caught:
        reading.inspect(content)
    return caught.value.code, caught.value.status, str(caught.value.message)


def text(rows: list[list[str]], between: str = ",", end: str = "\r\n") -> str:
    return "".join(between.join(row) + end for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("between", [",", ";", "\t", "|"])
def test_a_text_table_reads_the_same_however_it_was_saved(encoding: str, between: str) -> None:
    assert read(text(TABLE, between).encode(encoding)) == [(n, row) for n, row in enumerate(TABLE, 1)]


def test_a_short_gbk_table_is_no_korean() -> None:
    assert read("姓名,岗位\n李四,测试\n".encode("gbk"))[1] == (2, ["李四", "测试"])


def test_rows_keep_the_numbers_of_their_file_and_empty_ones_are_none() -> None:
    rows = [["名单"], [], TABLE[0], [], TABLE[1]]
    assert [number for number, _cells in read(workbook(rows))] == [1, 3, 5]
    several_lines = '姓名,备注\n张三,"第一行\n第二行"\n\n李四,\n'
    assert read(several_lines.encode())[1:] == [(2, ["张三", "第一行\n第二行"]), (5, ["李四", ""])]


def test_a_workbook_says_text_numbers_and_days_and_its_first_filled_sheet_counts() -> None:
    rows = [
        ["姓名", "电话", "日期"],
        ["张三", 13800138000, date(2026, 12, 1)],
        ["=HYPERLINK(1)", "00123", None],
    ]
    assert read(workbook(rows, before=["说明"])) == [
        (1, ["姓名", "电话", "日期"]),
        (2, ["张三", 13800138000.0, date(2026, 12, 1)]),
        (3, ["=HYPERLINK(1)", "00123", ""]),
    ]


def test_what_is_no_plain_table_is_refused_in_a_sentence() -> None:
    good = workbook(TABLE)
    macros = repacked(good, xl__vbaProject_bin=b"x")
    entities = repacked(
        good,
        xl__sharedStrings_xml=b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst/>',
    )
    hidden = repacked(
        good,
        xl__sharedStrings_xml='<?xml version="1.0" encoding="utf-16"?><!DOCTYPE s><sst/>'.encode("utf-16"),
    )
    sheet = '<worksheet><sheetData><row r="{}"><c r="{}"><v>1</v></c></row></sheetData></worksheet>'
    far_down, far_right = (
        repacked(good, xl__worksheets__sheet1_xml=sheet.format(*place).encode())
        for place in ((1_048_576, "A1048576"), (1, "XFD1"))
    )
    expected = {
        "empty_file": b" \n ",
        "encrypted_file": OLE + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le"),
        "old_workbook": OLE + b"\0" * 500,
        "macro_file": macros,
        "entities_inside": entities,
        "too_many_rows": far_down,
        "too_many_columns": far_right,
        "workbook_broken": good[: len(good) // 2],
        "not_a_table": b"%PDF-1.7 ...",
        "encoding_unknown": b"\x81\x20\xff\xff,\xff",
    }
    found = {code: refused(content) for code, content in expected.items()}
    assert {code: answer[:2] for code, answer in found.items()} == {code: (code, 422) for code in expected}
    assert all(answer[2].endswith("。") for answer in found.values()), found
    assert refused(hidden)[0] == "entities_inside"
    assert refused(b"\x7fELF\x02\x01\x01\x00\x00")[0] == "not_a_table"
    with zipfile.ZipFile(docx := io.BytesIO(), "w") as packed:
        packed.writestr("word/document.xml", "<w/>")
    assert refused(docx.getvalue())[0] == "not_a_table"


def test_a_bomb_is_refused_by_what_it_unpacks_to_even_when_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_INSIDE", 1_000_000)
    bomb = repacked(workbook(TABLE), xl__media__big_xml=b"0" * 3_000_000)
    assert refused(bomb)[0] == "too_large_inside"
    # The directory at its end says 10 bytes.
    lying = bytearray(bomb)
    entry = lying.rindex(b"PK\x01\x02")
    struct.pack_into("<L", lying, entry + 24, 10)
    assert refused(bytes(lying))[0] in ("too_large_inside", "workbook_broken")
    many = repacked(workbook(TABLE), **{f"xl__x{number}_xml": b"" for number in range(1_001)})
    assert refused(many)[0] == "too_large_inside"


def test_what_is_too_long_or_too_large_is_refused_before_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 100)
    assert refused(b"x" * 101)[:2] == ("too_large", 413)
    monkeypatch.setattr(reading, "MOST_ROWS", 1)
    with pytest.raises(DomainError, match="too_many_rows"):
        list(reading.lines(text([["a"]] * 30).encode()))
    with pytest.raises(DomainError, match="too_many_columns"):
        list(reading.lines(",".join("x" * (files.MOST_COLUMNS + 1)).encode()))
    with pytest.raises(DomainError, match="empty_table"):
        list(reading.lines(workbook([[None]])))


@given(some.binary(max_size=400))
def test_no_bytes_are_anything_but_rows_or_a_refusal(content: bytes) -> None:
    for each in (content, b"PK\x03\x04" + content, OLE + content):
        try:
            read(each)
        except DomainError as error:
            answer = error
        else:
            continue
        assert answer.status in (413, 422)
        assert str(answer.message) != answer.code
