"""The recording room for everybody: by keys and by ear, on a narrow phone, on a slow line, and when HR must answer."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import expect

from recruitment.models import (
    Interview,
    Question,
)
from recruitment.services import follow_ups
from tests.browser.phones import Phone, ask_to_leave, in_sight
from tests.browser.recording.speaking import HEAVIEST_PAGE, finished, into_the_room, plays, state_of
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_on_a_short_phone_the_status_is_in_sight_in_every_phase(
    interview: Interview, phone: Callable[..., Phone]
) -> None:
    with make.unfrozen():
        Question.objects.filter(stage__version=interview.version).update(
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


def test_hr_answers_in_the_room(interview: Interview, phone: Callable[..., Phone]) -> None:
    candidate = phone()
    candidate.open()
    candidate.start()
    page = candidate.page
    ask_to_leave(page, "contact")
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
    question = Question.objects.get(stage__version=interview.version, stage__number=1, number=1)
    with make.unfrozen():
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
