"""The embedded PostgreSQL: made once, started by whoever comes first, never in doubt about who runs it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from core.process import embedded, places
from core.process.places import DatabaseError

pytestmark = [pytest.mark.slow, pytest.mark.timeout(90)]


@pytest.fixture
def home() -> Iterator[Path]:
    """A short home that every user may walk to; its server is stopped afterwards."""
    path = Path(tempfile.mkdtemp(prefix="hrs-"))
    path.chmod(0o755)
    yield path
    path.chmod(0o755)
    embedded.stop(path)
    shutil.rmtree(places.outside(path.resolve()), ignore_errors=True)
    shutil.rmtree(path)


def ask(home: Path, sql: str) -> object:
    with psycopg.connect(embedded.url(home), autocommit=True) as connection:
        cursor = connection.execute(sql)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def test_the_servers_log_says_what_failed_and_quotes_nobody(home: Path) -> None:
    place = embedded.start(home)
    ask(home, "CREATE TABLE words (said text CHECK (said = ''))")
    with pytest.raises(psycopg.errors.CheckViolation):
        ask(home, "INSERT INTO words VALUES ('欧阳青的回答')")
    assert "violates check constraint" in place.log.read_text()
    assert "欧阳青的回答" not in place.log.read_text()


def test_url_starts_and_makes_nothing(home: Path) -> None:
    assert (
        embedded.url(home)
        == f"postgresql://hrsuite@{str(home).replace('/', '%2F')}%2Fdatabase%2Fsocket/hrsuite"
    )
    assert list(home.iterdir()) == []


def test_start_makes_a_utf8_database_on_a_socket_only_and_stop_ends_it(home: Path) -> None:
    place = embedded.start(home)
    assert {
        name: ask(home, f"SHOW {name}") for name in ("server_encoding", "listen_addresses", "TimeZone")
    } == {
        "server_encoding": "UTF8",
        "listen_addresses": "",
        "TimeZone": "Asia/Shanghai",
    }
    assert place.socket.stat().st_mode & 0o777 == 0o700
    assert embedded.stop(home) is True
    assert embedded.stop(home) is False
    with pytest.raises(psycopg.OperationalError):
        ask(home, "SELECT 1")


def test_fsync_is_on_unless_a_test_says_no(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HRSUITE_DATABASE_FSYNC", raising=False)
    embedded.start(home)
    # A list goes by its index, and one person's page by one processor.
    assert [
        ask(home, f"SHOW {name}") for name in ("random_page_cost", "max_parallel_workers_per_gather")
    ] == ["1.1", "0"]
    assert [ask(home, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")] == [
        "on"
    ] * 3
    embedded.stop(home)
    monkeypatch.setenv("HRSUITE_DATABASE_FSYNC", "off")
    embedded.start(home)
    assert ask(home, "SHOW fsync") == "off"


def test_starters_at_the_same_instant_agree_on_one_server(home: Path) -> None:
    pids: list[int | None] = []

    def begin() -> None:
        pids.append(embedded.running_pid(embedded.start(home)))

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pids) == 4
    assert None not in pids
    assert len(set(pids)) == 1


def test_a_committed_row_survives_kill_nine_and_the_stale_pid_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HRSUITE_DATABASE_FSYNC", raising=False)
    place = embedded.start(home)
    ask(home, "CREATE TABLE kept AS SELECT 7 AS number")
    pid = embedded.running_pid(place)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while embedded.running_pid(place) is not None:
        time.sleep(0.02)
    # The number in the stale file now belongs to a living process of somebody else: ours.
    stale = (place.data / "postmaster.pid").read_text().split("\n", 1)
    (place.data / "postmaster.pid").write_text(f"{os.getpid()}\n{stale[1]}")
    embedded.start(home)
    assert ask(home, "SELECT number FROM kept") == 7


def test_the_command_line_starts_says_the_address_and_stops(home: Path) -> None:
    def run(*words: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "core.process", *words, "--home", str(home)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.strip()

    assert run("start") == (0, embedded.url(home))
    assert run("url") == (0, embedded.url(home))
    assert run("stop") == (0, "stopped")
    assert run("stop") == (0, "was not running")
    assert run("wipe") == (0, f"The database below {home} was deleted")
    assert run("wipe") == (0, "there was no database")


def test_wipe_refuses_a_directory_that_is_not_ours(home: Path) -> None:
    (home / "database" / "data").mkdir(parents=True)
    (home / "database" / "data" / "diary.txt").write_text("dear diary")
    with pytest.raises(DatabaseError, match="nothing was deleted"):
        embedded.wipe(home)
    assert (home / "database" / "data" / "diary.txt").exists()


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    place = embedded.start(home)
    embedded.stop(home)
    (place.data / "PG_VERSION").write_text("9.1\n")
    with pytest.raises(DatabaseError, match=r"did not start[\s\S]*incompatible"):
        embedded.start(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_below_a_closed_home_root_keeps_the_data_elsewhere_and_everybody_agrees(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.chmod(0o700)
    before = embedded.url(home)
    place = embedded.start(home)
    assert place.moved
    assert str(place.root) in capsys.readouterr().out
    assert ask(home, "SELECT 1") == 1
    home.chmod(0o755)
    assert embedded.url(home) == before  # opened up later, the remembered choice holds
    embedded.start(home)
    assert capsys.readouterr().out == ""


def test_below_a_very_long_home_only_the_socket_moves(home: Path) -> None:
    deep = home / ("long" * 20) / "home"
    try:
        place = embedded.start(deep)
        assert place.root == deep.resolve() / "database"
        assert place.socket.parent == places.outside(deep.resolve())
        assert ask(deep, "SELECT 1") == 1
    finally:
        embedded.stop(deep)
        shutil.rmtree(places.outside(deep.resolve()))


def test_somebody_elses_directory_outside_is_refused(home: Path, tmp_path: Path) -> None:
    link = tmp_path / "trap"
    link.symlink_to(tmp_path)
    with pytest.raises(DatabaseError, match="belongs to somebody else"):
        places.own_directory(link)


@pytest.mark.parametrize("role", ["hrsuite", "hrsuite_owner", "postgres"])
def test_nobody_else_of_this_machine_comes_in(home: Path, role: str) -> None:
    """The attack: any process of the user that runs PostgreSQL for root was the database's superuser."""
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    place = embedded.start(home)
    user = places.server_user()
    assert user is not None
    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover -- in another process
        try:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            psycopg.connect(host=str(place.socket), user=role, dbname="hrsuite", connect_timeout=5).close()
            os.write(write, b"came in")
        except psycopg.OperationalError as error:
            os.write(write, str(error).encode()[:2000])
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read) as told:
        answer = told.read()
    assert "Peer authentication failed" in answer or "does not exist" in answer, answer


