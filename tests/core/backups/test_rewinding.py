"""A planted mistake is undone to the second before it; what is damaged or missing is refused and nothing changes."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as suite
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.backups import keys, making, restoring, rewinding, shelf, wal
from core.errors import DomainError
from core.process import embedded, roles
from core.process.places import locate

FINISHED = "SELECT pg_switch_wal()"


class Cluster:
    """An embedded server of a home of its own, whose WAL is kept."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def sql(self, *statements: str) -> Any:
        with roles.connect(locate(self.home), "hrsuite") as owner:
            for statement in statements:
                found = owner.execute(statement)
            return found.fetchall() if found.description else None

    def notes(self) -> list[str]:
        return [text for (text,) in self.sql("SELECT text FROM note ORDER BY text")]

    def write(self, text: str) -> datetime:
        """A committed row; a moment after it, and well before the next."""
        self.sql(f"INSERT INTO note VALUES ('{text}')")
        time.sleep(0.05)
        at: datetime = self.sql("SELECT clock_timestamp()")[0][0]
        time.sleep(0.05)
        return at

    def finish_piece(self) -> None:
        """What was written so far is laid aside, and taken away sealed."""
        self.sql(FINISHED)
        end, before = time.monotonic() + 20, wal.pieces(wal.system_number())
        while wal.pieces(wal.system_number()) == before and time.monotonic() < end:
            time.sleep(0.1)
            wal.ship()


@pytest.fixture
def cluster(
    shelf_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None
) -> Iterator[Cluster]:
    home = tmp_path / "company"
    monkeypatch.setenv("HRSUITE_HOME", str(home))
    monkeypatch.setenv("HRSUITE_BACKUP_WAL", "true")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    embedded.start(home)
    found = Cluster(home)
    found.sql("CREATE TABLE note (text text)")
    try:
        yield found
    finally:
        embedded.stop(home)


def refused(until: datetime) -> str:
    with pytest.raises(DomainError) as found:
        rewinding.rewind(until)
    assert str(found.value.message) != found.value.code
    return found.value.code


def flip(path: Path) -> bytes:
    """One byte in the middle; what it was before."""
    whole = path.read_bytes()
    path.write_bytes(
        whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :]
    )
    return whole


@pytest.mark.slow
def test_to_the_second_before_a_mistake_and_not_over_what_is_broken(
    cluster: Cluster, shelf_folder: Path, capsys: Any
) -> None:
    cluster.write("before the copy")
    assert refused(timezone.now()) == "no_base"
    embedded.start(cluster.home)
    base = wal.base(keys.make_or_read())
    cluster.write("after the copy")
    cluster.finish_piece()
    before_the_mistake = cluster.write("in the last piece, which never left this machine")
    cluster.sql("DELETE FROM note WHERE text LIKE 'after%'")
    cluster.write("after the mistake")

    everything = b"".join(path.read_bytes() for path in shelf_folder.rglob("*") if path.is_file())
    assert b"after the copy" not in everything, "sealed"
    pieces = sorted((shelf_folder / "wal").rglob("*.sealed"))
    for broken in (shelf_folder / base / "cluster.sealed", pieces[-1]):
        whole = flip(broken)
        assert refused(before_the_mistake) == "backup_damaged"
        broken.write_bytes(whole)
    assert refused(datetime(2026, 1, 1, tzinfo=UTC)) == "no_base"
    assert refused(timezone.now() + timedelta(hours=1)) == "until_later"
    embedded.start(cluster.home)
    assert "after the mistake" in cluster.notes(), "nothing was changed"

    call_command("restore", "--until", before_the_mistake.isoformat())
    said = capsys.readouterr().out
    assert not restoring.unfinished().exists()
    embedded.start(cluster.home)
    assert cluster.notes() == [
        "after the copy",
        "before the copy",
        "in the last piece, which never left this machine",
    ]
    (aside,) = locate(cluster.home).root.glob("data.before-*")
    assert str(aside) in said and (aside / "PG_VERSION").exists()
    cluster.write("life goes on")
    assert cluster.sql("SELECT timeline_id FROM pg_control_checkpoint()") == [(2,)]

    # The machine is lost: what never got to the place of backups is missing, and that is said.
    embedded.stop(cluster.home)
    for path in (aside, locate(cluster.home).spool):
        for each in path.rglob("*"):
            each.unlink() if each.is_file() or each.is_symlink() else None
    (locate(cluster.home).data / "pg_wal").rename(locate(cluster.home).data / "lost")
    assert refused(before_the_mistake) == "wal_missing"
    assert (locate(cluster.home).data / "lost").exists(), "the database stands as it stood"


@pytest.mark.slow
def test_a_night_keeps_a_copy_and_the_weeks_wal(cluster: Cluster, shelf_folder: Path) -> None:
    key = keys.make_or_read()
    first = wal.base(key)
    cluster.write("a")
    cluster.finish_piece()
    system = wal.system_number()
    shelf.shelf().save("wal/123/000000010000000000000001.sealed", ContentFile(b"of a cluster without a copy"))
    assert wal.pieces(system)
    said = shelf.manifest(first)
    for night in range(1, wal.BASES_KEPT + 1):
        later = f"base-2099010{night}T000000Z"
        shelf.shelf().save(
            f"{later}/manifest.json", ContentFile(keys.signed(said | {"start": "0" * 23 + "9"}, key))
        )
    wal._prune()
    assert len(wal.bases()) == wal.BASES_KEPT and first not in wal.bases()
    assert (wal.pieces(system), wal.pieces("123")) == ([], []), "older than the oldest copy, or of no copy"
    # Another cluster in the same home begins with names of its own, which are the same again.
    embedded.stop(cluster.home)
    spool = locate(cluster.home).spool
    (spool / "000000010000000000000002").write_bytes(b"of the one before")
    embedded.wipe(cluster.home)
    embedded.start(cluster.home)
    assert "000000010000000000000002" not in {path.name for path in spool.iterdir()}
    assert wal.system_number() != system


def test_a_moment_is_read_by_the_suites_clock_and_refused_in_words() -> None:
    assert rewinding.parsed("2026-11-28 14:30:00").isoformat() == "2026-11-28T14:30:00+08:00"
    assert rewinding.parsed("2026-11-28T06:30:00+00:00").isoformat() == "2026-11-28T06:30:00+00:00"
    with pytest.raises(CommandError, match="until_unreadable"):
        call_command("restore", "--until", "yesterday at noon")


def test_it_is_the_embedded_databases_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    assert refused(timezone.now() - timedelta(days=1)) == "not_embedded"


def test_files_that_are_missing_come_back_and_none_is_written_over(company: None) -> None:
    making.back_up()
    storages["default"].delete("letters/offer.pdf")
    storages["recordings"].delete("chunks/2026-11-24/a")
    storages["recordings"].save("chunks/2026-11-24/a", ContentFile(b"newer"))
    time.sleep(1.01)
    assert rewinding._missing_files(timezone.now(), keys.read()) == 1
    assert storages["default"].open("letters/offer.pdf").read() == b"18,000"
    assert storages["recordings"].open("chunks/2026-11-24/a").read() == b"newer"


def test_without_the_switch_nothing_is_taken_away() -> None:
    from core.backups import tasks

    assert suite.WAL_IS_KEPT is False
    assert tasks.ship_wal() is None
