"""The server's own decisions: what runs, where it listens, which names it answers to, when the jobs count as silent."""

import itertools
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from core.env import node
from core.process import serve
from core.process.places import DatabaseError

OWN = ("HRSUITE_HOME", "HRSUITE_WEB_PORT", "HRSUITE_BASE_URL", "HRSUITE_ALLOWED_HOSTS", "DATABASE_URL")
LOOKS = (serve._pulse_is_out_of_time, serve._slow_jobs_stand_still)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in OWN:
        monkeypatch.setenv(name, "")  # so that monkeypatch puts back what was there
        monkeypatch.delenv(name)
    yield
    for name in OWN:
        os.environ.pop(name, None)


def options_of(command: list[str], option: str) -> list[str]:
    return [value for name, value in itertools.pairwise(command) if name == option]


@pytest.mark.parametrize(
    ("host", "binds"),
    [
        ("127.0.0.1", ["127.0.0.1:8000"]),
        ("0.0.0.0", ["0.0.0.0:8000"]),
        ("192.0.2.7", ["192.0.2.7:8000", "127.0.0.1:8000"]),
        ("::", ["[::]:8000"]),
    ],
)
def test_the_web_always_listens_where_the_pump_looks(host: str, binds: list[str]) -> None:
    assert options_of(serve.gunicorn(host, 8000), "--bind") == binds


def test_a_local_server_answers_to_local_names_only(tmp_path: Path) -> None:
    serve.set_environment(tmp_path, "127.0.0.1", 8123)
    assert {name: os.environ.get(name) for name in OWN} == {
        "HRSUITE_HOME": str(tmp_path),
        "HRSUITE_WEB_PORT": "8123",
        "HRSUITE_BASE_URL": "http://127.0.0.1:8123",
        "HRSUITE_ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "DATABASE_URL": None,
    }


def test_with_all_addresses_open_the_links_carry_one_that_a_phone_reaches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "addresses", lambda: ["192.0.2.7", "desk"])
    serve.set_environment(tmp_path, "0.0.0.0", 8123)
    assert os.environ["HRSUITE_BASE_URL"] == "http://192.0.2.7:8123"
    assert os.environ["HRSUITE_ALLOWED_HOSTS"] == "127.0.0.1,localhost,[::1],192.0.2.7,desk"


def test_what_a_person_has_set_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRSUITE_BASE_URL", "https://hr.example.com")
    monkeypatch.setenv("HRSUITE_ALLOWED_HOSTS", "hr.example.com")
    serve.set_environment(tmp_path, "0.0.0.0", 8123)
    assert (os.environ["HRSUITE_BASE_URL"], os.environ["HRSUITE_ALLOWED_HOSTS"]) == (
        "https://hr.example.com",
        "hr.example.com",
    )


def test_the_table_and_who_gets_a_pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    children = serve.table(tmp_path, "127.0.0.1", 8000)
    assert {
        child.name: (child.wave, child.options["env"].get("HRSUITE_DATABASE_POOL")) for child in children
    } == {
        "database": (3, None),
        "web": (0, "1"),
        "jobs": (1, "0"),
        "jobs-slow": (1, "0"),
        "pump": (2, "0"),
    }
    assert {child.name for child in children if child.foundation} == {"database"}
    assert {child.name: child.options["env"].get("Q_CLUSTER_NAME") for child in children}[
        "jobs-slow"
    ] == "slow"
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/hr")
    assert [child.name for child in serve.table(tmp_path, "127.0.0.1", 8000)] == [
        "web",
        "jobs",
        "jobs-slow",
        "pump",
    ]


def test_a_machine_may_run_some_parts_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/hr")

    def running(only: str) -> list[str]:
        monkeypatch.setattr("sys.argv", ["script/server", "--only", only])
        return [child.name for child in serve.table(tmp_path, "127.0.0.1", 8000, serve.options().only)]

    assert running("web") == ["web"]
    assert running("web, pump") == ["web", "pump"]
    assert running("jobs") == ["jobs", "jobs-slow"]
    (pump,) = serve.table(tmp_path, "127.0.0.1", 8000, frozenset({"pump"}))
    assert options_of(pump.command(), "--web-port") == ["0"], "there is no web here that could be deaf"
    for wrong in ("", "web,cache"):
        with pytest.raises(SystemExit):
            running(wrong)
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(SystemExit):
        running("web")
    assert "set DATABASE_URL" in capsys.readouterr().err
    assert len(running("web,pump,jobs")) == 5, "everything, the embedded database too"


def test_a_port_in_use_is_said_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="choose another --port"):
            serve.must_be_free("127.0.0.1", taken.getsockname()[1])


def test_fresh_never_touches_a_database_of_somebody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/hr")
    with pytest.raises(DatabaseError, match="only the embedded database"):
        serve.clear_the_ground(tmp_path, fresh=True)


