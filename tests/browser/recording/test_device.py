"""The ladder of media, from the camera down to writing, by what the device can do."""

import hashlib
import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from recruitment.models import (
    Chunk,
    Interview,
    Opening,
    RoomEntry,
    Segment,
)
from recruitment.recordings import policy
from tests.browser.phones import Phone
from tests.browser.recording.speaking import finished, into_the_room, plays, stored, takes_of, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


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
