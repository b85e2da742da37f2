"""The half that touches the bytes: `main(TASK, KIND, FILE[, FOLDER])` in a process of its own.

It runs confined, and knows neither Django nor the database. It prints one line of JSON:

    inspect  {"pages": 3}                     or {"refused": "too_many_pages"}
    read     {"text": "…", "pages": ["1.webp"]} or {"refused": "broken"}; the pictures lie in FOLDER
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from recruitment.resumes import word

MOST_PAGES = 50
MOST_TEXT = 200_000
MOST_OBJECTS = 60_000
PICTURE_WIDTH, PICTURE_HEIGHT, LARGEST_SCALE = 1100, 2400, 3.0
QUALITY = 70
# Actions of a PDF that run something, send something away, or open another program; and files that lie in it.
ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm"}
KEYS = {"/JS", "/EmbeddedFiles", "/XFA"}
TYPES = {"/EmbeddedFile"}
SUBTYPES = {"/RichMedia", "/Movie", "/Screen", "/FileAttachment", "/3D"}
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_PLAIN = re.compile(rb"/(JavaScript|Launch)[\s/<>(\[\]]")


class RefusedError(Exception):
    """The file is not taken; its argument is the code."""


def main(task: str, kind: str, source: str, folder: str = "") -> None:
    """Do one task, and say what came of it."""
    try:
        answer = _DO[task, kind](Path(source), Path(folder))
    except (RefusedError, word.RefusedError) as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        answer = {"refused": "too_much"}
    print(json.dumps(answer))


def _inspect_pdf(source: Path, _folder: Path) -> dict[str, Any]:
    with _opened(source) as pdf:
        pages = len(pdf)
    if pages > MOST_PAGES:
        raise RefusedError("too_many_pages")
    if not pages:
        raise RefusedError("broken")
    _require_still(source)
    return {"pages": pages}


def _opened(source: Path) -> Any:
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415 -- only where a PDF is opened

    try:
        return pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        raise RefusedError("password" if "password" in str(error).lower() else "broken") from error


def _require_still(source: Path) -> None:
    """Nothing in it runs: every object is looked at, those in compressed streams too."""
    import pypdf  # noqa: PLC0415

    content = source.read_bytes()
    if _PLAIN.search(_ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)):
        raise RefusedError("active")
    try:
        reader = pypdf.PdfReader(source, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise RefusedError("password")
        numbers = {(number, generation) for generation, found in reader.xref.items() for number in found}
        numbers |= {(number, 0) for number in reader.xref_objStm}
    except RefusedError:
        raise
    except Exception as error:  # a reader of foreign bytes may raise anything
        raise RefusedError("broken") from error
    if len(numbers) > MOST_OBJECTS:
        raise RefusedError("too_much")
    for number, generation in numbers:
        try:
            found = reader.get_object(pypdf.generic.IndirectObject(number, generation, reader))
        except Exception:  # noqa: BLE001, S112 -- an object that cannot be read runs nowhere
            continue
        if any(_runs(each) for each in _dictionaries(found)):
            raise RefusedError("active")


def _dictionaries(found: Any) -> Iterator[dict[str, Any]]:
    """A value's dictionaries, as far as they lie in it directly."""
    left = [found]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            yield one
            left += [dict.__getitem__(one, key) for key in one]
        elif isinstance(one, list):
            left += [list.__getitem__(one, place) for place in range(len(one))]


def _runs(found: dict[str, Any]) -> bool:
    def plain(key: str) -> str:
        value = dict.get(found, key, "")
        try:
            return str(value.get_object() if hasattr(value, "get_object") else value)
        except Exception:  # noqa: BLE001 -- what cannot be read runs nowhere
            return ""

    return (
        plain("/S") in ACTIONS
        or plain("/Type") in TYPES
        or plain("/Subtype") in SUBTYPES
        or bool(KEYS & set(found))
    )


def _read_pdf(source: Path, folder: Path) -> dict[str, Any]:
    texts, names, length = [], [], 0
    with _opened(source) as pdf:
        for number in range(min(len(pdf), MOST_PAGES)):
            page = pdf[number]
            if length < MOST_TEXT:
                texts.append(page.get_textpage().get_text_bounded())
                length += len(texts[-1])
            width, height = page.get_size()
            scale = min(PICTURE_WIDTH / max(width, 1), PICTURE_HEIGHT / max(height, 1), LARGEST_SCALE)
            names.append(f"{number + 1}.webp")
            picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
            picture.save(folder / names[-1], "WEBP", quality=QUALITY)
            page.close()
    return {"text": "\n".join(texts)[:MOST_TEXT], "pages": names}


def _inspect_word(source: Path, _folder: Path) -> dict[str, Any]:
    pages = word.inspect(source)
    if pages is not None and pages > MOST_PAGES:
        raise RefusedError("too_many_pages")
    return {"pages": pages}


def _read_word(source: Path, _folder: Path) -> dict[str, Any]:
    return {"text": word.text_of(source, most=MOST_TEXT), "pages": []}


_DO = {
    ("inspect", "pdf"): _inspect_pdf,
    ("read", "pdf"): _read_pdf,
    ("inspect", "docx"): _inspect_word,
    ("read", "docx"): _read_word,
}
