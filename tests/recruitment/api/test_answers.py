"""`answers/?interview=`: what was said to each question, its recording and its stage's scores."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recruitment.models import Answer, Interview, Question, Recording, RubricScore, Segment
from tests.factories import api, people, recruitment

pytestmark = pytest.mark.django_db


def answered(interview: Interview, *, attempt: int = 1, **fields: Any) -> list[Answer]:
    questions = Question.objects.filter(stage__version=interview.version).order_by("stage__number", "number")
    return [
        Answer.objects.create(
            interview=interview, attempt=attempt, question=question, text=recruitment.full_marks(question),
            finished_at=timezone.now(), **fields,
        )
        for question in questions
    ]  # fmt: skip


def asked(query: str, by: Any = None) -> Any:
    return api.client_of(by or people.lead()).get(f"/api/v1/answers/{query}")


def test_an_answer_as_the_api_shows_it() -> None:
    interview = recruitment.interview(state="completed")
    rows = answered(interview)
    checkpoint = interview.checkpoints.create(
        attempt=1, stage=rows[1].question.stage, saved_at=timezone.now(), scored_at=timezone.now()
    )
    evidence = [
        {"point": "数据透视", "weight": 1, "quote": "透视表"},
        {"point": "抽样", "weight": 1, "quote": None},
        {"point": "先定位", "weight": 1, "quote": None},
    ]
    person = people.recruiter(name="李招聘")
    RubricScore.objects.create(
        checkpoint=checkpoint, competency=recruitment.competency("expertise"), value=Decimal(50),
        method="rubric-coverage/1", evidence=evidence,
    )  # fmt: skip
    RubricScore.objects.create(
        checkpoint=checkpoint, competency=recruitment.competency("reaction"), value=None, method="person",
        evidence=evidence, override=Decimal(80), override_reason="当面问过", overridden_by=person,
        overridden_at=timezone.now(),
    )  # fmt: skip
    body = asked(f"?interview={interview.pk}").json()
    assert [row["id"] for row in body["results"]] == [row.pk for row in rows]
    shown, other = body["results"][1], body["results"][2]
    assert shown.pop("finished_at").endswith("+08:00")
    assert shown.pop("probe") is None
    assert shown == {
        "id": rows[1].pk,
        "question": rows[1].question_id,
        "question_text": "你怎样核对一份报表?",
        "stage": 2,
        "stage_title": "专业问题",
        "kind": "text",
        "text": rows[1].text,
        "media": {"state": None, "seconds": None},
        "transcript": None,
        "measures": {},
        "scores": [
            {
                "competency": "专业技能", "value": 50.0, "low": None, "high": None, "basis": "stage",
                "scorer": "rubric-coverage/1", "evidence": evidence[:2], "confirmed_by": None,
            }
        ],
        "revision": 0,
    }  # fmt: skip
    (score,) = other["scores"]
    assert (score["value"], score["scorer"], score["confirmed_by"]) == (80.0, "李招聘", "李招聘")
    assert score["evidence"] == evidence[2:]


def test_a_recording_says_in_what_it_was_given_and_how_long_it_is() -> None:
    interview = recruitment.interview(state="completed")
    first, *_others = answered(interview, media="playable")
    for number, (seconds, standing) in enumerate(
        [(12.5, "taken"), (7.5, "taken"), (99.0, "discarded")], start=1
    ):
        segment = Segment.objects.create(
            answer=first, number=number, epoch=1, mime="video/webm", standing=standing
        )
        Recording.objects.create(segment=segment, state="playable", seconds=seconds)
    shown = asked(f"?interview={interview.pk}").json()["results"][0]
    assert (shown["kind"], shown["media"]) == ("video", {"state": "playable", "seconds": 20.0})


def test_what_was_kept_shows_the_earlier_attempts_recording_and_earlier_attempts_are_left_out() -> None:
    interview = recruitment.interview(state="in_progress", attempt=2)
    first, *_others = answered(interview, media="playable")
    segment = Segment.objects.create(answer=first, number=1, epoch=1, mime="audio/webm")
    Recording.objects.create(segment=segment, state="playable", seconds=30)
    kept = Answer.objects.create(
        interview=interview, attempt=2, question=first.question, media="playable", kept_from=first
    )
    body = asked(f"?interview={interview.pk}").json()
    assert [row["id"] for row in body["results"]] == [kept.pk]
    shown = body["results"][0]
    assert (shown["kind"], shown["media"]["seconds"], shown["finished_at"]) == ("audio", 30.0, None)


@pytest.mark.parametrize("query", ["", "?interview=x", "?interview=0", "?interview=", "?interview=1&other=1"])
def test_which_interview_has_to_be_said(query: str) -> None:
    said = asked(query)
    assert (said.status_code, set(said.json()) >= {"code", "message"}) == (422, True)


def test_an_interview_that_is_not_there_has_no_answers() -> None:
    assert asked("?interview=999999").json()["results"] == []


def test_the_number_of_queries_does_not_grow_with_answers_and_scores() -> None:
    client = api.client_of(people.lead())
    counts = set()
    for number in (1, 3):
        interview = recruitment.interview(state="completed")
        rows = answered(interview)
        for row in rows[:number]:
            checkpoint, _made = interview.checkpoints.get_or_create(
                attempt=1, stage=row.question.stage, defaults={"saved_at": timezone.now()}
            )
            for code in ("expertise", "reaction"):
                RubricScore.objects.get_or_create(
                    checkpoint=checkpoint,
                    competency=recruitment.competency(code),
                    defaults={"method": "test"},
                )
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/api/v1/answers/?interview={interview.pk}").status_code == 200
        counts.add(len(queries))
    assert len(counts) == 1
