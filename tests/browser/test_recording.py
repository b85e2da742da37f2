"""Speaking the answers, in a real browser with a camera of its own: the whole way, and everything that disturbs it.

After each disturbance the bytes in storage are compared with what the recorders gave: the page under test is not asked,
a witness beside it is.
"""

import gzip
import hashlib
import io
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, BrowserType, expect

from recruitment import tasks
from recruitment.models import (
    Answer,
    Chunk,
    Consent,
    Interview,
    InterviewExit,
    Lease,
    Opening,
    Question,
    Recording,
    RoomEntry,
    Segment,
)
from recruitment.recordings import policy, remux, storage
from recruitment.services import follow_ups, leases
from tests.browser.phones import PHONE, Phone, in_sight
from tests.factories import people

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CAMERA = "--use-fake-device-for-media-stream"
MAY_RECORD = {**PHONE, "permissions": ["camera", "microphone"]}
NOTICED_WITHIN = 40.0
HEAVIEST_PAGE = 60 * 1024


@pytest.fixture(scope="module")
def with_camera(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], CAMERA]}


@pytest.fixture(scope="module")
def studio(browser_type: BrowserType, with_camera: dict[str, Any]) -> Iterator[Browser]:
    """A browser with a camera and a microphone; each context decides whether a page may use them."""
    browser = browser_type.launch(**with_camera)
    yield browser
    browser.close()


@pytest.fixture
def phone_options() -> dict[str, Any]:
    return MAY_RECORD


@pytest.fixture
def speaker(phone: Callable[..., Phone]) -> Phone:
    """A candidate who agreed to be recorded and whose device was checked, at the first question."""
    return into_the_room(phone())


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


# ---- the whole way ---------------------------------------------------------------------------------------------------


def test_by_video_in_writing_and_with_practice_and_preparation(
    interview: Interview, phone: Callable[..., Phone]
) -> None:
    Question.objects.filter(stage__plan=interview.plan, stage__number=1, number=2).update(
        prepare_seconds=5, answer_seconds=15
    )
    candidate = phone()
    page = candidate.page
    candidate.open()
    page.click("[data-view=consent] [type=submit]")
    expect(page.locator("[data-choose=recording]")).to_be_visible()
    candidate.agree(recording=True)
    assert candidate.check_device(medium="video") == ["video", "audio", "text"]
    page.click("[data-deed=practice]")
    page.click("[data-deed=practice-start]")
    page.wait_for_timeout(1500)
    page.click("[data-deed=practice-stop]")
    expect(page.locator("[data-replay]")).to_be_visible()
    wait_until(page, lambda: page.evaluate("document.querySelector('[data-replay]').readyState") >= 1)
    assert not Segment.objects.exists()
    before = len(candidate.takes)
    page.click("[data-view=practice] [data-deed=begin]")
    candidate.view("question")
    assert set(Consent.objects.filter(given=True).values_list("kind", flat=True)) == {
        "recording",
        "ai_evaluation",
    }

    candidate.record(5)
    candidate.hand_in()
    candidate.at_question(2)
    answer = finished(interview)
    assert stored(answer) == candidate.takes[before:]
    plays(answer, at_least=4)
    assert {each.medium for each in answer.segments.all()} == {"video"}

    # The time to prepare runs out, the recording begins by itself; then the candidate rather writes.
    candidate.phase("recording", seconds=12)
    page.click("[data-deed=stop]")
    page.click("[data-deed=write]")
    candidate.write("还是写下来吧")
    page.click("[data-deed=submit]")
    candidate.view("saved")
    written = Answer.objects.latest("pk")
    assert (written.text, written.media, stored(written)) == ("还是写下来吧", "", [])
    page.click("[data-deed=next]")
    candidate.phase("ready")
    assert candidate.troubles == []


