"""Speaking the answers in a real browser with a camera of its own: the whole way, by video and by voice."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from recruitment.models import (
    Answer,
    Consent,
    Interview,
    Question,
    RoomEntry,
    Segment,
)
from tests.browser.phones import Phone
from tests.browser.recording.speaking import finished, into_the_room, plays, stored, takes_of, wait_until
from tests.factories import recruitment as make

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_by_video_in_writing_and_with_practice_and_preparation(
    interview: Interview, phone: Callable[..., Phone]
) -> None:
    with make.unfrozen():
        Question.objects.filter(stage__version=interview.version, stage__number=1, number=2).update(
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