def beat(ago: float) -> None:
    """The jobs' pulse, so many seconds ago; of a moment to come where it is negative."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_pulse WHERE name = 'jobs'")
        cursor.execute(
            "INSERT INTO events_pulse (name, at) VALUES ('jobs', now() - make_interval(secs => %s))", [ago]
        )


@pytest.fixture
def own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = connection.settings_dict
    url = psycopg.conninfo.make_conninfo(host=facts["HOST"], user=facts["USER"], dbname=facts["NAME"])
    monkeypatch.setenv("DATABASE_URL", url)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize(
    ("age", "beat_ago", "verdict"),
    [(600, 200, True), (600, 100, False), (100, 200, False), (600, None, True), (600, -3600, True)],
    ids=["silent", "at work", "just started", "never beat", "beat before the clock was set back"],
)
def test_when_the_jobs_count_as_silent(
    monkeypatch: pytest.MonkeyPatch, age: float, beat_ago: float | None, verdict: bool
) -> None:
    monkeypatch.setattr(serve, "JOBS_SILENT_FOR", 0.0)
    if beat_ago is not None:
        beat(beat_ago)
    assert serve.Silence(serve._pulse_is_out_of_time)(age) is verdict


def slow_jobs(*, seen_ago: float, took_ago: float, in_hand: int, waiting_for: float | None) -> None:
    """What the guard of the slow jobs said last, and how long one of them has waited."""
    asked = {"node": node(), "seen": seen_ago, "took": took_ago, "in_hand": in_hand, "waiting": waiting_for}
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_jobscluster")
        cursor.execute("DELETE FROM django_q_ormq")
        cursor.execute(
            """
            INSERT INTO core_jobscluster (node, queue, seen_at, took_at, in_hand)
            VALUES (%(node)s, 'slow', now() - make_interval(secs => %(seen)s),
                now() - make_interval(secs => %(took)s), %(in_hand)s),
                ('elsewhere', 'slow', now() - interval '1 day', now() - interval '1 day', 0)
            """,
            asked,
        )
        if waiting_for is not None:
            cursor.execute(
                "INSERT INTO django_q_ormq (key, payload, lock)"
                " VALUES ('slow', 'x', now() - make_interval(secs => %(waiting)s))",
                asked,
            )


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"seen_ago": 5, "took_ago": 5000, "in_hand": 0, "waiting_for": None}, False),
        ({"seen_ago": 5, "took_ago": 5000, "in_hand": 0, "waiting_for": 300}, False),
        ({"seen_ago": 5, "took_ago": 300, "in_hand": 0, "waiting_for": 5000}, False),
        ({"seen_ago": 5, "took_ago": 5000, "in_hand": 1, "waiting_for": 5000}, False),
        ({"seen_ago": 5, "took_ago": 5000, "in_hand": 0, "waiting_for": 5000}, True),
        ({"seen_ago": 200, "took_ago": 5, "in_hand": 1, "waiting_for": None}, True),
        ({"seen_ago": -3600, "took_ago": 5, "in_hand": 0, "waiting_for": None}, True),
    ],
    ids=[
        "nothing to do",
        "a moment ago",
        "a long queue",
        "a long job",
        "takes nothing",
        "its guard stands",
        "clock",
    ],
)
def test_when_slow_jobs_stand_still(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, Any], verdict: bool
) -> None:
    monkeypatch.setattr(serve, "JOBS_SILENT_FOR", 0.0)
    slow_jobs(**said)
    silence = serve.Silence(serve._slow_jobs_stand_still)
    assert (silence(100), silence(600)) == (False, verdict)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("own_database")
def test_a_clock_that_was_set_is_given_the_time_of_a_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    now, silence = [1000.0], serve.Silence(serve._pulse_is_out_of_time)
    monkeypatch.setattr(serve.time, "monotonic", lambda: now[0])
    beat(-3600)

    def look(after: float) -> bool:
        now[0] += after
        return silence(600 + now[0])

    assert [look(15), look(60)] == [False, False]
    beat(5)
    assert not look(15)
    beat(-3600)
    assert [look(15), look(80), look(15)] == [False, False, True]


def test_jobs_are_not_blamed_for_a_missing_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "JOBS_SILENT_FOR", 0.0)
    monkeypatch.setenv("DATABASE_URL", "postgresql://hrsuite@%2Fnowhere/hrsuite")
    assert all(not serve.Silence(looks)(600) for looks in LOOKS)


@pytest.mark.parametrize(
    ("given", "url", "demo"),
    [
        ([], "", True),
        ([], "postgresql://x", False),
        (["--demo"], "postgresql://x", True),
        (["--empty"], "", False),
    ],
)
def test_the_demo_comes_where_it_is_wanted(
    given: list[str], url: str, demo: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unasked only into a database of our own."""
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setattr("sys.argv", ["script/server", *given])
    assert serve.wants_demo(serve.options()) is demo
