"""The database is away for a while: the web's connections are back with it, not as long again afterwards."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg_pool.base import AttemptWithBackoff

from core.env import POOL
from core.process.places import SOCKET_NAME

pytestmark = pytest.mark.django_db
# The library's pauses (1, 2, 4, 8 s) and ours, so many times as fast.
FASTER = 20


class Away:
    """The way to the test's server, which can be taken away."""

    def __init__(self, folder: Path) -> None:
        self.known = connection.get_connection_params()
        self.way = folder / SOCKET_NAME
        self.back()

    def back(self) -> None:
        self.way.symlink_to(Path(self.known["host"]) / SOCKET_NAME)

    def gone(self) -> None:
        self.way.unlink()
        with psycopg.connect(
            host=self.known["host"], user=self.known["user"], dbname=self.known["dbname"]
        ) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'outage'"
            )


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[DatabaseWrapper, Away]]:
    """A connection out of a pool as the web has it, by a way that can be taken away."""
    monkeypatch.setattr(AttemptWithBackoff, "INITIAL_DELAY", AttemptWithBackoff.INITIAL_DELAY / FASTER)
    away = Away(tmp_path)
    faster = {
        name: value / FASTER if name in ("timeout", "reconnect_timeout") else value
        for name, value in POOL.items()
    }
    known: dict[str, Any] = {
        **connection.settings_dict, "HOST": str(tmp_path), "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": faster, "application_name": "outage"},
    }  # fmt: skip
    wrapper = DatabaseWrapper(known, "outage")
    yield wrapper, away
    wrapper.close()
    wrapper.close_pool()


def ask(wrapper: DatabaseWrapper) -> int:
    """One request's connection: who answered."""
    try:
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])
    finally:
        wrapper.close()


def test_the_web_is_back_with_the_database(web: tuple[DatabaseWrapper, Away]) -> None:
    wrapper, away = web
    first = ask(wrapper)
    away.gone()
    began = time.monotonic()
    with pytest.raises(OperationalError):
        ask(wrapper)
    # Between two tries of the library's own: after 15 and after 31 s, a tenth earlier or later.
    time.sleep(began + 21 / FASTER - time.monotonic())
    away.back()
    began = time.monotonic()
    assert ask(wrapper) != first
    assert time.monotonic() - began < 5 / FASTER
