"""A second copy of the embedded database that follows the first, on another disk of the machine.

    python -m core.process replica --of HOME --home COPY [--synchronous]
    python -m core.process promote --home COPY

The server listens on its socket only: a copy on another machine takes a PostgreSQL of your own (docs/machines.md).
Synchronous: a commit is answered when the copy has it on its disk, too, and nothing that was acknowledged is lost with
the first; a copy that is away then holds every commit up. Otherwise what was committed in the last moments may be lost.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from core.process import embedded, roles
from core.process.places import DatabaseError, Place, locate, server_user, settle

NAME = "hrsuite_copy"
LIMIT = 60.0


def create(home: Path, of: Path, *, synchronous: bool = False) -> Place:
    """Copy the running database of `of` into the empty home, start it there, and wait until it follows.

    DatabaseError: the first does not run, or the home has a database.
    """
    first, place = locate(of), settle(home)
    if embedded.running_pid(first) is None:
        raise DatabaseError(f"The database of {of} does not run")
    if place.data.exists():
        raise DatabaseError(f"{home} has a database already")
    draft = place.root / "data.copy"
    shutil.rmtree(draft, ignore_errors=True)
    programs = embedded.programs_for(place)
    command = [
        str(programs / "pg_basebackup"),
        f"--pgdata={draft}",
        "--write-recovery-conf",
        "--checkpoint=fast",
    ]
    command += [
        "--wal-method=stream",
        f"--dbname=host={first.socket} user={roles.OWNER} application_name={NAME}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(draft, ignore_errors=True)
        raise DatabaseError(f"The database of {of} could not be copied:\n{done.stderr}")
    # Root's copy belongs to root, and the server is another user: it reads the first's socket as the owner, too.
    if user := server_user():
        for each in (draft, *draft.rglob("*")):
            os.chown(each, user.pw_uid, user.pw_gid)
    draft.rename(place.data)
    _start(home, place)
    with roles.connect(first) as owner:
        wanted = NAME if synchronous else ""
        owner.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{wanted}'")
        owner.execute("SELECT pg_reload_conf()")
        _until(lambda: _follows(owner), "The copy does not follow")
    return place


def promote(home: Path) -> None:
    """Let the copy take writes from now on; the first must be gone for good. DatabaseError: it is no copy."""
    place = locate(home)
    if embedded.running_pid(place) is None:
        _start(home, place)
    with roles.connect(place) as owner:
        row = owner.execute("SELECT pg_is_in_recovery()").fetchone()
        if not row or not row[0]:
            raise DatabaseError(f"The database of {home} is no copy that follows another")
        owner.execute("SELECT pg_promote(true, 60)")
        owner.execute("ALTER SYSTEM RESET synchronous_standby_names")
        owner.execute("SELECT pg_reload_conf()")


def _start(home: Path, place: Place) -> None:
    """As `embedded.start`, without making the roles: what follows writes nothing of its own."""
    with embedded.locked(home), place.log.open("ab") as log:
        process = subprocess.Popen(
            embedded.server_command(place), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            **embedded.as_server(),
        )  # fmt: skip
    embedded.wait_until_ready(place, process)


def _follows(owner: psycopg.Connection[Any]) -> bool:
    row = owner.execute(
        "SELECT count(*) FROM pg_stat_replication WHERE application_name = %s AND state = 'streaming'", [NAME]
    ).fetchone()
    return bool(row and row[0])


def _until(true: Callable[[], bool], why: str) -> None:
    end = time.monotonic() + LIMIT
    while not true():
        if time.monotonic() > end:
            raise DatabaseError(why)
        time.sleep(0.05)
