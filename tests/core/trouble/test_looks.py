"""Each look by itself: what it finds, and that it finds nothing when all is well again."""

import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.files.storage import storages
from django.utils import timezone
from django_q.models import Task

from core.env import node
from core.trouble import jobs, machine, places
from core.trouble.found import Found

ROOT = Path(__file__).resolve().parents[3]

GB = places.GIBIBYTE


class Usage(NamedTuple):
    """What a disk says."""

    total: int
    used: int
    free: int


class Planted:
    """Three clocks that a test sets."""

    def __init__(self) -> None:
        self.wall, self.awake, self.running = 1_800_000_000.0, 500.0, 900.0
        self.watch = machine.ClockWatch(
            machine.Clocks(lambda: self.wall, lambda: self.awake, lambda: self.running)
        )

    def pass_(self, seconds: float, *, asleep: float = 0.0, set_by: float = 0.0) -> list[Found]:
        self.wall += seconds + asleep + set_by
        self.awake += seconds
        self.running += seconds + asleep
        return list(self.watch.look())


@pytest.mark.parametrize("seconds", [3600, 86_400])
def test_a_clock_set_forth_is_said_until_it_is_set_back(seconds: int) -> None:
    clocks = Planted()
    assert clocks.pass_(10) == []
    assert clocks.pass_(10, set_by=seconds) == [Found("clock_forward", {"seconds": seconds})]
    assert clocks.pass_(10) == [Found("clock_forward", {"seconds": seconds})]
    assert clocks.pass_(10, set_by=-seconds) == []


@pytest.mark.parametrize("seconds", [3600, 86_400])
def test_a_clock_set_back_is_said_for_a_day_and_then_taken_for_right(seconds: int) -> None:
    clocks = Planted()
    assert clocks.pass_(10, set_by=-seconds) == [Found("clock_back", {"seconds": seconds})]
    assert clocks.pass_(23 * 3600) == [Found("clock_back", {"seconds": seconds})]
    assert clocks.pass_(2 * 3600) == []


def test_a_night_asleep_is_no_clock_that_was_set() -> None:
    clocks = Planted()
    assert clocks.pass_(10, asleep=8 * 3600) == [Found("slept", {"seconds": 8 * 3600}, machine.SAID_FOR)]
    assert clocks.pass_(10) == []


def test_slewing_and_a_busy_machine_are_nothing() -> None:
    clocks = Planted()
    assert [clocks.pass_(10, set_by=0.4) for _turn in range(5)] == [[]] * 5
    assert clocks.pass_(600) == []


@pytest.mark.django_db
def test_the_databases_clock_is_compared_with_ours() -> None:
    assert list(machine.against_the_database()) == []
    here = timezone.now().timestamp
    assert [one.code for one in machine.against_the_database(lambda: here() + 3600)] == ["clocks_apart"]
    assert [one.code for one in machine.against_the_database(lambda: here() - 3600)] == ["clocks_apart"]


