"""Answers and checkpoints: revisions, order of stages, and whose question it is."""

from typing import Any

import pytest
from django_q.models import OrmQ

from core.errors import DomainError, Invalid, NotFound, Refused, TooLarge
from core.sealed import ring
from recruitment.models import Answer, Checkpoint, Interview, Question
from recruitment.room.state import answers_of
from recruitment.services import answers
from tests.core.sealed.test_columns import stored
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def questions(interview: Interview, stage: int) -> list[Question]:
    return list(
        Question.objects.filter(stage__version=interview.version, stage__number=stage).order_by("number")
    )


def save(
    interview: Interview, question: Question, text: str = "我负责。", revision: int = 1, epoch: int = 1
) -> Answer:
    return answers.save_text(
        interview_id=interview.pk, question_id=question.pk, epoch=epoch, revision=revision, text=text
    )


def rows() -> list[tuple[Any, ...]]:
    return list(
        Answer.objects.order_by("question").values_list(
            "attempt", "question", "revision", "text", "finished_at"
        )
    )


def refused(call: Any, error: type[DomainError], code: str) -> DomainError:
    before = (rows(), list(Checkpoint.objects.values()), list(Interview.objects.values()))
    with pytest.raises(error) as raised:
        call()
    assert raised.value.code == code
    assert (rows(), list(Checkpoint.objects.values()), list(Interview.objects.values())) == before
    return raised.value


def test_a_higher_revision_replaces_and_the_same_one_again_is_harmless() -> None:
    interview = make.interview(state="in_progress")
    question = questions(interview, 1)[0]

    save(interview, question, "一", 1)
    save(interview, question, "一二", 5)
    save(interview, question, "一二", 5)

    assert rows() == [(1, question.pk, 5, "一二", None)]


def test_what_is_saved_can_be_read_by_nobody_who_has_the_database_alone() -> None:
    interview = make.interview(state="in_progress")
    question = questions(interview, 1)[0]
    words = "s: 我在上一家公司负责报表\n第二行 :: 🙂"

    for revision, text in enumerate((words, f"{words}。", "", words), start=1):
        answer = save(interview, question, text, revision)
        (kept,) = stored(answer, "text")
        assert ring.is_sealed(kept) if text else kept == ""
        assert rows() == [(1, question.pk, revision, text, None)]
    error = refused(lambda: save(interview, question, "旧的", 1), Refused, "revision_conflict")
    assert error.extra == {"revision": 4, "text": words}
    assert answers_of(interview)[question.pk]["text"] == words, "as the page on another phone reads it"


def test_a_lower_or_different_revision_answers_with_what_is_saved() -> None:
    interview = make.interview(state="in_progress")
    question = questions(interview, 1)[0]
    save(interview, question, "新的", 5)

    for text, revision in (("旧的", 4), ("别的", 5), ("新的", 4)):
        error = refused(
            lambda t=text, r=revision: save(interview, question, t, r), Refused, "revision_conflict"
        )
        assert error.extra == {"revision": 5, "text": "新的"}


def test_wrong_epoch_state_stage_and_owner_are_refused() -> None:
    interview, other = make.interview(state="in_progress"), make.interview(state="in_progress")
    first, later, foreign = questions(interview, 1)[0], questions(interview, 2)[0], questions(other, 1)[0]
    scheduled, ended = make.interview(), make.interview(state="cancelled")

    refused(lambda: save(interview, first, epoch=2), Refused, "stale_epoch")
    refused(lambda: save(interview, later), Refused, "stage_not_open")
    refused(lambda: save(interview, foreign), NotFound, "question_unknown")
    refused(lambda: save(scheduled, questions(scheduled, 1)[0]), Refused, "not_started")
    refused(lambda: save(ended, questions(ended, 1)[0]), Refused, "ended")
    refused(lambda: save(interview, first, revision=0), Invalid, "revision_invalid")
    refused(lambda: save(interview, first, revision=2**31), Invalid, "revision_invalid")
    refused(lambda: save(interview, first, "x" * 20_001), TooLarge, "text_too_long")
    refused(lambda: save(interview, first, "a\x00b"), Invalid, "text_unreadable")
    refused(lambda: save(interview, first, "\ud800"), Invalid, "text_unreadable")


def test_finish_needs_words_and_is_harmless_twice() -> None:
    interview = make.interview(state="in_progress")
    question = questions(interview, 1)[0]

    def finish(segments: list[object] | None = None) -> Answer:
        return answers.finish_answer(
            interview_id=interview.pk, question_id=question.pk, epoch=1, segments=segments or []
        )

    refused(finish, Invalid, "answer_empty")
    refused(lambda: finish([{"chunks": 1, "sha256": ["0"]}]), Invalid, "segments_invalid")
    refused(lambda: finish([{"chunks": 1, "sha256": ["0" * 64]}]), Refused, "recording_not_agreed")
    save(interview, question)
    assert finish().finished_at == finish().finished_at is not None


def test_a_stage_is_saved_once_with_its_scoring_owed_in_the_same_transaction() -> None:
    interview = make.interview(state="in_progress")
    question = questions(interview, 1)[0]

    def finish(epoch: int = 1, stage: int = 1) -> answers.Saved:
        return answers.finish_stage(interview_id=interview.pk, stage_number=stage, epoch=epoch)

    error = refused(finish, Invalid, "stage_unanswered")
    assert error.extra == {"questions": [question.pk]}
    save(interview, question, "   ")
    refused(finish, Invalid, "stage_unanswered")
    save(interview, question, "我负责。", 2)
    refused(lambda: finish(epoch=3), Refused, "stale_epoch")
    refused(lambda: finish(stage=2), Refused, "stage_not_open")
    refused(lambda: finish(stage=9), NotFound, "stage_unknown")

    assert finish() == finish()

    checkpoint = Checkpoint.objects.get()
    assert checkpoint.scored_at is None
    assert [task.task["args"] for task in OrmQ.objects.all()] == [(checkpoint.pk,)]
    refused(lambda: save(interview, question, "改", 3), Refused, "stage_saved")


def test_answers_are_taken_while_interrupted_and_do_not_count_as_presence() -> None:
    interview = make.interview(state="interrupted")
    expires_at = interview.lease.expires_at

    save(interview, questions(interview, 1)[0])

    interview.lease.refresh_from_db()
    assert (interview.lease.expires_at, interview.lease.live) == (expires_at, False)
    assert Interview.objects.get(pk=interview.pk).state == "interrupted"