def test_by_voice_with_a_retake_and_something_to_add(
    interview: Interview, phone: Callable[..., Phone]
) -> None:
    candidate = into_the_room(phone(), medium="audio")
    page = candidate.page
    before = len(candidate.takes)
    candidate.record(2)
    page.click("[data-deed=stop]")
    candidate.phase("recorded")
    page.click("[data-deed=retake]")
    candidate.record(2)
    page.click("[data-deed=stop]")
    candidate.phase("recorded")
    page.click("[data-deed=more]")
    candidate.phase("recording")
    page.wait_for_timeout(1500)
    candidate.hand_in()
    candidate.at_question(2)
    answer = finished(interview)
    assert stored(answer) == candidate.takes[before + 1 :]
    assert len(stored(answer)) == 2
    assert {each.medium for each in answer.segments.all()} == {"audio"}
    plays(answer, at_least=2)
    entry = RoomEntry.objects.get()
    assert entry.device["medium"] == "audio"


# ---- the line --------------------------------------------------------------------------------------------------------


def test_twenty_seconds_without_a_network_in_the_middle(interview: Interview, speaker: Phone) -> None:
    """The queue grows, the picture becomes smaller, and nothing is lost."""
    before = len(speaker.takes)
    speaker.record(5)
    speaker.context.set_offline(True)
    speaker.page.wait_for_timeout(20_000)
    assert speaker.waiting() >= 4
    expect(speaker.page.locator("[data-slot=upload]")).to_contain_text(re.compile(r"\d\d"))
    wait_until(speaker.page, lambda: len(speaker.takes) == before + 2)
    assert (
        speaker.page.evaluate(
            "window.streams[window.streams.length - 1].getVideoTracks()[0].getSettings().height"
        )
        == 360
    )
    speaker.phase("recording")
    speaker.page.wait_for_timeout(1500)
    speaker.page.click("[data-deed=stop]")
    speaker.phase("recorded")
    speaker.page.click("[data-deed=submit]")
    speaker.phase("sending")
    speaker.context.set_offline(False)
    speaker.at_question(2)
    answer = finished(interview)
    assert stored(answer) == speaker.takes[before:]
    plays(answer, at_least=24)


def test_on_a_line_of_400_kilobits(interview: Interview, phone: Callable[..., Phone]) -> None:
    candidate = phone()
    network = candidate.context.new_cdp_session(candidate.page)
    network.send("Network.enable")
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 120, "downloadThroughput": 125_000, "uploadThroughput": 50_000},
    )
    began = time.monotonic()
    into_the_room(candidate)
    before = len(candidate.takes)
    candidate.record(9)
    candidate.hand_in()
    handed_in = time.monotonic()
    candidate.at_question(2)
    answer = finished(interview)
    assert stored(answer) == candidate.takes[before:]
    plays(answer, at_least=8)
    assert time.monotonic() - handed_in < 20
    assert time.monotonic() - began < 90


# ---- the page and the browser ----------------------------------------------------------------------------------------


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


