"""A question read aloud: once it is tapped, named for what it is, and no loss where it fails."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from recruitment.models import Interview, Voice
from recruitment.models.voices import digest_of
from tests.browser.phones import Phone
from tests.recruitment.recordings.test_voices import first_of, keep, read_aloud, tone

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_question_is_heard_once_it_is_tapped_and_read_where_that_fails(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    question = first_of(interview.version)
    voice = keep(question, tone(3))
    Voice.objects.filter(pk=voice.pk).update(kind="synthetic")
    read_aloud(interview.version, "any")
    mine = phone()
    asked: list[str] = []
    mine.page.on("request", lambda request: "/voices/" in request.url and asked.append(request.url))
    mine.open()
    mine.start()
    button = mine.page.locator("[data-deed=hear]")
    expect(button).to_have_text("听题目（合成语音）")
    assert asked == []
    button.click()
    expect(button).to_have_text("停止朗读")
    expect(button).to_have_text("听题目（合成语音）", timeout=8000)
    assert digest_of(question.text) == voice.digest and asked
    mine.page.route("**/room/api/voices/*", lambda route: route.abort())
    button.click()
    expect(button).to_have_text("暂时无法播放，请直接阅读题目")
    mine.write("我做过三年数据分析。")
    mine.page.click("[data-deed=submit]")
    expect(mine.page.locator("[data-slot=place]")).to_contain_text("2")
    expect(button).to_be_hidden()
    assert all("Failed to load resource" in each for each in mine.troubles)
