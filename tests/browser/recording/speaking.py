"""What a candidate who speaks does in the browser, and what is then found in storage."""

import hashlib
import io
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

from recruitment import tasks
from recruitment.models import (
    Answer,
    Chunk,
    Interview,
    InterviewExit,
    Recording,
)
from recruitment.recordings import remux, storage
from recruitment.services import leases
from tests.browser.phones import PHONE, Phone

CAMERA = "--use-fake-device-for-media-stream"
MAY_RECORD = {**PHONE, "permissions": ["camera", "microphone"]}
NOTICED_WITHIN = 40.0
HEAVIEST_PAGE = 60 * 1024


def into_the_room(candidate: Phone, *, medium: str = "video") -> Phone:
    candidate.open()
    candidate.agree(recording=True)
    candidate.check_device(medium=medium)
    candidate.begin()
    return candidate


def stored(answer: Answer) -> list[list[str]]:
    """By segment that is part of the answer, the hashes of the bytes as they lie in storage."""
    segments = []
    for segment in answer.segments.filter(standing="taken").order_by("number"):
        chunks = list(Chunk.objects.filter(segment=segment, set_aside=False).order_by("seq"))
        assert [chunk.seq for chunk in chunks] == list(range(len(chunks)))
        hashes = []
        for chunk in chunks:
            with storage.recordings().open(chunk.stored_name) as file:
                hashes.append(hashlib.sha256(file.read()).hexdigest())
        assert hashes == [chunk.sha256 for chunk in chunks]
        segments.append(hashes)
    return segments


def plays(answer: Answer, *, at_least: float) -> None:
    """Make the answer playable as the job does, and see that every segment of it plays."""
    tasks.assemble_answer(answer.pk)
    recordings = Recording.objects.filter(segment__answer=answer, segment__standing="taken")
    assert {(each.state, each.note) for each in recordings} == {("playable", "")}
    assert sum(each.seconds or 0 for each in recordings) >= at_least
    for each in recordings:
        for seconds in lasts(b"".join(storage.read_range(each.stored_name, 0, each.bytes or 0))):
            assert seconds == pytest.approx(each.seconds, abs=0.2)


def lasts(content: bytes) -> list[float]:
    """How long a file plays, as PyAV and, where it is installed, ffprobe read it."""
    with av.open(io.BytesIO(content)) as opened:
        found = [(opened.duration or 0) / av.time_base]
    if remux.has_ffmpeg():
        command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", "-"]
        done = subprocess.run(command, input=content, capture_output=True, check=True)
        found.append(float(done.stdout))
    return found


def finished(interview: Interview) -> Answer:
    """The only finished answer."""
    return Answer.objects.get(interview=interview, finished_at__isnull=False)


def state_of(interview: Interview) -> str:
    return Interview.objects.values_list("state", flat=True).get(pk=interview.pk)


def takes_of(candidate: Phone) -> list[str]:
    """Which buttons there are for the recording."""
    return [
        str(each.get_attribute("data-take")) for each in candidate.page.locator("[data-take]:visible").all()
    ]


def wait_until(page: Any, what: Callable[[], object], *, seconds: float = 20) -> None:
    """Wait until it is so; the browser's events go on meanwhile."""
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, "it did not come about"
        page.wait_for_timeout(100)


def pids_of(folder: Path, *, renderers: bool) -> list[int]:
    """The browser's own process, or its renderers, by the folder that it was started with."""
    found, kind = [], "--type=renderer"
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if f"--user-data-dir={folder}" in line and (kind in line if renderers else "--type=" not in line):
            found.append(int(entry.name))
    return found


def freeze(candidate: Phone, folder: Path, interview: Interview) -> None:
    """Stop the page's process until the exit is noticed, let it go on, and wait until it is back by itself."""
    frozen = pids_of(folder, renderers=True)
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    while not leases.interrupt_lapsed():
        assert time.monotonic() - began < NOTICED_WITHIN
        time.sleep(0.5)
    assert InterviewExit.objects.get().cause == "network"
    for pid in frozen:
        os.kill(pid, signal.SIGCONT)
    wait_until(candidate.page, lambda: state_of(interview) == "in_progress", seconds=30)
