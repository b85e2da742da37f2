"""The same table as Excel, WPS, LibreOffice and programs that write XML by themselves save it: it reads the same."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from core.errors import DomainError
from core.exchange import cells, reading
from tests.core.exchange.files import repacked

# One table, saved by LibreOffice Calc 7.4 in each of its ways: numbers and days as such, as text and by formulas.
BY_LIBREOFFICE = Path(__file__).parent / "saved_by_libreoffice"

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m'
    '&quot;月&quot;d&quot;日&quot;;@"/><numFmt numFmtId="165" formatCode="00000"/></numFmts>'
    "<fonts><font/></fonts><fills><fill/></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def book(
    sheet: str, *, shared: str = "", setting: str = "", target: str = "worksheets/sheet1.xml", state: str = ""
) -> bytes:
    """A workbook of these rows, written as they stand; `state` is of a sheet before it."""
    before = f'<sheet name="说明" sheetId="2" r:id="rId2"{state}/>' if state else ""
    parts = {
        "[Content_Types].xml": (
            f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>'
        ),
        "_rels/.rels": (
            f'{HEAD}<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{setting}<sheets>{before}'
            '<sheet name="候选人" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{HEAD}<Relationships xmlns="{PACKAGE}">'
            f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="{target}"/>'
            f'<Relationship Id="rId2" Type="{RELATIONS}/worksheet" Target="worksheets/sheet2.xml"/>'
            f'<Relationship Id="rId3" Type="{RELATIONS}/styles" Target="styles.xml"/>'
            f'<Relationship Id="rId4" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
        ),
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}">{shared}</sst>',
        "xl/worksheets/sheet1.xml": f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
        "xl/worksheets/sheet2.xml": f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def read(content: bytes) -> list[list[object]]:
    reading.inspect(content)
    return [list(line.cells) for line in reading.lines(content)]


SHARED = (
    "<si><t>姓名</t></si><si><t>手机</t></si><si><t>到岗日期</t></si>"
    # Half bold, and with the reading that Excel keeps beside a name.
    '<si><r><t>张</t></r><r><rPr><b/></rPr><t>三</t></r><rPh sb="0" eb="1"><t>ZHANG</t></rPh></si>'
    '<si><t xml:space="preserve"> 13800138000 </t></si>'
)
HEADINGS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>'
)
# 1 December 2026, counted from 1900 and from 1904.
SINCE_1900, SINCE_1904 = 46357, 44895
AS_SAVED = {
    "Excel, with shared strings": (
        (
            f'{HEADINGS}<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2" t="s"><v>4</v></c>'
            f'<c r="C2" s="1"><v>{SINCE_1900}</v></c></row>'
        ),
        {"shared": SHARED},
    ),
    "Excel on a Mac, counted from 1904": (
        (
            f'{HEADINGS}<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2" t="s"><v>4</v></c>'
            f'<c r="C2" s="2"><v>{SINCE_1904}</v></c></row>'
        ),
        {"shared": SHARED, "setting": '<workbookPr date1904="1"/>'},
    ),
    "WPS, with a hidden sheet before it": (
        (
            f'{HEADINGS}<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2"><v>13800138000</v></c>'
            f'<c r="C2" s="1"><v>{SINCE_1900}</v></c></row>'
        ),
        {"shared": SHARED, "state": ' state="hidden"'},
    ),
    "LibreOffice, by formulas and their results": (
        (
            f'{HEADINGS}<row r="2"><c r="A2" t="str"><f aca="false">"张"&amp;"三"</f><v>张三</v></c>'
            f'<c r="B2" t="n"><v>13800138000</v></c><c r="C2" s="2"><f aca="false">DATE(2026,12,1)</f>'
            f"<v>{SINCE_1900}</v></c></row>"
        ),
        {"shared": SHARED},
    ),
    "programs, with inline strings and days as text": (
        (
            '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1" t="inlineStr">'
            "<is><t>手机</t></is></c>"
            '<c r="C1" t="inlineStr"><is><t>到岗日期</t></is></c></row>'
            '<row r="2"><c r="A2" t="inlineStr"><is><r><t>张</t></r><r><t>三</t></r></is></c>'
            '<c r="B2" t="inlineStr"><is><t>13800138000</t></is></c><c r="C2" t="d"><v>2026-12-01</v></c></row>'
        ),
        {},
    ),
    "programs, that name no cell and give whole ways": (
        (
            '<row><c t="inlineStr"><is><t>姓名</t></is></c><c t="inlineStr"><is><t>手机</t></is></c>'
            '<c t="inlineStr"><is><t>到岗日期</t></is></c></row>'
            '<row><c t="inlineStr"><is><t>张三</t></is></c><c t="inlineStr"><is><t>138-0013-8000</t></is></c>'
            '<c t="inlineStr"><is><t>2026年12月1日</t></is></c></row>'
        ),
        {"target": "/xl/worksheets/sheet1.xml"},
    ),
}


A_ROW = (
    f'{HEADINGS}<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2" t="s"><v>4</v></c>'
    f'<c r="C2" s="1"><v>{SINCE_1900}</v></c></row>'
)
AC = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"
# What stands far below and beside a table without holding anything, as Excel, WPS and LibreOffice leave it behind.
FAR_AWAY = {
    "Excel, with a height of the last row": '<row r="1048576" ht="15.75" customHeight="1" x14ac:dyDescent="0.15"/>',
    "Excel, with all rows below hidden": '<row r="3" hidden="1"/><row r="1048576" hidden="1"/>',
    "Excel, with a format of a whole row": (
        '<row r="3" s="2" customFormat="1"><c r="A3" s="2"/><c r="BZ3" s="2"/><c r="XFD3" s="2"/></row>'
    ),
    "Excel, with formats dragged down": "".join(
        f'<row r="{number}" spans="9:9"><c r="I{number}" s="2"/></row>' for number in range(1048000, 1048577)
    ),
    "LibreOffice, with the last rows": (
        '<row r="1048576" customFormat="false" ht="12.8" hidden="false" outlineLevel="0"></row>'
    ),
    "WPS, with empty cells written out": (
        '<row r="1048576"><c r="A1048576" s="1"></c><c r="AMJ1048576" s="1"></c></row>'
    ),
}


@pytest.mark.parametrize("saved_by", FAR_AWAY)
def test_what_holds_nothing_makes_no_table_longer_or_wider(saved_by: str) -> None:
    content = changed(
        book(A_ROW + FAR_AWAY[saved_by], shared=SHARED),
        ("<worksheet ", f'<worksheet xmlns:x14ac="{AC}" '),
        (
            "<sheetData>",
            '<dimension ref="A1:XFD1048576"/><cols><col min="4" max="16384" hidden="1"/></cols><sheetData>',
        ),
    )
    assert [len(row) for row in read(content)] == [3, 3]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "too_many_rows"),
        (
            '<row r="1048576" s="1"><c r="A1048576" s="1"/><c t="inlineStr"><is><t>x</t></is></c></row>',
            "too_many_rows",
        ),
        ('<row r="3"><c r="A3" s="1"/><c r="XFD3"><v>1</v></c></row>', "too_many_columns"),
    ],
)
def test_what_holds_something_far_away_is_refused(cell: str, code: str) -> None:
    for between in (
        "",
        '<row r="4"><c r="A4" t="inlineStr"><is><t>' + "长" * 500_000 + "</t></is></c></row>",
    ):
        with pytest.raises(DomainError) as refused:
            reading.inspect(book(A_ROW + between + cell, shared=SHARED))
        assert refused.value.code == code


def changed(content: bytes, *swaps: tuple[str, str]) -> bytes:
    """The same workbook with other words in its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            for before, after in swaps:
                text = text.replace(before, after)
            new.writestr(name, text)
    return out.getvalue()


