"""An answer that was only spoken is scored from its transcript, draft or corrected, and the evidence says so."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from people.actors import Party
from recruitment import tasks
from recruitment.evaluation.services import forgetting, scoring
from recruitment.models import (
    Assessment,
    AssessmentScore,
    Checkpoint,
    EarlierScore,
    Interview,
    RubricScore,
    Scoring,
    Transcript,
)
from recruitment.recordings.services import keeping, writing_down
from tests.factories import api, people
from tests.factories.segments import answer, recording, segment
from tests.recruitment.evaluation.scored import complete, in_progress, interrupt, saved

pytestmark = pytest.mark.django_db


def spoken(interview: Interview, *pieces: str, state: str = "written", takes: int = 1) -> Checkpoint:
    """The first stage, answered by recordings alone; what was said in the last of them, if it is written down."""
    said = answer(interview, finished_at=timezone.now())
    for number in range(takes):
        row = recording(segment(said, number, pieces=0), seconds=10)
        last = number == takes - 1
        written(row, *(pieces if last else ("开头的话",)), state=state if last else "written")
    return interview.checkpoints.create(
        attempt=interview.attempt, stage=said.question.stage, saved_at=timezone.now()
    )


def written(of: Any, *pieces: str, state: str = "written") -> Transcript:
    is_written = state == "written"
    return Transcript.objects.create(
        recording=of, state=state, model="whisper-base" if is_written else "",
        pieces=_pieces(pieces) if is_written else None, measures={} if is_written else None,
        written_at=timezone.now() if is_written else None,
    )  # fmt: skip


def _pieces(texts: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"from": 4.0 * place, "to": 4.0 * place + 3, "text": text, "confidence": 0.8}
        for place, text in enumerate(texts)
    ]


def hear(transcript: Transcript, *pieces: str) -> None:
    Transcript.objects.filter(pk=transcript.pk).update(
        state="written", model="whisper-base", pieces=_pieces(pieces), measures={}, written_at=timezone.now()
    )


def scores() -> dict[str, tuple[Any, Any, Any, str]]:
    return {
        row.competency.code: (row.value, row.low, row.high, row.method)
        for row in RubricScore.objects.select_related("competency")
    }


BY_PERSON = (None, None, None, "person")


def test_a_stage_is_scored_by_the_draft_with_the_second_of_each_quote() -> None:
    checkpoint = spoken(in_progress(), "我在上家公司做报表。", "主要负责数据核对。")

    scoring.score_checkpoint(checkpoint_id=checkpoint.pk)

    assert scores() == {
        "communication": (Decimal(100), Decimal(85), Decimal(100), "rubric-coverage/1"),
        "teamwork": (Decimal(0), Decimal(0), Decimal(15), "rubric-coverage/1"),
    }
    recorded = checkpoint.interview.answers.get().segments.get().recording.pk
    assert [row.evidence for row in checkpoint.scores.order_by("competency__code")] == [
        [{"point": "职责", "weight": 1, "quote": "主要负责数据核对", "said": "draft", "recording": recorded,
          "second": 4.0}],
        [{"point": "团队", "weight": 1, "quote": None, "said": "draft"}],
    ]  # fmt: skip


def test_the_second_is_that_of_the_take_it_was_said_in() -> None:
    checkpoint = spoken(in_progress(), "开头的话", "我负责报表", takes=2)
    scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    (point,) = checkpoint.scores.get(competency__code="communication").evidence
    last = checkpoint.interview.answers.get().segments.get(number=1).recording.pk
    assert (point["quote"], point["recording"], point["second"]) == ("我负责报表", last, 4.0)


@pytest.mark.parametrize("state", ["owed", "unheard", "not_allowed"])
def test_one_take_that_nobody_has_read_leaves_the_answer_to_a_person(state: str) -> None:
    checkpoint = spoken(in_progress(), "我负责报表", state=state, takes=2)
    scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    assert scores() == {"communication": BY_PERSON, "teamwork": BY_PERSON}


def test_silence_is_left_to_a_person() -> None:
    checkpoint = spoken(in_progress())
    scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    assert scores() == {"communication": BY_PERSON, "teamwork": BY_PERSON}


def test_a_typed_answer_is_scored_by_what_was_typed() -> None:
    interview = in_progress()
    checkpoint = spoken(interview, "我负责报表")
    interview.answers.update(text="没有做过")
    scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    assert scores()["communication"] == (Decimal(0), Decimal(0), Decimal(8), "rubric-coverage/1")
    assert "said" not in checkpoint.scores.first().evidence[0]


def test_words_that_come_after_the_report_bring_it_to_full_and_move_nothing_twice() -> None:
    interview = in_progress(threshold=40)
    checkpoint = spoken(interview, state="owed")
    scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    saved(interview, 2, 3)
    complete(interview)
    transcript = Transcript.objects.get()
    assert (tasks.score_unscored(), Assessment.objects.filter(basis="full").exists()) == (0, False)

    hear(transcript, "我负责报表，和团队一起。")
    assert (tasks.score_unscored(), tasks.score_unscored()) == (1, 0)

    full = Assessment.objects.get(basis="full")
    by_code = {row.competency.code: (row.value, row.low) for row in full.competencies.all()}
    assert by_code["communication"] == (Decimal(100), Decimal(85))
    assert by_code["expertise"] == (Decimal(100), Decimal(92))
    assert not EarlierScore.objects.exists()
    interview.application.refresh_from_db()
    assert interview.application.stage == "second_round"


def test_a_correction_replaces_the_drafts_score_and_keeps_it_beside() -> None:
    interview, hr = in_progress(), people.recruiter()
    checkpoint = spoken(interview, "我复杂报表。")
    scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    interrupt(interview)
    transcript = Transcript.objects.get()
    tasks.score_unscored()
    assert scores()["communication"][0] == 0

    writing_down.correct(transcript_id=transcript.pk, texts=["我负责报表。"], by=hr)
    tasks.score_unscored()

    assert scores()["communication"] == (Decimal(100), Decimal(92), Decimal(100), "rubric-coverage/1")
    row = checkpoint.scores.get(competency__code="communication")
    assert row.evidence[0]["said"] == "corrected"
    earlier = EarlierScore.objects.get(score=row)
    assert (earlier.value, earlier.low, earlier.high, earlier.method) == (0, 0, 15, "rubric-coverage/1")
    partial = Assessment.objects.get(basis="partial", status="current")
    assert partial.competencies.get(competency__code="communication").value == 100
    # What is scored as corrected now was as good before: the value stays, the interval is narrower.
    assert scores()["teamwork"] == (Decimal(0), Decimal(0), Decimal(8), "rubric-coverage/1")


def test_a_reviewers_score_stands_and_a_vendors_is_not_touched() -> None:
    interview, hr = in_progress(), people.recruiter()
    checkpoint = spoken(interview, state="owed")
    scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    interrupt(interview)
    by_reviewer = checkpoint.scores.get(competency__code="communication")
    scoring.override(score_id=by_reviewer.pk, value=55, reason="听过录音", by=hr)
    checkpoint.scores.filter(competency__code="teamwork").update(value=30, method="vendor:x")
    hear(Transcript.objects.get(), "我负责报表，和团队一起。")

    assert tasks.score_unscored() == 1

    by_reviewer.refresh_from_db()
    assert (by_reviewer.effective, by_reviewer.override, by_reviewer.value) == (55, 55, 100)
    assert scores()["teamwork"] == (Decimal(30), None, None, "vendor:x")


def test_without_consent_a_transcript_scores_nothing() -> None:
    interview = in_progress()
    interview.consents.all().delete()
    checkpoint = spoken(interview, "我负责报表")
    scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    assert tasks.score_unscored() == 0
    assert set(scores().values()) == {BY_PERSON}


def test_the_page_and_the_api_say_what_a_score_rests_on(as_hr: Any) -> None:
    interview = in_progress()
    checkpoint = spoken(interview, "我负责报表")
    scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    row = checkpoint.scores.get(competency__code="communication")
    EarlierScore.objects.create(score=row, value=33, method="rubric-coverage/0")
    page = as_hr.get(reverse("admin:recruitment_interview_change", args=[interview.pk])).content.decode()
    assert "依据转写草稿" in page
    assert "之前为 33" in page

    body = api.client_of(people.lead()).get(f"/api/v1/answers/?interview={interview.pk}").json()
    (score, _other) = body["results"][0]["scores"]
    assert (score["value"], score["low"], score["high"]) == (100.0, 85.0, 100.0)
    assert score["evidence"][0]["said"] == "draft"
    assert score["evidence"][0]["second"] == 0.0


def test_with_the_consent_to_be_recorded_what_scores_quote_of_it_goes(as_hr: Any) -> None:
    interview = in_progress()
    interview.consents.create(attempt=1, kind="recording", version="test", given=True)
    checkpoint = spoken(interview, "我负责报表。")
    scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    saved(interview, 2, text="我用透视表核对。")
    interrupt(interview)
    row = checkpoint.scores.get(competency__code="communication")
    EarlierScore.objects.create(score=row, value=9, method="x", evidence=row.evidence)
    quoted = {"point": "他负责报表", "weight": 0, "quote": "我负责报表", "question": 1, "said": "draft"}
    Scoring.objects.create(
        checkpoint=checkpoint, state="scored", digest="d", result=[{"competency_id": 1, "evidence": [quoted]}]
    )
    before = scores()

    keeping.withdraw_consent(interview_id=interview.pk, by=Party.CANDIDATE)

    row.refresh_from_db()
    assert row.evidence == [{"point": "职责", "weight": 1, "quote": "[…]", "said": "draft"}]
    assert scores() == before
    kept = [
        *RubricScore.objects.values_list("evidence", flat=True),
        *EarlierScore.objects.values_list("evidence", flat=True),
        *Scoring.objects.values_list("result", flat=True),
        *AssessmentScore.objects.values_list("evidence", flat=True),
    ]
    assert "报表" not in json.dumps(kept, ensure_ascii=False)
    # What was typed is quoted as before.
    assert "透视表" in json.dumps(kept, ensure_ascii=False)
    assert Scoring.objects.get().digest == ""
    assert forgetting.forget_spoken(interview) == 0
