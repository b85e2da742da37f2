"""A ZIP of files as somebody sends it: counted, measured and named before anything in it is opened. Pure functions.

What its directory says is not believed: a file is read piece by piece, and never beyond what one may be.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from core.exchange.files import Line, require_some, unreadable
from core.text import one_line

MOST_BYTES = 50 * 1024 * 1024
MOST_FILES = 500
MOST_OF_ONE = 20 * 1024 * 1024
MOST_INSIDE = 300 * 1024 * 1024
MOST_DEEP = 5
# Documents and pictures are packed already; text packs to a twentieth at most. Small files may be all blanks.
MOST_RATIO, RATIO_FROM = 100, 1024 * 1024
LONGEST_PATH = 400
PIECE = 256 * 1024
BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")
HEADINGS = ("folder", "file")
_IN_UTF_8, _LOCKED = 0x800, 0x1
# What programs leave beside the files: nobody put it there.
_BESIDE = ("__MACOSX/", "@eaDir/")
_BESIDE_NAMES = (".DS_Store", "Thumbs.db", "desktop.ini")
_BROKEN = (
    zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError, zlib.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of the archive: its place in the directory, and where it lies there, as people read it."""

    place: int
    path: str

    @property
    def folder(self) -> str:
        """The first folder; "" where it lies in none."""
        first, _slash, rest = self.path.partition("/")
        return first if rest else ""

    @property
    def inner(self) -> str:
        """The way to it below the first folder."""
        return self.path.partition("/")[2] or self.path


def inspect(content: bytes) -> None:
    """Refuse what is no archive, or could do harm; only its directory is read.

    TooLarge: too_large. Invalid: empty_file, not_an_archive, archive_broken, encrypted_file, path_outside,
    archive_too_deep, too_many_files, file_too_large, too_large_inside, too_much_packed, empty_archive.
    """
    require_some(content, most=MOST_BYTES)
    if not content.startswith(BEGINNINGS):
        raise unreadable("not_an_archive", _("This is no ZIP file. Please pack the files as .zip."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except _BROKEN as error:
        raise _broken() from error
    _require_bounded(parts)
    if not _packed(parts):
        raise unreadable("empty_archive", _("There is no file in the archive."))


def files(content: bytes) -> list[Packed]:
    """The files of an inspected archive, in its order, without what programs leave beside them."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _packed(archive.infolist())
    except _BROKEN as error:
        raise _broken() from error


def lines(content: bytes) -> Iterator[Line]:
    """The same as a table, for imports: a heading, then folder and way below it. Rows are numbered by the directory."""
    inspect(content)
    yield Line(1, HEADINGS)
    for one in files(content):
        yield Line(one.place + 2, (one.folder, one.inner))


def read(content: bytes, number: int) -> bytes:
    """One file, by the number of its row. Invalid: file_too_large, archive_broken, where the directory lied."""
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as archive,
            archive.open(archive.infolist()[number - 2]) as one,
        ):
            found = bytearray()
            while piece := one.read(PIECE):
                found += piece
                if len(found) > MOST_OF_ONE:
                    raise _file_too_large()
            return bytes(found)
    except Invalid:
        raise
    except _BROKEN as error:
        raise _broken() from error


def _require_bounded(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > 2 * MOST_FILES or len(_packed(parts)) > MOST_FILES:
        raise unreadable(
            "too_many_files",
            _("There are more than %(most)s files in the archive. Please divide it.") % {"most": MOST_FILES},
        )
    for part in parts:
        if part.flag_bits & _LOCKED:
            raise unreadable(
                "encrypted_file", _("The file is protected by a password. Please save it without one.")
            )
        _require_inside(_name(part))
        if part.file_size > MOST_OF_ONE:
            raise _file_too_large()
        if part.file_size > RATIO_FROM and part.file_size > MOST_RATIO * max(1, part.compress_size):
            raise unreadable(
                "too_much_packed",
                _("A file in the archive unpacks to more than a hundred times its size. It is not opened."),
            )
    if sum(part.file_size for part in parts) > MOST_INSIDE:
        raise unreadable(
            "too_large_inside",
            _("Unpacked, the archive is larger than %(most)s MB. Please divide it.")
            % {"most": MOST_INSIDE // 1024**2},
        )


def _require_inside(name: str) -> None:
    """Nothing is ever unpacked to a disk; a name that leads out of its folder is no honest one all the same."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or name[1:2] == ":":
        raise unreadable(
            "path_outside", _("A name in the archive leads out of its folder. The archive is not opened.")
        )
    if len(path.parts) > MOST_DEEP or len(name) > LONGEST_PATH:
        raise unreadable(
            "archive_too_deep",
            _("The folders in the archive lie deeper than %(most)s.") % {"most": MOST_DEEP - 1},
        )


def _packed(parts: list[zipfile.ZipInfo]) -> list[Packed]:
    found = []
    for place, part in enumerate(parts):
        name = _name(part)
        last = PurePosixPath(name).name
        is_beside = any(f"/{name}".find(f"/{each}") >= 0 for each in _BESIDE)
        if part.is_dir() or not last or is_beside or last in _BESIDE_NAMES or last.startswith(("._", "~$")):
            continue
        found.append(
            Packed(place, "/".join(one_line(each) or "–" for each in name.split("/") if each != "."))
        )
    return found


def _name(part: zipfile.ZipInfo) -> str:
    """As it was written: names that are not marked as UTF-8 are GB18030 on a Chinese Windows, or UTF-8 unmarked."""
    name = part.orig_filename
    if not part.flag_bits & _IN_UTF_8:
        written = name.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = written.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _broken() -> Invalid:
    return unreadable("archive_broken", _("The archive is damaged. Please pack it again and send that."))


def _file_too_large() -> Invalid:
    return unreadable(
        "file_too_large",
        _("A file in the archive is larger than %(most)s MB.") % {"most": MOST_OF_ONE // 1024**2},
    )
