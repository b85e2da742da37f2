"""The library that finds faces in the candidate's browser: put in by hand, checked, served by the house itself.

Nothing of it is part of the product. Who runs the machine fetches two packages and hands them to `install_faces`; what
is not exactly the pinned one is refused. Of them only detector, mesh and WebAssembly are taken: no model of emotions.
"""

import base64
import gzip
import hashlib
import shutil
import tarfile
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotFound

HUMAN = "vladmandic-human-3.3.6.tgz"
WASM = "tensorflow-tfjs-backend-wasm-4.22.0.tgz"
# How they are fetched; what arrives is checked.
FETCH = ("npm pack @vladmandic/human@3.3.6", "npm pack @tensorflow/tfjs-backend-wasm@4.22.0")
# The integrity that the registry states and package-lock.json repeats: SHA-512, base64.
PINS = {
    HUMAN: "Nr5mPfq1gQ+uKeXY5uM3Fj8UxvF5CEh2s6txM5wRThqaW0mF9huooOuZSrT8hhGho0hGaXLFdAwfD/2+teCv6A==",
    WASM: "/IYhReRIp4jg/wYW0OwbbJZG8ON87mbz0PgkiP3CdcACRSvUN0h8rvC0O3YcDtkTQtFWF/tcXq/KlVDyV49wmA==",
}
TAKEN = {
    HUMAN: {
        "package/dist/human.js": "human.js",
        "package/models/blazeface.json": "blazeface.json",
        "package/models/blazeface.bin": "blazeface.bin",
        "package/models/facemesh.json": "facemesh.json",
        "package/models/facemesh.bin": "facemesh.bin",
        "package/LICENSE": "LICENSE.human",
    },
    WASM: {
        "package/dist/tfjs-backend-wasm.wasm": "tfjs-backend-wasm.wasm",
        "package/dist/tfjs-backend-wasm-simd.wasm": "tfjs-backend-wasm-simd.wasm",
    },
}
FILES = frozenset(name for taken in TAKEN.values() for name in taken.values())
LARGEST_FILE = 4_000_000
_PLACE = hashlib.sha256("".join(PINS.values()).encode()).hexdigest()[:16]


def place() -> Path:
    """Where the files lie: beside the installation, in a folder that is there whole or not at all."""
    return Path(settings.FACES_ROOT) / _PLACE


def is_installed() -> bool:
    """Whether the library is here."""
    return place().is_dir()


def install(packages: list[Path], *, pins: Mapping[str, str] = PINS) -> Path:
    """Check the packages and unpack what is needed of them. Again: the same. Returns where it lies.

    Invalid: package_missing, package_unreadable, package_not_pinned (another version, or changed on its way).
    """
    found = {_pinned(path, pins): path for path in packages}
    if lacking := sorted(pins.keys() - found.keys()):
        raise Invalid(
            "package_missing", _("Still needed: %(files)s.") % {"files": ", ".join(lacking)}, files=lacking
        )
    if is_installed():
        return place()
    place().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place().parent) as folder:
        whole = Path(folder) / "whole"
        whole.mkdir()
        for package, path in found.items():
            _unpack(path, TAKEN[package], whole)
        try:
            whole.rename(place())
        except OSError:
            # Somebody else was as far at the same moment.
            if not is_installed():
                raise
    return place()


def remove() -> bool:
    """Take the library away: from here on no room offers it, whatever a plan says. False where it was not there."""
    was_there = is_installed()
    shutil.rmtree(place(), ignore_errors=True)
    return was_there


def _pinned(path: Path, pins: Mapping[str, str]) -> str:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha512").digest()
    except OSError:
        raise Invalid(
            "package_unreadable", _("%(file)s cannot be read.") % {"file": path.name}, file=path.name
        ) from None
    stated = base64.b64encode(digest).decode()
    name = next((name for name, pin in pins.items() if pin == stated), None)
    if name is None:
        raise Invalid(
            "package_not_pinned",
            _("%(file)s is not one of the two expected packages, byte for byte.") % {"file": path.name},
            file=path.name,
        )
    return name


def _unpack(path: Path, taken: dict[str, str], to: Path) -> None:
    with tarfile.open(path) as archive:
        for inside, name in taken.items():
            file = archive.extractfile(inside)
            if file is None:
                raise Invalid("package_unreadable", _("%(file)s cannot be read.") % {"file": path.name})
            keep(to, name, file.read(LARGEST_FILE))


def keep(folder: Path, name: str, content: bytes) -> None:
    """Write a file as it is and gzipped: a browser that takes it is sent the smaller one."""
    (folder / name).write_bytes(content)
    (folder / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))


def content_of(name: str, *, zipped: bool) -> bytes:
    """One file of the library. NotFound: file_unknown, also where it is not installed."""
    if name not in FILES or not is_installed():
        raise NotFound("file_unknown", _("There is no such file."))
    return _read(place() / (f"{name}.gz" if zipped else name))


@lru_cache(maxsize=2 * len(FILES))
def _read(path: Path) -> bytes:
    """What lies there never changes: its folder is named by what is in it."""
    return path.read_bytes()
