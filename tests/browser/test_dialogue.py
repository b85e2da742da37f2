"""A question read aloud once it is tapped, named for what it is, and one further question to its answer."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from recruitment.models import Answer, Interview, Probe, Voice
from recruitment.models.voices import digest_of
from tests.browser.phones import Phone
from tests.recruitment.recordings.test_voices import first_of, keep, read_aloud, tone
from tests.recruitment.room.test_probes import approve

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_question_is_heard_and_one_more_is_asked(interview: Interview, phone: Callable[[], Phone]) -> None:
    question = first_of(interview.version)
    voice = keep(question, tone(3))
    Voice.objects.filter(pk=voice.pk).update(kind="synthetic")
    read_aloud(interview.version, "any")
    approve(interview)
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
    further = mine.page.locator("[data-slot=probe]")
    expect(further).to_have_text("再问一句：您和谁配合？您可以接着补充，也可以直接提交。")
    expect(mine.page.locator("#answer")).to_have_value("我做过三年数据分析。")
    mine.page.reload()
    expect(further).to_contain_text("您和谁配合？")
    mine.write("我做过三年数据分析，和产品团队配合。")
    mine.page.click("[data-deed=submit]")
    expect(mine.page.locator("[data-slot=place]")).to_contain_text("2")
    expect(button).to_be_hidden()
    expect(further).to_be_hidden()
    assert Answer.objects.get(question=question).text == "我做过三年数据分析，和产品团队配合。"
    assert Probe.objects.get().characters == len("我做过三年数据分析。")
    assert all("Failed to load resource" in each for each in mine.troubles)