def test_killed_pages_killed_browsers_and_frozen_ones(
    interview: Interview, link: str, browser_type: BrowserType, with_camera: dict[str, Any], tmp_path: Path
) -> None:
    """One answer, three disasters: every piece that was recorded arrives, and each is noticed."""
    options = {**with_camera, **MAY_RECORD, "user_data_dir": str(tmp_path)}
    candidate = into_the_room(Phone(browser_type.launch_persistent_context(**options), link))
    before = len(candidate.takes)

    # The page dies while nothing gets through: what was recorded lies on the phone.
    candidate.context.route("**/chunks/**", lambda route: route.abort())
    candidate.record(1)
    wait_until(candidate.page, lambda: candidate.waiting() >= 1)
    with candidate.page.expect_event("crash"):
        for pid in pids_of(tmp_path, renderers=True):
            os.kill(pid, signal.SIGKILL)
    assert not Chunk.objects.exists()
    candidate.page = candidate.watch(candidate.context.new_page())
    candidate.page.goto(link.split("/i/", maxsplit=1)[0] + "/room/")
    candidate.view("takeover")
    candidate.page.click("[data-view=takeover] [data-deed=enter]")
    candidate.phase("recorded")
    candidate.page.click("[data-deed=more]")
    candidate.phase("recording")
    wait_until(candidate.page, lambda: candidate.waiting() >= 2)

    # The whole browser is killed: after a restart both segments are sent, each under the epoch that opened it.
    takes = candidate.takes[before:]
    [browser_pid] = pids_of(tmp_path, renderers=False)
    os.kill(browser_pid, signal.SIGKILL)
    while pids_of(tmp_path, renderers=False):
        time.sleep(0.05)
    (tmp_path / "SingletonLock").unlink(missing_ok=True)
    assert not Chunk.objects.exists()
    again = Phone(browser_type.launch_persistent_context(**options), link)
    again.open()  # by the link: a browser that is killed may have lost the cookie
    wait_until(again.page, lambda: Segment.objects.count() == 2)
    again.view("takeover")
    again.page.click("[data-view=takeover] [data-deed=enter]")
    again.phase("recorded")
    assert list(Segment.objects.order_by("number").values_list("number", "epoch")) == [(0, 1), (1, 2)]

    # Frozen: its network process still lives, and says nothing of its own.
    again.page.click("[data-deed=more]")
    again.phase("recording")
    again.page.wait_for_timeout(2500)
    freeze(again, tmp_path, interview)
    again.page.wait_for_timeout(1000)
    again.hand_in()
    again.at_question(2)

    answer = finished(interview)
    first, second, third = stored(answer)
    # A page that is killed takes with it what its recorder had not given yet; nothing else.
    assert takes == [first, second]
    assert again.takes[-1:] == [third]
    plays(answer, at_least=10)
    again.context.close()


def test_the_app_is_switched_and_the_microphone_and_camera_are_taken_away(
    interview: Interview, speaker: Phone
) -> None:
    before = len(speaker.takes)
    speaker.record(2)
    speaker.hidden(True)
    speaker.phase("lost")
    wait_until(speaker.page, lambda: not Lease.objects.get().visible)
    assert speaker.page.evaluate(
        "window.streams[window.streams.length - 1].getTracks().every((t) => t.readyState === 'ended')"
    )
    speaker.hidden(False)
    speaker.phase("recording")
    speaker.page.wait_for_timeout(1500)
    speaker.take_away("audio")
    wait_until(speaker.page, lambda: len(speaker.takes) >= before + 2)
    speaker.phase("recording")
    speaker.page.wait_for_timeout(1500)
    speaker.take_away("video")
    wait_until(speaker.page, lambda: len(speaker.takes) >= before + 3)
    speaker.phase("recording")
    speaker.page.wait_for_timeout(1500)
    speaker.take_away("audio, video")
    wait_until(speaker.page, lambda: len(speaker.takes) >= before + 4)
    speaker.phase("recording")
    speaker.page.wait_for_timeout(1500)
    speaker.hand_in()
    speaker.at_question(2)
    answer = finished(interview)
    assert stored(answer) == speaker.takes[before:]
    assert len(stored(answer)) == 5
    plays(answer, at_least=5)
    assert state_of(interview) == "in_progress"
    assert speaker.troubles == []


