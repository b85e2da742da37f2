"""What script/trouble does to an installation, each alone: clocks are moved, memory is refused, looks are judged."""

import os
import select
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from core.env import BASE
from tools.trouble import clocks, hungry, limits
from tools.trouble.installation import below
from tools.trouble.story import Story
from tools.trouble.watching import Look

_CLOCKS = """
import datetime, time
names = ("CLOCK_REALTIME", "CLOCK_MONOTONIC", "CLOCK_BOOTTIME")
for line in iter(input, ""):
    clocks = [time.clock_gettime(getattr(time, name)) for name in names]
    print(time.time(), *clocks, datetime.datetime.now().timestamp(), flush=True)
"""


@pytest.mark.skipif(shutil.which("cc") is None, reason="a C compiler makes the clocks")
def test_the_wall_moves_alone_and_in_sleep_with_the_clock_that_goes_on(tmp_path: Path) -> None:
    """In a process that runs meanwhile: nothing is started anew."""
    moved, library = tmp_path / "moved", tmp_path / "clocks.so"
    moved.write_bytes(bytes(16))
    clocks.compile_for(moved, library)
    env = {**os.environ, "LD_PRELOAD": str(library)}
    with subprocess.Popen(
        [sys.executable, "-c", _CLOCKS], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout

        def read() -> list[float]:
            assert process.stdin and process.stdout
            print("again", file=process.stdin, flush=True)
            return [float(each) for each in process.stdout.readline().split()]

        before = read()
        for wall, running in ((3600, 0), (-86_400, 0), (28_800, 28_800), (0, 0)):
            with moved.open("r+b") as file:
                file.write(struct.pack("=qq", wall * clocks.SECOND, running * clocks.SECOND))
            by = [round(now - then) for now, then in zip(read(), before, strict=True)]
            expected = [wall, wall, 0, running, wall]
            assert all(abs(found - each) <= 5 for found, each in zip(by, expected, strict=True)), (
                by,
                expected,
            )
        process.stdin.close()


_WAITS = """
import multiprocessing, sys, time
from core.jobs.steady import Steady
event = multiprocessing.Event()
event = Steady(event) if sys.argv[1] == "steady" else event
while not event.wait(1.0):
    print("looked", flush=True)
"""


@pytest.mark.skipif(shutil.which("cc") is None, reason="a C compiler makes the clocks")
@pytest.mark.parametrize(("how", "goes_on"), [("steady", True), ("plain", False)])
def test_the_guard_of_jobs_goes_on_when_the_clock_is_set_back(
    tmp_path: Path, how: str, goes_on: bool
) -> None:
    """And the library's own wait would not: what is set here is set as the kernel sets it."""
    moved, library = tmp_path / "moved", tmp_path / "clocks.so"
    moved.write_bytes(bytes(16))
    clocks.compile_for(moved, library)
    env = {
        **os.environ,
        "LD_PRELOAD": str(library),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(BASE),
    }
    words = [sys.executable, "-c", f"import django\ndjango.setup()\n{_WAITS}", how]
    with subprocess.Popen(words, env=env, cwd=BASE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout and process.stdout.readline() == "looked\n"
            with moved.open("r+b") as file:
                file.write(struct.pack("=qq", -3600 * clocks.SECOND, 0))
            seen = select.select([process.stdout], [], [], 3.0)[0]
            assert bool(seen) is goes_on
        finally:
            process.kill()


def test_who_asks_for_more_memory_than_there_is_gets_an_error() -> None:
    assert hungry.eat(32) == 2
    asked = "import sys; sys.stdin.readline(); from tools.trouble import hungry; hungry.eat(600)"
    process = subprocess.Popen(
        [sys.executable, "-c", asked],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(hungry.__file__).parents[2],
    )
    with limits.refused(below(process.pid), 150):
        error = process.communicate(b"now\n", timeout=60)[1]
    assert process.returncode == 1 and b"MemoryError" in error


def test_well_is_what_is_served_does_jobs_and_is_told_no_more() -> None:
    served = {"health": 200, "ready": 200, "home": 200}
    looks = {
        "well": Look(2.0, **served),
        "before": Look(0.5, **served),
        "nobody answers": Look(2.0, 0, 0, 0),
        "not ready": Look(2.0, 200, 503, 200),
        "told yet": Look(2.0, **served, codes=frozenset({"disk_full"})),
        "on the page yet": Look(2.0, **served, sentences=("The disk is full but for 1 MB.",)),
        "no jobs": Look(2.0, **served, jobs=200.0),
        "jobs of a day to come": Look(2.0, **served, jobs=-86_000.0),
    }
    assert {
        name for name, look in looks.items() if Story._is_well(look, 1.0, "disk_full", "is full but for")
    } == {"well"}
