"""The exit dialog while two wordings of it stand side by side: what is shown, what is noted, what is saved."""

from typing import Any

import pytest

from recruitment.enums import Side
from recruitment.experiments.services import running
from recruitment.models import Answer, Exposure, Interview, InterviewExit
from tests.factories import people
from tests.recruitment.experiments import making
from tests.recruitment.room.conftest import Browser, question_ids

pytestmark = pytest.mark.django_db
USUAL = "要离开面试吗？"


def shown(browser: Browser) -> tuple[str, str, str]:
    """How leaving is asked: the page's way, and the dialog's heading and text."""
    page = browser.client.get("/room/")
    dialog = page.text.split('id="exit-title" tabindex="-1">')[1]
    return (
        page.context["config"]["leaving"],
        dialog.split("</h2>")[0],
        dialog.split('<p class="warning">')[1].split("</p>")[0],
    )


def test_without_an_experiment_nothing_is_other_and_nothing_is_noted(candidate: Browser) -> None:
    making.draft()
    way, heading, _text = shown(candidate)
    assert (way, heading) == ("", USUAL)
    assert candidate.send("POST", "exit/asked").status_code == 204
    assert not Exposure.objects.exists()


@pytest.mark.parametrize("side", [Side.USUAL, Side.OTHER])
def test_each_side_reads_its_words_and_is_noted_when_it_wants_to_leave(
    candidate: Browser, side: Side
) -> None:
    experiment = making.started_with(candidate.interview.application, side)
    way, heading, text = shown(candidate)
    assert way == "noted"
    if side == Side.OTHER:
        assert (heading, text) == ("先别急着走", "离开后面试会中断，已保存的内容不会丢。")
    else:
        assert heading == USUAL
    assert not Exposure.objects.exists()  # a look at the room makes no difference yet
    assert [candidate.send("POST", "exit/asked").status_code for _ in range(2)] == [204, 204]
    assert Exposure.objects.values_list("experiment", "side").get() == (experiment.pk, side)
    assert Interview.objects.get(pk=candidate.interview.pk).state == "in_progress"
    running.end(experiment_id=experiment.pk, by=people.lead())
    assert shown(candidate)[:2] == ("", USUAL)


def test_an_english_reader_reads_english(interview: Interview, browser_of: Any) -> None:
    making.started_with(interview.application, Side.OTHER)
    browser = browser_of(interview)
    page = browser.client.get("/room/?language=en")
    assert "One moment" in page.text or "先别急着走" in page.text
    interview.application.candidate.language = "en"
    interview.application.candidate.save()
    assert shown(browser_of(interview))[1] == "One moment"


def test_without_a_dialog_leaving_saves_the_same(candidate: Browser) -> None:
    making.started_with(candidate.interview.application, Side.OTHER, leaves_out=True)
    assert shown(candidate)[:2] == ("at_once", USUAL)
    question = question_ids(candidate.interview, 1)[0]
    assert candidate.save(question, "写到一半").status_code == 200
    candidate.send("POST", "exit/asked")
    answer = candidate.send(
        "POST", "exit", {"epoch": candidate.epoch, "choice": "leave", "cause": "", "note": ""}
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "interrupted")
    assert Answer.objects.get(question=question).text == "写到一半"
    assert InterviewExit.objects.values_list("is_announced", "cause").get() == (True, "unknown")
    assert Exposure.objects.get().side == Side.OTHER


def test_who_has_no_session_notes_nothing(interview: Interview) -> None:
    making.started_with(interview.application, Side.OTHER)
    assert Browser(interview).send("POST", "exit/asked").status_code == 401
    assert not Exposure.objects.exists()
