"""Where the web's workers count: in files of each, read by any of them, whose room is taken before it is needed.

Each worker writes to files of its own, whoever scrapes one worker reads those of all. A page of a mapped file that
the disk has no room for kills the process that touches it (SIGBUS): the files are made at their full size first, in
memory where the machine has such a place. A worker that comes after a dead one goes on in its files: sums never fall,
and there are never more files than workers at one time.
"""

import os
from contextlib import suppress
from pathlib import Path

MEGABYTE = 1 << 20
# By how the library calls them; histograms have a dozen figures for each address.
SIZES = {"counter": MEGABYTE, "histogram": 2 * MEGABYTE, "gauge_livesum": MEGABYTE // 16}
_MEMORY = Path("/dev/shm")  # noqa: S108 -- made for this user alone, and owned by nobody else


def prepare(home: Path) -> Path | None:
    """The folder that this worker shares with the others of its server, its own files in it; None without room.

    The library asks the environment for it.
    """
    for place in (_MEMORY, home / "metrics"):
        with suppress(OSError):
            folder = _folder(place)
            _clear_others(folder)
            _adopt(folder)
            for kind, size in SIZES.items():
                _make(folder / f"{kind}_{os.getpid()}.db", size)
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
            return folder
    os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
    return None


def _folder(place: Path) -> Path:
    """That of the workers of one parent. OSError where it is somebody else's, or the place is not there."""
    if place != _MEMORY:
        place.mkdir(parents=True, exist_ok=True)
    folder = place / f"hrsuite-metrics-{os.getuid()}-{os.getppid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(folder)
    return folder


def _clear_others(folder: Path) -> None:
    """What servers left behind that are not any more."""
    mine = folder.name.rpartition("-")[0]
    for other in folder.parent.glob(f"{mine}-*"):
        parent = other.name.rpartition("-")[2]
        if other != folder and parent.isdigit() and not _lives(int(parent)):
            with suppress(OSError):
                for file in other.iterdir():
                    file.unlink()
                other.rmdir()


def _adopt(folder: Path) -> None:
    """Go on in the files of a worker that is dead; of two that come at once, the first has each."""
    for kind in SIZES:
        for file in sorted(folder.glob(f"{kind}_*.db")):
            pid = file.stem.rpartition("_")[2]
            if pid.isdigit() and not _lives(int(pid)):
                with suppress(FileNotFoundError):
                    file.rename(folder / f"{kind}_{os.getpid()}.db")
                    break


def _make(file: Path, size: int) -> None:
    """The file with its whole room taken. OSError: there is none."""
    number = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(number, 0, size)
    finally:
        os.close(number)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
