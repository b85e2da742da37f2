"""A transcript beside its recording: a click on a word plays from there, and a correction is kept with its history."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from people.models import User
from recruitment import tasks
from recruitment.evaluation.services import scoring
from recruitment.models import Assessment, Checkpoint, EarlierScore, Recording, Transcript
from recruitment.recordings import storage
from tests.browser.conftest import picture
from tests.factories import recordings as make
from tests.recruitment.evaluation.scored import in_progress, interrupt
from tests.recruitment.evaluation.test_heard import spoken

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AT = "document.querySelector('audio').currentTime"
MARKED = "((box) => box.value.slice(box.selectionStart, box.selectionEnd))(document.activeElement)"
WORDS = [[5.0, 5.6, "我"], [5.6, 6.2, "复杂"], [6.2, 7.0, "报表"]]


@pytest.fixture
def heard(transactional_db: None) -> Any:
    """A stage that was only spoken and misheard in one word, scored by the draft; then the exit. A tone of 8 s."""
    interview = in_progress()
    checkpoint = spoken(interview, "大家好。", "我复杂报表。")
    stored = storage.new_name("playable", ".webm")
    storage.put(io.BytesIO(make.sound(8)), name=stored)
    Recording.objects.update(stored_name=stored, bytes=len(make.sound(8)))
    row = Transcript.objects.get()
    assert row.pieces is not None
    row.pieces = [row.pieces[0], {**row.pieces[1], "words": WORDS}]
    row.save()
    scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    interrupt(interview)
    tasks.score_unscored()
    yield checkpoint
    make.empty_storage()


def test_a_word_is_heard_corrected_and_scored_by_and_nothing_is_lost(
    signed_in: Page, live_server: Any, colleague: User, heard: Checkpoint, told: list[str]
) -> None:
    page, transcript = signed_in, Transcript.objects.get()
    interview = reverse("admin:recruitment_interview_change", args=[heard.interview_id])
    page.goto(f"{live_server.url}{interview}")
    page.get_by_role("link", name="核对修改").click()
    expect(page).to_have_url(
        f"{live_server.url}{reverse('admin:recruitment_transcript_change', args=[transcript.pk])}"
    )
    page.get_by_role("link", name="核对修改").first.click()
    word = page.locator(".hs-heard span", has_text="复杂")
    word.click()
    page.wait_for_function(f"{AT} >= 5.6 && {AT} < 7.5")
    assert page.evaluate(MARKED) == "复杂"
    picture(page, "correcting")
    page.keyboard.type("负责")
    page.click("button[type=submit].primary")
    history = page.locator(".hs-corrections")
    expect(history).to_contain_text("李招聘 (li)")
    expect(history.locator("del")).to_have_text("复杂")
    expect(history.locator("ins")).to_have_text("负责")
    picture(page, "corrected")

    # The tick was left in its place: scored anew, the score before stays beside, and the report says by whose words.
    assert tasks.score_unscored() == 1
    score = heard.scores.get(competency__code="communication")
    assert (score.value, score.evidence[0]["said"]) == (Decimal(100), "corrected")
    assert [row.value for row in EarlierScore.objects.filter(score=score)] == [Decimal(0)]
    report = Assessment.objects.get(basis="partial", status="current")
    page.goto(f"{live_server.url}{reverse('admin:recruitment_assessment_change', args=[report.pk])}")
    expect(page.locator(".hs-report")).to_contain_text("按 李招聘 (li) 于")

    # Once more, without the tick: the words change, no score does, and it is said until somebody asks for it.
    page.goto(
        f"{live_server.url}{reverse('admin:recruitment_transcript_step', args=[transcript.pk, 'correct'])}"
    )
    page.fill("textarea[name=text]", "大家好。\n我没有负责过。")
    page.uncheck("[name=is_scored]")
    page.click("button[type=submit].primary")
    expect(page.locator(".hs-heard .hs-warn")).to_contain_text("仍依据修改前的文字")
    expect(page.locator(".hs-corrections > li")).to_have_count(2)
    assert tasks.score_unscored() == 0
    page.goto(f"{live_server.url}{reverse('admin:recruitment_assessment_change', args=[report.pk])}")
    expect(page.locator(".hs-report")).to_contain_text("核对之前的文字")
    page.goto(f"{live_server.url}{interview}")
    page.get_by_role("button", name="重新评分").first.click()
    expect(page.locator("#panel-recordings .hs-warn")).to_have_count(0)
    score.refresh_from_db()
    assert score.evidence[0]["quote"] == "我没有负责过"
    assert told == []
