"""Started by root, the suite runs as an ordinary user where there is one."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.process import account, embedded, places
from core.process.account import AccountError
from core.process.places import DatabaseError
from tests.scripts.test_server import Server, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else"),
]
# A system account that every Debian has and nothing here uses.
SOMEBODY = "games"


@pytest.fixture
def somebody() -> pwd.struct_passwd:
    return pwd.getpwnam(SOMEBODY)


@pytest.fixture
def home() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="hrs-"))
    path.chmod(0o755)
    yield path
    embedded.stop(path)
    shutil.rmtree(path)


def test_without_an_account_root_stays_root_and_a_wrong_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "USUAL", "nobody-of-this-name")
    monkeypatch.delenv("HRSUITE_USER", raising=False)
    assert account.wanted() is None
    monkeypatch.setenv("HRSUITE_USER", "nobody-of-this-name")
    with pytest.raises(AccountError, match="no such account"):
        account.wanted()
    monkeypatch.setenv("HRSUITE_USER", SOMEBODY)
    found = account.wanted()
    assert found is not None
    assert found.pw_name == SOMEBODY


def test_a_home_is_handed_over_whole_and_its_database_runs_as_its_owner(
    home: Path, somebody: pwd.struct_passwd
) -> None:
    embedded.start(home)
    (home / "media").mkdir()
    (home / "media" / "elsewhere").symlink_to("/etc/passwd")
    account.hand_over(somebody, home)
    owners = {path.lstat().st_uid for path in (home, *home.rglob("*"))}
    assert (owners, Path("/etc/passwd").stat().st_uid) == ({somebody.pw_uid}, 0)
    with pytest.raises(DatabaseError, match=f"belongs to {SOMEBODY}"):
        embedded.start(home)


def test_a_third_ones_home_is_left_alone(home: Path, somebody: pwd.struct_passwd) -> None:
    os.chown(home, pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(AccountError, match="belongs to another user"):
        account.hand_over(somebody, home)
    assert home.stat().st_uid == pwd.getpwnam("nobody").pw_uid


def test_no_other_folder_of_roots_is_given_away(home: Path, somebody: pwd.struct_passwd) -> None:
    """`--home /srv` is a slip of the keyboard, and not a wish to give all of it away."""
    (home / "somebody-elses").write_text("of value")
    with pytest.raises(AccountError, match="no home of HR Suite"):
        account.hand_over(somebody, home)
    assert {path.stat().st_uid for path in (home, *home.rglob("*"))} == {0}


def test_where_the_account_may_not_go_nothing_changes(home: Path, somebody: pwd.struct_passwd) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(AccountError, match="cannot run the suite"):
        account.become(somebody, closed / "var")
    assert (os.geteuid(), list(closed.iterdir())) == (0, [])


def _can_run(somebody: pwd.struct_passwd) -> bool:
    tried = subprocess.run(
        [sys.executable, "-c", "import django"], user=somebody.pw_uid, capture_output=True, check=False
    )
    return tried.returncode == 0


def test_everything_runs_as_the_account(
    home: Path, somebody: pwd.struct_passwd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home that root had begun; afterwards no process of it is root's."""
    try:
        able = _can_run(somebody)
    except PermissionError:
        able = False
    if not able:
        pytest.skip("this machine's Python is root's alone")
    monkeypatch.setattr(tempfile, "mkdtemp", lambda prefix: str(home))
    server = Server()
    embedded.start(home)
    server.environment = {"HRSUITE_USER": SOMEBODY}
    server.start("--empty")
    try:
        pids = server.pids().values()
        assert {Path(f"/proc/{pid}").stat().st_uid for pid in pids} == {somebody.pw_uid}
        with urllib.request.urlopen(f"{server.url}/healthz", timeout=10) as answer:
            assert answer.status == 200
    finally:
        server.process.terminate()
        until(lambda: server.process.poll() is not None, 60)
    assert {path.lstat().st_uid for path in home.rglob("*") if path.name != "output.txt"} == {somebody.pw_uid}
    assert places.server_user() is not None
