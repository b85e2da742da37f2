"""Recording while pages and browsers are killed, apps are switched and phones change. The bytes in storage are compared
with what the recorders gave: the page under test is not asked, a witness beside it is.
"""

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserType, expect

from recruitment.models import (
    Chunk,
    Interview,
    InterviewExit,
    Lease,
    Segment,
)
from tests.browser.phones import Phone
from tests.browser.recording.speaking import (
    MAY_RECORD,
    finished,
    freeze,
    into_the_room,
    pids_of,
    plays,
    state_of,
    stored,
    takes_of,
    wait_until,
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


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
