"""The same table as Excel, WPS, LibreOffice and programs that write XML by themselves save it: it reads the same."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from core.errors import DomainError
from core.exchange import cells, reading

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


@pytest.mark.parametrize("saved_by", AS_SAVED)
def test_it_reads_the_same_whatever_saved_it(saved_by: str) -> None:
    sheet, how = AS_SAVED[saved_by]
    headings, row = read(book(sheet, **how))
    assert headings == ["姓名", "手机", "到岗日期"]
    name, phone, day = row
    assert (cells.name(name), cells.phone(phone), cells.day(day)) == (
        "张三", "+8613800138000", date(2026, 12, 1),
    )  # fmt: skip


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