FAR = '<worksheet><sheetData><row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData></worksheet>'


def two_sheets(*first: str, hidden: bool = False) -> bytes:
    """A workbook whose first sheet holds these cells, and whose second reaches down to the last row that Excel has."""
    to = io.BytesIO()
    with xlsxwriter.Workbook(to, {"in_memory": True}) as made:
        page, other = made.add_worksheet("名单"), made.add_worksheet("其他")
        page.write_row(0, 0, first)
        if hidden:
            other.hide()
    return repacked(to.getvalue(), xl__worksheets__sheet2_xml=FAR.encode())


def test_a_sheet_that_nobody_reads_may_be_as_long_as_it_likes() -> None:
    for hidden in (False, True):
        content = two_sheets("姓名", "电话", hidden=hidden)
        reading.inspect(content)
        assert [list(line.cells) for line in reading.lines(content)] == [["姓名", "电话"]]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(two_sheets(), id="the first holds nothing, so that the second is read"),
        pytest.param(changed(two_sheets("姓名"), ("其他", "名单")), id="two of one name"),
        pytest.param(changed(two_sheets("姓名"), ("<sheets>", "<sheet/><sheets>")), id="one beside the list"),
        pytest.param(
            changed(
                two_sheets("姓名"),
                ("</Relationships>", '<Relationship Id="rId1" Target="x"/></Relationships>'),
            ),
            id="two ways of one name",
        ),
        pytest.param(
            changed(two_sheets("姓名"), ("worksheets/sheet1.xml", "elsewhere.xml")), id="a way to nowhere"
        ),
    ],
)
def test_one_that_is_read_may_not_nor_one_that_a_reader_might_take(content: bytes) -> None:
    with pytest.raises(DomainError) as refused:
        reading.inspect(content)
    assert refused.value.code == "too_many_rows"


STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OTHERWISE = {
    "Excel, strictly by the standard, with days as such": (
        A_ROW.replace(f' s="1"><v>{SINCE_1900}</v>', ' s="1" t="d"><v>2026-12-01T00:00:00.000</v>'),
        (
            (MAIN, STRICT),
            (RELATIONS, "http://purl.oclc.org/ooxml/officeDocument/relationships"),
            ("<workbook ", '<workbook conformance="strict" '),
        ),
    ),
    "Excel, as a table with a filter, merged cells and a frozen heading": (
        A_ROW,
        (
            (
                "<sheetData>",
                ('<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" state="frozen"/></sheetView></sheetViews>'
                "<sheetData>"),
            ),
            (
                "</sheetData>",
                ('</sheetData><autoFilter ref="A1:C2"/><mergeCells count="1"><mergeCell ref="D1:F1"/></mergeCells>'
                '<tableParts count="1"><tablePart r:id="rId1" xmlns:r="x"/></tableParts>'),
            ),
        ),
    ),
    "Excel, with what newer versions add": (
        A_ROW.replace('<row r="2">', '<row r="2" spans="1:3" x14ac:dyDescent="0.25" xr:uid="{0}">'),
        (
            ("<worksheet ", f'<worksheet xmlns:mc="m" mc:Ignorable="x14ac xr" xmlns:x14ac="{AC}" xmlns:xr="xr" '),
            ("<sheetData>", '<mc:AlternateContent><mc:Choice Requires="x14"/></mc:AlternateContent><sheetData>'),
            ("</sheetData>", '</sheetData><extLst><ext uri="{1}"><x14:a xmlns:x14="x14"/></ext></extLst>'),
        ),
    ),
    "Excel, with a filtered row, which is hidden and counts": (
        A_ROW.replace('<row r="2">', '<row r="2" hidden="1">'),
        (),
    ),
}  # fmt: skip


@pytest.mark.parametrize("saved_by", OTHERWISE)
def test_it_reads_the_same_whatever_stands_around_it(saved_by: str) -> None:
    sheet, swaps = OTHERWISE[saved_by]
    headings, (name, phone, day) = read(changed(book(sheet, shared=SHARED), *swaps))
    assert headings == ["姓名", "手机", "到岗日期"]
    assert (cells.name(name), cells.phone(phone), cells.day(day)) == (
        "张三", "+8613800138000", date(2026, 12, 1),
    )  # fmt: skip


