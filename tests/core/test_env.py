"""A DATABASE_URL with one host, with several, with a socket; and what this machine is called."""

from pathlib import Path
from typing import Any

import pytest

from core import env
from core.events import pulse
from hrsuite import storages
from hrsuite.management.commands.pump import PULSE_SECONDS
from recruitment.services.leases import VISIBLE_SECONDS

GIVEN_UP = env._GIVEN_UP | {"connect_timeout": "5", "options": env._LEFT_BEHIND}
OF_SEVERAL = GIVEN_UP | {"connect_timeout": "3", "target_session_attrs": "read-write"}


@pytest.mark.parametrize(
    ("url", "host", "port", "options"),
    [
        ("postgresql://hr:p%40ss@db/suite", "db", "", GIVEN_UP),
        (
            "postgresql://hr:p%40ss@one:5433,two/suite",
            "one,two",
            "5433,5432",
            OF_SEVERAL,
        ),
        (
            "postgresql://hr:p%40ss@[::1]:5433,10.0.0.2:6000/suite?target_session_attrs=any&sslmode=require&connect_timeout=2",
            "::1,10.0.0.2",
            "5433,6000",
            GIVEN_UP | {"target_session_attrs": "any", "sslmode": "require", "connect_timeout": "2"},
        ),
        ("postgresql://hr:p%40ss@%2Fvar%2Frun/suite", "/var/run", "", {}),
        (
            "postgresql://hr:p%40ss@%2Fa,%2Fb/suite",
            "/a,/b",
            "5432,5432",
            {"target_session_attrs": "read-write"},
        ),
    ],
)
def test_where_the_database_is(url: str, host: str, port: str, options: dict[str, Any]) -> None:
    found = env.database_settings(url)
    assert {name: found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "ENGINE")} == {
        "NAME": "suite", "USER": "hr", "PASSWORD": "p@ss", "HOST": host,
        "ENGINE": "core.primaries" if "," in host else "django.db.backends.postgresql",
    }  # fmt: skip
    assert str(found["PORT"]) == port
    assert {name: str(value) for name, value in found["OPTIONS"].items()} == options


def test_pgbouncer_is_asked_for_no_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRSUITE_DATABASE_PGBOUNCER", "true")
    assert "options" not in env.database_settings("postgresql://hr@pooler:6432/suite")["OPTIONS"]


def test_what_connects_past_django_notices_a_dead_host_too() -> None:
    assert env.connection_words("postgresql://hr:p%40ss@one:5433,two/suite") == OF_SEVERAL | {
        "dbname": "suite", "user": "hr", "password": "p@ss", "host": "one,two", "port": "5433,5432",
    }  # fmt: skip
    assert env.connection_words("postgresql://hr@%2Fvar%2Frun/suite") == {
        "dbname": "suite", "user": "hr", "host": "/var/run",
    }  # fmt: skip


def test_hosts_that_are_gone_take_less_than_the_silence_of_a_deaf_pump() -> None:
    assert 2 * int(OF_SEVERAL["connect_timeout"]) + PULSE_SECONDS < pulse.LONGEST_SILENCE.total_seconds()
    assert int(GIVEN_UP["tcp_user_timeout"]) / 1000 < VISIBLE_SECONDS


def test_files_lie_in_the_home_or_where_all_machines_see_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HRSUITE_HOME", str(tmp_path / "home"))
    assert env.media() == tmp_path / "home" / "media"
    monkeypatch.setenv("HRSUITE_MEDIA", str(tmp_path / "shared"))
    monkeypatch.setenv("HRSUITE_S3_URL", "")
    assert env.media() == tmp_path / "shared"
    assert storages.recordings_storage()["OPTIONS"]["location"] == tmp_path / "shared" / "recordings"


def test_a_machine_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRSUITE_NODE", "hr-1")
    assert env.node() == "hr-1"
    monkeypatch.setenv("HRSUITE_NODE", "x" * 80)
    assert env.node() == "x" * 40, "a pulse's name has room for it"
    monkeypatch.delenv("HRSUITE_NODE")
    assert env.node()
