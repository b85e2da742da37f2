"""Recording over a line that breaks or is slow. The bytes in storage are compared with what the recorders gave: the
page under test is not asked, a witness beside it is.
"""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from recruitment.models import (
    Interview,
)
from tests.browser.phones import Phone
from tests.browser.recording.speaking import finished, into_the_room, plays, stored, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


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