PAGES = {
    "an old workbook under a new name": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_workbook"),
    "a page that a site exports as .xls": (
        '\ufeff\r\n<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table>张三</table>'.encode(),
        "web_page",
    ),
    "the same in GBK": ('<table border="1"><tr><td>姓名</td></tr></table>'.encode("gbk"), "web_page"),
    "a page with its pictures": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "web_page"),
    "Excel 2003, as XML": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "web_page",
    ),
}


@pytest.mark.parametrize("what", PAGES)
def test_what_excel_opens_and_is_no_workbook_is_refused_with_how_to_save_it(what: str) -> None:
    """What is inside decides, not the name."""
    content, code = PAGES[what]
    for read_it in (reading.inspect, lambda it: list(reading.lines(it))):
        with pytest.raises(DomainError) as refused:
            read_it(content)
        assert (refused.value.code, ".xlsx" in str(refused.value.message)) == (code, True)


@pytest.mark.parametrize("saved_by", AS_SAVED)
def test_it_reads_the_same_whatever_saved_it(saved_by: str) -> None:
    sheet, how = AS_SAVED[saved_by]
    headings, row = read(book(sheet, **how))
    assert headings == ["姓名", "手机", "到岗日期"]
    name, phone, day = row
    assert (cells.name(name), cells.phone(phone), cells.day(day)) == (
        "张三", "+8613800138000", date(2026, 12, 1),
    )  # fmt: skip


def test_a_formula_s_error_is_read_as_one_and_never_as_an_empty_cell() -> None:
    row = (
        '<row r="1"><c r="A1" t="e"><f>VLOOKUP(1,B:B,1)</f><v>#N/A</v></c><c r="B1" s="1" t="e"><v>#REF!</v></c>'
        "<c r='C1' t='e'><v>#DIV/0!</v></c><c r=\"D1\"><v>1</v></c></row>"
    )
    (found,) = read(book(row))
    assert found == ["#N/A", "#REF!", "#DIV/0!", 1.0]
    for cell in found[:3]:
        with pytest.raises(cells.Fault) as refused:
            cells.text(cell)
        assert refused.value.code == "formula_error"


def test_a_number_that_only_looks_like_text_is_the_number_below() -> None:
    """00123 by its format is 123: what is shown is not in the file, and nobody makes it up."""
    (row,) = read(book('<row r="1"><c r="A1" s="3"><v>123</v></c><c r="B1" t="str"><v>00123</v></c></row>'))
    assert row == [123.0, "00123"]


@pytest.mark.parametrize("name", ["龙㛃", "张𠮷", "王喆"])
def test_a_rare_name_survives_what_wps_and_excel_save_as_text(name: str) -> None:
    rows = f"姓名,手机\r\n{name}　,13800138000\r\n"
    _headings, (found, phone) = read(rows.encode("gb18030"))
    assert (cells.name(found), cells.phone(phone)) == (name, "+8613800138000")


@pytest.mark.parametrize("file", ["table.xlsx", "gb18030.csv", "utf-16.csv"])
def test_what_libreoffice_saved_reads_the_same_in_each_of_its_ways(file: str) -> None:
    headings, *rows = read((BY_LIBREOFFICE / file).read_bytes())
    assert headings == ["姓名", "手机", "到岗日期"]
    assert [(cells.name(name), cells.phone(phone), cells.day(day)) for name, phone, day in rows[::2]] == [
        ("张三", "+8613800138000", date(2026, 12, 1)),
        ("王喆", "+8613900139001", date(2026, 12, 3)),
    ]
    # A nought before a number that is text stays, and is no phone number.
    assert (rows[1][0], rows[1][1], cells.day(rows[1][2])) == ("张𠮷", "013900139000", date(2026, 12, 2))


@pytest.mark.parametrize(("file", "code"), [("table.ods", "not_a_table"), ("table.xls", "old_workbook")])
def test_what_libreoffice_saves_otherwise_is_refused_with_how_to_save_it(file: str, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        reading.inspect((BY_LIBREOFFICE / file).read_bytes())
    assert (refused.value.code, ".xlsx" in str(refused.value.message)) == (code, True)