def test_the_back_button_while_recording_and_coming_back(interview: Interview, speaker: Phone) -> None:
    page = speaker.page
    before = len(speaker.takes)
    speaker.record(2)
    page.tap("[data-view=question] h1")
    page.go_back()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.click("[data-do=stay]")
    speaker.phase("recording")
    speaker.context.route("**/chunks/**", lambda route: route.abort())
    page.wait_for_timeout(4500)
    page.tap("[data-view=question] h1")
    page.go_back()
    expect(page.locator("[data-step=choose] [data-slot=exit-unsent]")).to_contain_text(re.compile(r"\d"))
    speaker.context.unroute("**/chunks/**")
    page.click("[data-do=ask-leave]")
    # Giving up does not get through: nothing has ended, and the recording goes on.
    page.route("**/room/api/exit", lambda route: route.abort())
    page.check("input[name=choice][value=give_up]")
    page.click("[data-form=leave] [type=submit]")
    page.click("[data-step=sure] [data-do=sure]")
    expect(page.locator("[data-step=sure] [role=alert]")).to_be_visible(timeout=30_000)
    speaker.phase("recording")
    page.unroute("**/room/api/exit")
    page.click("[data-step=sure] [data-do=ask-leave]")
    page.check("input[name=choice][value=leave]")
    page.click("[data-form=leave] [type=submit]")
    speaker.view("return")
    exit_ = InterviewExit.objects.get()
    assert (state_of(interview), exit_.is_announced) == ("interrupted", True)
    assert page.evaluate("window.streams.every((s) => s.getTracks().every((t) => t.readyState === 'ended'))")
    page.click("[data-view=return] [data-deed=enter]")
    speaker.phase("recorded")
    page.click("[data-deed=submit]")
    speaker.at_question(2)
    answer = finished(interview)
    assert stored(answer) == speaker.takes[before:]
    plays(answer, at_least=5)


def test_a_phone_that_slept_without_a_word_goes_on_with_a_fresh_microphone(
    interview: Interview, speaker: Phone
) -> None:
    before = len(speaker.takes)
    speaker.record(2)
    speaker.wake()
    speaker.page.wait_for_timeout(1500)
    # An event that wakes nobody starts nothing anew.
    assert len(speaker.takes) <= before + 1
    speaker.page.evaluate("{ const now = Date.now.bind(Date); Date.now = () => now() + 10000; }")
    speaker.page.wait_for_timeout(600)
    speaker.wake()
    wait_until(speaker.page, lambda: speaker.page.evaluate("window.streams.length") >= 3)
    speaker.phase("recording")
    speaker.page.wait_for_timeout(1500)
    speaker.hand_in()
    speaker.at_question(2)
    answer = finished(interview)
    assert stored(answer) == speaker.takes[before:]
    assert len(stored(answer)) == 2
    plays(answer, at_least=4)


def test_begun_on_one_phone_and_finished_on_another(
    interview: Interview, phone: Callable[..., Phone]
) -> None:
    first = into_the_room(phone())
    before = len(first.takes)
    first.record(5)
    second = phone()
    second.open()
    second.view("takeover")
    second.page.click("[data-view=takeover] [data-deed=enter]")
    second.check_device(medium="audio")
    second.begin()
    second.phase("recorded")
    first.wake()
    first.view("takeover")
    # What the first one had said when it was stopped still comes.
    wait_until(first.page, lambda: Chunk.objects.count() == len(first.takes[before]))
    took = len(second.takes)
    second.page.click("[data-deed=more]")
    second.phase("recording")
    second.page.wait_for_timeout(2000)
    second.hand_in()
    second.at_question(2)
    answer = finished(interview)
    assert stored(answer) == first.takes[before:] + second.takes[took:]
    assert list(answer.segments.order_by("number").values_list("epoch", flat=True)) == [1, 2]
    plays(answer, at_least=6)


# ---- the device ------------------------------------------------------------------------------------------------------


def test_the_ladder_without_permission_for_the_camera(
    interview: Interview, phone: Callable[..., Phone]
) -> None:
    candidate = phone(permissions=["microphone"])
    candidate.open()
    candidate.agree(recording=True)
    assert candidate.check_device(medium="audio") == ["audio", "text"]
    expect(candidate.page.locator("[data-check=camera][data-state=bad]")).to_be_visible()
    candidate.begin()
    before = len(candidate.takes)
    candidate.record(2)
    candidate.hand_in()
    candidate.at_question(2)
    answer = finished(interview)
    assert stored(answer) == candidate.takes[before:]
    assert RoomEntry.objects.get().device["camera"] == "NotAllowedError"
    plays(answer, at_least=1)


