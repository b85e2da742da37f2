"""The primary of before comes back by itself, listed first: it gets nothing of ours, and somebody hears of it."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.db import OperationalError

from core.env import POOL, connection_words, database_settings
from core.primaries import connecting, timelines
from core.primaries.base import DatabaseWrapper
from core.process import embedded, replica, roles
from core.process.places import locate
from core.trouble import databases
from core.trouble.words import sentence

# The application's own connections are tried, to databases of this test alone.
pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Path]]:
    """One with a table, and the copy that took over when it was killed. This machine has seen nothing yet."""
    first, copy = tmp_path / "a", tmp_path / "b"
    for home in (first, copy):
        home.mkdir()
    embedded.start(first)
    with roles.connect(locate(first), "hrsuite") as owner:
        owner.execute("CREATE TABLE answer (number int)")
        owner.execute("ALTER TABLE answer OWNER TO hrsuite")
    replica.create(copy, first)
    os.kill(embedded.running_pid(locate(first)), signal.SIGKILL)  # type: ignore[arg-type]
    replica.promote(copy)
    (tmp_path / "machine").mkdir()
    monkeypatch.setenv("HRSUITE_HOME", str(tmp_path / "machine"))
    where = ",".join(quote(str(locate(home).socket), safe="") for home in (first, copy))
    monkeypatch.setenv("DATABASE_URL", f"postgresql://hrsuite@{where}/hrsuite")
    monkeypatch.setattr(connecting, "_looked_at", -timelines.FRESH)
    yield first, copy
    for home in (first, copy):
        embedded.stop(home)


def application(*, pooled: bool) -> DatabaseWrapper:
    found = {
        "ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True,
        "TIME_ZONE": None, **database_settings(os.environ["DATABASE_URL"]),
    }  # fmt: skip
    assert found["ENGINE"] == "core.primaries"
    if pooled:
        found["OPTIONS"]["pool"] = {**POOL, "min_size": 1}
    return DatabaseWrapper(found, "pooled" if pooled else "alone")


def save(wrapper: DatabaseWrapper, number: int) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute("INSERT INTO answer VALUES (%s)", [number])
    wrapper.close()


def kept(home: Path) -> list[int]:
    with roles.connect(locate(home), "hrsuite") as owner:
        return [number for (number,) in owner.execute("SELECT number FROM answer ORDER BY 1")]


def test_the_one_of_before_is_not_written_to_and_is_named(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, copy = pair
    embedded.start(first)  # by itself, and listed first: libpq alone would take it
    pooled, alone = application(pooled=True), application(pooled=False)
    try:
        save(pooled, 1)
        save(alone, 2)
        assert (kept(first), kept(copy)) == ([], [1, 2])
        system, timeline = timelines.known()
        assert (bool(system), timeline) == (True, 2)

        # The supervisor asks past Django whether the jobs are alive, and backups are made past it.
        with connecting.connect(connection_words(os.environ["DATABASE_URL"])) as asked:
            assert asked.execute("SELECT count(*) FROM answer").fetchone() == (2,)

        # Somebody who connected to it past us holds on: the look ends that.
        stray = timelines._alone(timelines.hosts()[0])
        [found] = databases.primaries()
        assert found.code == "primaries_behind"
        names = [timelines.name_of(words) for words in timelines.hosts()]
        assert found.facts == {"behind": names[0], "ahead": names[1]}
        assert names[0] in sentence(found) and names[1] in sentence(found)
        with pytest.raises(psycopg.OperationalError):
            stray.execute("INSERT INTO answer VALUES (9)")
        stray.close()

        # The one ahead is away for a while: what was seen of it is remembered, by a process that is new, too.
        embedded.stop(copy)
        pooled.close_pool()
        monkeypatch.setattr(connecting, "_looked_at", -timelines.FRESH)
        with pytest.raises(OperationalError):
            save(application(pooled=False), 3)
        embedded.start(copy)
        save(alone, 4)
        assert (kept(first), kept(copy)) == ([], [1, 2, 4])
    finally:
        for wrapper in (pooled, alone):
            wrapper.close()
            wrapper.close_pool()


def test_one_primary_and_its_copy_are_as_they_should_be(pair: tuple[Path, Path]) -> None:
    first, copy = pair
    assert list(databases.primaries()) == []
    save(application(pooled=False), 1)
    # Both names lead to one server: nothing is wrong with that.
    one = timelines.hosts()[1]
    states = timelines.look([one, one | {"port": "05432"}])
    assert len(states) == 2 and len({state.started for state in states.values()}) == 1
    # Made anew as a copy, the first follows.
    embedded.stop(first)
    shutil.rmtree(locate(first).data)
    replica.create(first, copy)
    assert list(databases.primaries()) == []
    save(application(pooled=False), 2)
    assert kept(copy) == [1, 2]
