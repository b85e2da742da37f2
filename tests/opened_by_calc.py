"""Workbooks and text tables as LibreOffice Calc opens them: saved again by it, and read back."""

import csv
import shutil
import subprocess
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

PROGRAM = shutil.which("soffice") or shutil.which("libreoffice")
# Commas, quotation marks, UTF-8, from the first line; text as it is shown.
_TEXT = "Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"
LONGEST_SECONDS = 240


def saved_again(folder: Path, kind: str) -> Path:
    """A folder beside this one with each of its files, all of one kind, as Calc saves it in `kind`, xlsx or csv (the
    first sheet). One start for all of them, with settings of its own."""
    to = folder.with_name(f"{folder.name}-{kind}")
    files = sorted(folder.iterdir())
    asked = [
        str(PROGRAM), "--headless", f"-env:UserInstallation={folder.with_name('calc').as_uri()}",
        *([f"--infilter={_TEXT}"] if files[0].suffix == ".csv" else []),
        "--convert-to", f"csv:{_TEXT}" if kind == "csv" else kind, "--outdir", str(to), *map(str, files),
    ]  # fmt: skip
    subprocess.run(asked, check=True, capture_output=True, timeout=LONGEST_SECONDS)
    return to


def sheets(file: Path) -> list[list[list[Any]]]:
    """What the cells of each sheet of a workbook hold."""
    book = CalamineWorkbook.from_path(str(file))
    return [book.get_sheet_by_index(number).to_python() for number in range(len(book.sheet_names))]


def shown(file: Path) -> list[list[str]]:
    """A text table: what its cells show."""
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.reader(text))