def test_the_ladder_without_any_device(
    browser: Browser, interview: Interview, phone: Callable[..., Phone]
) -> None:
    candidate = phone(
        browser, user_agent="Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile MicroMessenger/8.0 wxwork/4.1"
    )
    candidate.open()
    candidate.agree(recording=True)
    assert candidate.check_device(medium="file") == ["file", "text"]
    expect(candidate.page.locator("[data-slot=check-hint]")).to_be_visible()
    candidate.begin()
    # The camera app is the one way to record: a button of the page's own would take its place.
    assert takes_of(candidate) == ["file"]
    film = os.urandom(2_500_000)
    candidate.page.set_input_files(
        "input[type=file]", {"name": "film.mp4", "mimeType": "video/mp4", "buffer": film}
    )
    candidate.phase("recorded")
    assert takes_of(candidate) == ["replay", "file"]
    candidate.page.click("[data-deed=submit]")
    candidate.at_question(2)
    pieces = [film[start : start + 1024 * 1024] for start in range(0, len(film), 1024 * 1024)]
    assert stored(finished(interview)) == [[hashlib.sha256(piece).hexdigest() for piece in pieces]]
    candidate.page.click("[data-deed=write]")
    candidate.write("写字也一样")
    assert RoomEntry.objects.get().device == {
        **RoomEntry.objects.get().device, "medium": "file", "camera": "NotFoundError", "microphone": "NotFoundError",
    }  # fmt: skip