def test_the_suites_role_owns_its_database_and_nothing_more(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HRSUITE_DATABASE_FSYNC", "on")
    embedded.start(home)
    rights = "rolsuper::int || '' || rolcreaterole::int || rolcreatedb::int || rolreplication::int || rolbypassrls::int"
    assert ask(home, f"SELECT {rights} FROM pg_roles WHERE rolname = current_user") == "00000"
    assert ask(home, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'hrsuite'") == "hrsuite"
    for attack in (
        "COPY (SELECT 1) TO PROGRAM 'id > /tmp/owned'",
        "SELECT pg_read_file('/etc/passwd')",
        "ALTER SYSTEM SET fsync = off",
        "CREATE ROLE more SUPERUSER",
        "CREATE DATABASE more",
        "SET ROLE hrsuite_owner",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(home, attack)
    for extension in ("pg_trgm", "btree_gin"):
        ask(home, f"CREATE EXTENSION {extension}")


def as_2026_11_0(home: Path) -> places.Place:
    """A cluster as that release made it: open to all, the suite's role its superuser, with a little of everything."""
    place = places.settle(home)
    draft = place.root / "data"
    draft.mkdir(mode=0o700)
    if user := places.server_user():
        os.chown(draft, user.pw_uid, user.pw_gid)
    programs = embedded.programs_for(place)
    command = [str(programs / "initdb"), "-D", str(draft), "-U", "hrsuite", "--auth=trust", "--encoding=UTF8"]
    subprocess.run(
        [*command, "--locale=C.UTF-8", "--no-sync"], check=True, capture_output=True, **embedded.as_server()
    )
    command = [
        str(programs / "postgres"),
        "-D",
        str(draft),
        "-c",
        "listen_addresses=",
        "-k",
        str(place.socket),
    ]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, **embedded.as_server())
    try:
        embedded.wait_until_ready(place)
        with psycopg.connect(
            host=str(place.socket), user="hrsuite", dbname="postgres", autocommit=True
        ) as old:
            for name in ("hrsuite", "test_hrsuite"):
                old.execute(f"CREATE DATABASE {name}")
        for name in ("hrsuite", "test_hrsuite"):
            with psycopg.connect(host=str(place.socket), user="hrsuite", dbname=name) as old:
                old.execute("CREATE EXTENSION pg_trgm")
                old.execute(
                    'CREATE TABLE "Kept" (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, said text)'
                )
                old.execute('CREATE TABLE counted (id serial, kept bigint REFERENCES "Kept")')
                old.execute("CREATE SEQUENCE numbers")
                old.execute("CREATE TYPE mood AS ENUM ('well')")
                old.execute('CREATE VIEW seen AS SELECT * FROM "Kept"')
                old.execute('CREATE INDEX ON "Kept" USING gin (said gin_trgm_ops)')
                old.execute(
                    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
                )
                old.execute(
                    'CREATE TRIGGER refuse BEFORE UPDATE ON "Kept" FOR EACH ROW EXECUTE FUNCTION refuse()'
                )
                old.execute("INSERT INTO \"Kept\" (said) VALUES ('断点已保存')")
    finally:
        server.send_signal(embedded.FAST_STOP)
        server.wait()
    return place


@pytest.mark.parametrize("running", [False, True])
def test_a_home_of_2026_11_0_is_brought_over(
    home: Path, monkeypatch: pytest.MonkeyPatch, running: bool
) -> None:
    """Its rows are there, its role is the superuser no longer, and it may do with its tables what migrations do."""
    monkeypatch.setenv("HRSUITE_DATABASE_FSYNC", "on")
    place = as_2026_11_0(home)
    if running:  # as after a supervisor that was killed: the old server goes on under the new release
        command = [
            str(embedded.programs_for(place) / "postgres"),
            "-D",
            str(place.data),
            "-c",
            "listen_addresses=",
        ]
        server = subprocess.Popen(
            [*command, "-k", str(place.socket)], stderr=subprocess.DEVNULL, **embedded.as_server()
        )
        embedded.wait_until_ready(place)
    for _again in range(2):
        embedded.start(home)
        rights = "rolsuper::int || '' || rolcreaterole::int || rolcreatedb::int"
        assert ask(home, f"SELECT {rights} FROM pg_roles WHERE rolname = current_user") == "000"
        assert ask(
            home, "SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles WHERE rolname ~ '^hrs'"
        ) == ("hrsuite hrsuite_owner")
        assert ask(home, 'SELECT said FROM "Kept"') == "断点已保存"
        left = "SELECT count(*) FROM pg_class WHERE relowner <> 'hrsuite'::regrole AND relnamespace = 2200"
        assert ask(home, left) == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(home, "COPY (SELECT 1) TO PROGRAM 'true'")
    ask(home, "CREATE EXTENSION IF NOT EXISTS pg_trgm")
    ask(home, 'ALTER TABLE "Kept" ADD COLUMN more text')
    ask(home, 'CREATE INDEX ON "Kept" USING gin (more gin_trgm_ops)')
    ask(
        home,
        "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    )
    ask(home, "INSERT INTO counted (kept) VALUES (1)")
    for thing in ("VIEW seen", "SEQUENCE numbers", "TYPE mood", "TABLE counted"):
        ask(home, f"DROP {thing}")
    ask(home, "CREATE TABLE new (id serial)")
    ask(home, "DROP DATABASE test_hrsuite")
    if running:
        embedded.stop(home)
        server.wait()
