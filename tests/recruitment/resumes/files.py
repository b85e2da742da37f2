"""Résumés as people send them, and as somebody sends them who means harm."""

import io
import zipfile
import zlib
from collections.abc import Iterable

import pypdf
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

LINES = [
    "张三 求职意向：数据分析师",
    "电话：138-0013-8000 邮箱：Zhang.San@Example.com",
    "教育背景：2014.9-2018.6 浙江大学 统计学 本科",
    "5年工作经验，熟练使用 Excel 与 SQL，负责经营数据分",
    "析报表。",
]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)


def _content(lines: Iterable[str]) -> bytes:
    rows = b"".join(b"<" + line.encode("utf-16-be").hex().encode() + b"> Tj 0 -20 Td " for line in lines)
    return b"BT /F1 12 Tf 60 760 Td " + rows + b"ET"


def _font() -> DictionaryObject:
    info = DictionaryObject({
        NameObject("/Registry"): TextStringObject("Adobe"), NameObject("/Ordering"): TextStringObject("GB1"),
        NameObject("/Supplement"): pypdf.generic.NumberObject(2),
    })  # fmt: skip
    below = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/CIDFontType0"),
        NameObject("/BaseFont"): NameObject("/STSong-Light"), NameObject("/CIDSystemInfo"): info,
    })  # fmt: skip
    return DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type0"),
        NameObject("/BaseFont"): NameObject("/STSong-Light-UniGB-UCS2-H"),
        NameObject("/Encoding"): NameObject("/UniGB-UCS2-H"), NameObject("/DescendantFonts"): ArrayObject([below]),
    })  # fmt: skip


def writer(lines: Iterable[str] = LINES, *, pages: int = 1) -> pypdf.PdfWriter:
    """A PDF of so many pages, the text on each."""
    made = pypdf.PdfWriter()
    for _number in range(pages):
        page = made.add_blank_page(width=595, height=842)
        stream = DecodedStreamObject()
        stream.set_data(_content(lines))
        page[NameObject("/Contents")] = made._add_object(stream)
        fonts = DictionaryObject({NameObject("/F1"): _font()})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    return made


def saved(made: pypdf.PdfWriter) -> bytes:
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def pdf(lines: Iterable[str] = LINES, *, pages: int = 1) -> bytes:
    return saved(writer(lines, pages=pages))


def pdf_with(action: dict[str, str], *, spelt: tuple[bytes, bytes] | None = None) -> bytes:
    """A PDF that takes an action when it is opened."""
    made = writer()
    found = DictionaryObject({
        NameObject(key): NameObject(value) if value.startswith("/") else TextStringObject(value)
        for key, value in action.items()
    })  # fmt: skip
    made._root_object[NameObject("/OpenAction")] = made._add_object(found)
    body = saved(made)
    return body.replace(*spelt) if spelt else body


def pdf_locked(password: str) -> bytes:
    made = writer()
    made.encrypt(password, owner_password="somebody else", algorithm="AES-256")
    return saved(made)


def pdf_with_file() -> bytes:
    made = writer()
    made.add_attachment("run.exe", b"MZ")
    return saved(made)


def docx(
    lines: Iterable[str] = LINES,
    *,
    more: dict[str, str | bytes] | None = None,
    before: str = "",
    level: int = 6,
) -> bytes:
    """A Word file; `more` are further parts, `before` stands before its document."""
    rows = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES.format(""),
        "_rels/.rels": RELATIONS.format(""),
        "word/document.xml": f'{before}<w:document xmlns:w="{W}"><w:body>{rows}</w:body></w:document>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as packed:
        for name, body in (parts | (more or {})).items():
            packed.writestr(name, body)
    return out.getvalue()


def external(kind: str) -> dict[str, str | bytes]:
    """A relationship to the outside, of this kind."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    row = f'<Relationship Id="r1" Type="{base}/{kind}" Target="http://127.0.0.1:9/x" TargetMode="External"/>'
    return {"word/_rels/document.xml.rels": RELATIONS.format(row)}


def pdf_of_compressed_objects(action: str) -> bytes:
    """A PDF whose objects, an action among them, lie in one compressed stream."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>",
        action,
    ]
    places, inside = [], ""
    for number, body in enumerate(objects, start=1):
        places.append(f"{number} {len(inside)}")
        inside += body + " "
    first = " ".join(places) + " "
    packed = zlib.compress((first + inside).encode())
    out = b"%PDF-1.7\n"
    stream_at = len(out)
    out += (
        (
            f"5 0 obj << /Type /ObjStm /N {len(objects)} /First {len(first)} /Filter /FlateDecode "
            f"/Length {len(packed)} >> stream\n"
        ).encode()
        + packed
        + b"\nendstream endobj\n"
    )
    table_at = len(out)
    rows = [
        (0, 0, 0xFFFF),
        *((2, 5, number) for number in range(len(objects))),
        (1, stream_at, 0),
        (1, table_at, 0),
    ]
    table = b"".join(
        kind.to_bytes(1, "big") + a.to_bytes(2, "big") + b.to_bytes(2, "big") for kind, a, b in rows
    )
    out += (
        (
            f"6 0 obj << /Type /XRef /Size {len(rows)} /W [1 2 2] /Root 1 0 R /Length {len(table)} >> stream\n"
        ).encode()
        + table
        + b"\nendstream endobj\n"
    )
    return out + f"startxref\n{table_at}\n%%EOF".encode()
