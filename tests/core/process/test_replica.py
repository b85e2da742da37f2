"""The first database is killed, its copy takes over: what was acknowledged is there, and the application finds it."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.db import DatabaseError as DjangoDatabaseError
from django.db.backends.postgresql.base import DatabaseWrapper

from core.env import database_settings
from core.process import embedded, replica, roles
from core.process.places import DatabaseError, locate

# The application's own connections are tried, to databases of this test alone.
pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Path]]:
    """One that runs, with a table, and an empty one. They wait for the disk: what is tried is what survives."""
    monkeypatch.setenv("HRSUITE_DATABASE_FSYNC", "on")
    first, copy = tmp_path / "a", tmp_path / "b"
    embedded.start(first)
    with roles.connect(locate(first), "hrsuite") as owner:
        owner.execute("CREATE TABLE answer (number int PRIMARY KEY)")
        owner.execute("ALTER TABLE answer OWNER TO hrsuite")
    yield first, copy
    for home in (first, copy):
        embedded.stop(home)


def both(*homes: Path) -> dict[str, Any]:
    """Django's settings for the two, as DATABASE_URL names them."""
    where = ",".join(quote(str(locate(home).socket), safe="") for home in homes)
    return {
        "ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True,
        "TIME_ZONE": None, **database_settings(f"postgresql://hrsuite@{where}/hrsuite"),
    }  # fmt: skip


class Writer(threading.Thread):
    """Saves one answer after the other by the application's own connection, and keeps which were acknowledged."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(daemon=True)
        self.settings, self.acknowledged, self.stopped = settings, [], threading.Event()  # type: ignore[var-annotated]

    def run(self) -> None:
        wrapper = DatabaseWrapper(self.settings, "failover")
        wrapper.inc_thread_sharing()
        number = 0
        while not self.stopped.is_set():
            number += 1
            try:
                with wrapper.cursor() as cursor:
                    cursor.execute("INSERT INTO answer VALUES (%s)", [number])
                self.acknowledged.append(number)
            except DjangoDatabaseError:
                wrapper.close()
                time.sleep(0.05)
        wrapper.close()

    def until(self, count: int) -> None:
        end = time.monotonic() + 30
        while len(self.acknowledged) < count:
            assert time.monotonic() < end, "no answer is acknowledged any more"
            time.sleep(0.02)


def test_nothing_acknowledged_is_lost_when_the_first_is_killed(homes: tuple[Path, Path]) -> None:
    first, copy = homes
    replica.create(copy, first, synchronous=True)
    with pytest.raises(DatabaseError, match="has a database already"):
        replica.create(copy, first)
    with (
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
        roles.connect(locate(copy), "hrsuite") as owner,
    ):
        owner.execute("INSERT INTO answer VALUES (0)")
    # The copy stands first in the list: whoever takes writes is found all the same.
    writer = Writer(both(copy, first))
    writer.start()
    writer.until(50)
    os.kill(embedded.running_pid(locate(first)), signal.SIGKILL)  # type: ignore[arg-type]
    killed = len(writer.acknowledged)
    replica.promote(copy)
    began = time.monotonic()
    writer.until(killed + 20)
    back_after = time.monotonic() - began
    writer.stopped.set()
    writer.join(10)
    with roles.connect(locate(copy), "hrsuite") as owner:
        kept = {number for (number,) in owner.execute("SELECT number FROM answer").fetchall()}
        assert set(writer.acknowledged) <= kept, "lost"
        # One whose answer never came may have been written: nothing else is there besides.
        assert len(kept) - len(writer.acknowledged) <= 2
    assert back_after < 5
    with pytest.raises(DatabaseError, match="no copy"):
        replica.promote(copy)