def test_another_file_takes_the_place_of_the_first_and_one_that_does_not_fit_does_not(
    browser: Browser, interview: Interview, phone: Callable[..., Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "INTERVIEW_BYTES", 4_000_000)
    candidate = into_the_room(phone(browser), medium="file")
    page = candidate.page

    def choose(size: int) -> bytes:
        film = os.urandom(size)
        page.set_input_files(
            "input[type=file]", {"name": "film.mp4", "mimeType": "video/mp4", "buffer": film}
        )
        return film

    choose(2_500_000)
    wait_until(page, lambda: Chunk.objects.count() == 3)
    choose(7_000_000)
    expect(page.locator("[data-view=question] [role=alert]")).to_contain_text("MB")
    assert not Segment.objects.exclude(standing="taken").exists(), "the first one stays"
    film = choose(3_000_000)
    candidate.phase("recorded")
    page.click("[data-deed=submit]")
    candidate.at_question(2)
    pieces = [film[start : start + 1024 * 1024] for start in range(0, len(film), 1024 * 1024)]
    assert stored(finished(interview)) == [[hashlib.sha256(piece).hexdigest() for piece in pieces]]
    assert list(Segment.objects.order_by("number").values_list("standing", flat=True)) == [
        "discarded", "taken",
    ]  # fmt: skip


def test_a_policy_of_text_alone_asks_nothing_about_recording(
    interview: Interview, phone: Callable[..., Phone]
) -> None:
    Opening.objects.update(richest_medium="text")
    candidate = phone()
    candidate.open()
    candidate.view("consent")
    assert candidate.page.locator("input[name=recording]").count() == 0
    candidate.page.check("input[name=ai_evaluation][value=no]")
    candidate.page.click("[data-view=consent] [type=submit]")
    candidate.view("question")
    expect(candidate.page.locator("#answer")).to_be_visible()
    assert candidate.takes == []


def test_the_own_recording_is_played_back_before_it_is_handed_in(
    interview: Interview, phone: Callable[..., Phone]
) -> None:
    candidate = into_the_room(phone())
    page = candidate.page
    player = page.locator("[data-own]")
    candidate.record(2)
    assert takes_of(candidate) == ["stop"]
    page.click("[data-deed=stop]")
    candidate.phase("recorded")
    page.click("[data-deed=more]")
    candidate.phase("recording")
    page.wait_for_timeout(1500)
    page.click("[data-deed=stop]")
    candidate.phase("recorded")
    wait_until(page, lambda: candidate.waiting() == 0)

    # What was sent is played from the phone: the server is not asked for it.
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.click("[data-deed=replay]")
    expect(player).to_be_visible()
    expect(page.locator("[data-mode=speak] .look")).to_be_hidden()
    status = page.locator("[data-slot=take-status]")
    expect(status).to_contain_text("1/2")
    wait_until(page, lambda: page.evaluate("document.querySelector('[data-own]').currentTime > 0.2"))
    assert page.evaluate("document.querySelector('[data-own]').videoWidth") == 640
    expect(status).to_contain_text("2/2", timeout=15_000)
    assert not any("/segments/" in each or each.endswith("/finish") for each in asked)
    assert candidate.look() == []
    page.click("[data-deed=replay]")
    expect(player).to_be_hidden()
    expect(page.locator("[data-mode=speak] .look")).to_be_visible()

    page.click("[data-deed=replay]")
    expect(player).to_be_visible()
    page.click("[data-deed=submit]")
    candidate.at_question(2)
    expect(player).to_be_hidden()
    assert len(stored(finished(interview))) == 2
    assert candidate.troubles == []


def test_what_another_phone_recorded_is_not_offered_to_be_played(
    interview: Interview, phone: Callable[..., Phone]
) -> None:
    first, second = into_the_room(phone()), phone()
    first.record(5)
    first.page.click("[data-deed=stop]")
    first.phase("recorded")
    wait_until(first.page, lambda: first.waiting() == 0)
    second.open()
    second.view("takeover")
    second.page.click("[data-view=takeover] [data-deed=enter]")
    second.check_device(medium="audio")
    second.begin()
    second.phase("recorded")
    assert takes_of(second) == ["more", "retake"]


def test_on_a_short_phone_the_status_is_in_sight_in_every_phase(
    interview: Interview, phone: Callable[..., Phone]
) -> None:
    Question.objects.filter(stage__plan=interview.plan).update(
        text="请说说您遇到过的一次困难，以及您是怎样解决的。" * 4
    )
    candidate = phone(viewport={"width": 360, "height": 640})
    page = candidate.page
    candidate.open()
    candidate.agree(recording=True)
    candidate.check_device(medium="video")
    page.click("[data-deed=practice]")
    assert in_sight(page, "[data-slot=practice-status]")
    page.click("[data-view=practice] [data-deed=begin]")
    found = {}
    for phase, deed in (("ready", "record"), ("recording", "stop"), ("recorded", "replay")):
        candidate.phase(phase)
        page.evaluate("window.scrollTo(0, 0)")
        found[phase] = in_sight(page, "[data-slot=take-status]"), in_sight(page, f"[data-deed={deed}]")
        page.wait_for_timeout(1000)
        page.click(f"[data-deed={deed}]")
    found["replay"] = in_sight(page, "[data-slot=take-status]"), in_sight(page, "[data-deed=submit]")
    assert found == dict.fromkeys(found, (True, True))
    assert in_sight(page, "[data-slot=upload]")


# ---- for everybody ---------------------------------------------------------------------------------------------------


def test_hr_answers_in_the_room(interview: Interview, phone: Callable[..., Phone]) -> None:
    candidate = phone()
    candidate.open()
    candidate.start()
    page = candidate.page
    page.click("[data-deed=exit]")
    page.click("[data-do=ask-contact]")
    page.fill("[data-form=contact] textarea", "可以改到明天吗")
    page.click("[data-form=contact] [type=submit]")
    page.click("[data-step=contacted] [data-do=stay]")
    note = page.locator("[data-contact]")
    expect(note).to_contain_text("可以改到明天吗")
    follow_up = interview.follow_ups.get()
    follow_ups.close(
        follow_up_id=follow_up.pk,
        outcome="reached",
        by=people.recruiter(name="王芳"),
        note="可以，明天上午十点前都行。",
    )
    expect(note).to_contain_text("可以，明天上午十点前都行。", timeout=30_000)
    assert state_of(interview) == "in_progress"
    page.click("[data-deed=understood]")
    expect(note).to_be_hidden()


def test_by_keys_alone_and_by_ear(interview: Interview, phone: Callable[..., Phone]) -> None:
    """Record, stop and submit without a pointer; the status line, which is read out, tells the time."""
    question = Question.objects.get(stage__plan=interview.plan, stage__number=1, number=1)
    Question.objects.filter(pk=question.pk).update(prepare_seconds=32, answer_seconds=12)
    candidate = into_the_room(phone(), medium="audio")
    page = candidate.page
    status = page.locator("[data-slot=take-status]")
    expect(status).to_contain_text("秒准备时间")
    expect(status).to_have_text("还剩 30 秒", timeout=10_000)
    key = f"room:{interview.pk}:1:prepare:{question.pk}"
    assert [each for each in page.evaluate("Object.keys(sessionStorage)") if "prepare" in each] == [key]

    page.focus("[data-deed=record]")
    page.keyboard.press("Enter")
    candidate.phase("recording")
    assert candidate.focused() == "stop"
    expect(status).to_have_text("还剩 10 秒", timeout=10_000)
    page.keyboard.press("Enter")
    candidate.phase("recorded")
    assert candidate.focused() == "more"
    while candidate.focused() != "submit":
        page.keyboard.press("Tab")
        assert candidate.focused() in ("replay", "retake", "submit")
    page.keyboard.press("Enter")
    candidate.at_question(2)
    plays(finished(interview), at_least=1)


def test_no_serious_finding_of_axe_and_nothing_wider_than_360(
    interview: Interview, phone: Callable[..., Phone]
) -> None:
    candidate = phone(viewport={"width": 360, "height": 640})
    page = candidate.page
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = candidate.look()

    page.goto(candidate.link)
    look("confirm")
    candidate.open()
    candidate.view("consent")
    look("consent")
    candidate.agree(recording=True)
    candidate.view("check")
    look("check")
    candidate.check_device(medium="video")
    look("checked")
    page.click("[data-deed=practice]")
    look("practice")
    page.click("[data-view=practice] [data-deed=begin]")
    candidate.phase("ready")
    look("ready")
    page.focus("[data-deed=record]")
    page.keyboard.press("Enter")
    candidate.phase("recording")
    look("recording")
    page.keyboard.press("Tab")
    page.click("[data-deed=stop]")
    candidate.phase("recorded")
    look("recorded")
    page.click("[data-deed=write]")
    look("writing")
    page.click("[data-deed=exit]")
    look("leaving")
    page.click("[data-do=ask-leave]")
    look("leaving, how")
    assert found == {name: [] for name in found}


def test_the_page_is_light(interview: Interview, phone: Callable[..., Phone]) -> None:
    candidate = phone()
    sizes: dict[str, int] = {}
    candidate.page.on(
        "response", lambda answer: answer.ok and "/static/" in answer.url and sizes.update({answer.url: 0})
    )
    candidate.open()
    candidate.view("consent")
    sizes["page"] = len(gzip.compress(candidate.page.request.get(candidate.page.url).body(), 6))
    for url in sizes:
        if url != "page":
            file = finders.find(url.partition("/static/")[2])
            assert file
            sizes[url] = len(gzip.compress(Path(file).read_bytes(), 6))
    assert len(sizes) > 15
    assert sum(sizes.values()) < HEAVIEST_PAGE, sizes
    print(f"room: {sum(sizes.values())} bytes gzipped in {len(sizes)} files")