@pytest.mark.parametrize(
    ("total", "free", "codes"),
    [
        (100 * GB, 50 * GB, []),
        (100 * GB, 6 * GB, []),
        (100 * GB, 4 * GB, ["disk_low"]),
        (100 * GB, GB // 2, ["disk_full"]),
        # On a small disk shares count.
        (10 * GB, 2 * GB, []),
        (10 * GB, GB * 9 // 10, ["disk_low"]),
        (10 * GB, GB * 4 // 10, ["disk_full"]),
        (100 * GB, 0, ["disk_full"]),
    ],
)
def test_how_full_a_disk_may_be(
    monkeypatch: pytest.MonkeyPatch, total: int, free: int, codes: list[str]
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(total, total - free, free))
    assert [one.code for one in places.disks()] == codes


# A file system of 1 MB in a namespace of its own: filled, it is told; emptied, it is well again.
SMALL_DISK = """
import os, subprocess, sys
from pathlib import Path
where = Path(sys.argv[1]); where.mkdir()
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(where)], check=True)
os.environ["HRSUITE_HOME"] = str(where / "home"); (where / "home").mkdir()
os.environ["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
os.environ["HRSUITE_SECRET_KEY"] = "x" * 50
os.environ["DJANGO_SETTINGS_MODULE"] = "hrsuite.settings"
import django; django.setup()
from core.trouble import places
def codes(): return sorted({one.code for look in (places.disks, places.storages_written) for one in look()})
print(codes())
(where / "full").write_bytes(b"x" * 970_000)
print(codes())
try:
    with open(where / "fuller", "wb", buffering=0) as file:
        while True: file.write(b"x" * 4096)
except OSError: pass
print(codes())
(where / "full").unlink(); (where / "fuller").unlink()
print(codes())
"""


def _may_mount() -> bool:
    found = shutil.which("unshare")
    return (
        found is not None
        and subprocess.run([found, "-rm", "true"], check=False, capture_output=True).returncode == 0
    )


@pytest.mark.slow
@pytest.mark.skipif(not _may_mount(), reason="no namespaces for a small disk of one's own on this machine")
def test_a_real_disk_that_runs_full_is_told_and_is_well_again_when_emptied(tmp_path: Path) -> None:
    done = subprocess.run(
        ["unshare", "-rm", sys.executable, "-c", SMALL_DISK, str(tmp_path / "disk")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    well, low, full, again = done.stdout.splitlines()
    assert (well, again) == ("[]", "[]")
    assert low == "['disk_low']"
    assert full == "['disk_full', 'storage_default', 'storage_recordings']"


@pytest.fixture
def places_of_files(settings: Any, tmp_path: Path) -> Path:
    """Files of ordinary uploads in a folder of the test's own."""
    own = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "files"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": own}
    return tmp_path / "files"


def test_a_storage_takes_a_file_gives_it_back_and_keeps_nothing_of_it(places_of_files: Path) -> None:
    assert list(places.storages_written()) == []
    assert list(places_of_files.iterdir()) == []
    # What a killed look left lying is no trouble.
    (places_of_files / f".probe-{node()}-0123abcd").write_bytes(b"old")
    assert list(places.storages_written()) == []
    assert list(places_of_files.iterdir()) == []


def test_a_storage_that_takes_nothing_is_told_by_its_errors_name_alone(places_of_files: Path) -> None:
    places_of_files.write_text("a file where the folder should be")
    [found] = places.storages_written()
    assert (found.code, found.facts) == ("storage_default", {"error": "FileExistsError"})
    places_of_files.unlink()
    assert list(places.storages_written()) == []


def test_a_store_that_is_gone_is_told_without_its_address(settings: Any) -> None:
    from hrsuite.storages import _bucket

    settings.STORAGES = {
        **settings.STORAGES,
        "recordings": _bucket("HRSUITE_S3_URL", "http://key:very-secret@127.0.0.1:9/bucket"),
    }
    found = {one.code: one.facts for one in places.storages_written()}
    assert set(found) == {"storage_recordings"}
    assert "very-secret" not in str(found) and "127.0.0.1" not in str(found)


def test_backups_are_looked_at_where_they_are_on(settings: Any) -> None:
    settings.BACKUPS_ARE_ON = True
    assert "backups" in places._kept() and "staticfiles" not in places._kept()
    settings.BACKUPS_ARE_ON = False
    assert "backups" not in places._kept()
    assert storages["default"] is not None


def test_memory_that_is_short_and_processes_that_were_ended(tmp_path: Path) -> None:
    def say(left: int, killed: int) -> None:
        (tmp_path / "meminfo").write_text(f"MemTotal: 1000000 kB\nMemAvailable: {left} kB\n")
        (tmp_path / "vmstat").write_text(f"nr_free_pages 1\noom_kill {killed}\n")

    say(500_000, 3)
    watch = machine.MemoryWatch(tmp_path, tmp_path / "no-container")
    assert list(watch.look()) == []
    say(30_000, 3)
    assert [one.code for one in watch.look()] == ["memory_low"]
    say(500_000, 5)
    assert list(watch.look()) == [Found("memory_killed", {"count": 2}, machine.SAID_FOR)]
    assert list(watch.look()) == []
    # In a container its own count is the one that matters.
    (tmp_path / "events").write_text("oom 9\noom_kill 1\n")
    assert machine.MemoryWatch(tmp_path, tmp_path / "events").killed == 1
    assert machine.MemoryWatch(tmp_path / "elsewhere", tmp_path / "none").killed == 0


# Memory that a job may have, and no more: what runs over it fails, and the queue keeps why.
OVER_ITS_MEMORY = """
import resource, traceback
resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))
try:
    bytearray(1 << 30)
except Exception as error:
    print(f"{error} : {traceback.format_exc()}")
"""


@pytest.mark.django_db
def test_a_job_that_ran_out_of_memory_is_told_until_it_is_cleared_away_or_a_day_has_passed() -> None:
    said = subprocess.run([sys.executable, "-c", OVER_ITS_MEMORY], capture_output=True, text=True, check=True)
    now = timezone.now()
    failed = {"func": "recruitment.tasks.score", "started": now, "success": False}
    Task.objects.create(id="1", name="one", result=said.stdout, stopped=now, **failed)
    Task.objects.create(id="2", name="two", result="ValueError", stopped=now, **failed)
    assert list(jobs.out_of_memory()) == [Found("job_memory", {"jobs": "recruitment.tasks.score"})]
    Task.objects.filter(id="1").update(stopped=now - timedelta(hours=25))
    assert list(jobs.out_of_memory()) == []
