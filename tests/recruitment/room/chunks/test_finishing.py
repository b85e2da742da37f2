"""A recorded answer is finished by count and hashes, and what comes late is kept apart."""

from typing import Any

import pytest
from django_q.models import OrmQ

from recruitment.models import (
    Answer,
    Recording,
    RoomEntry,
    Segment,
)
from tests.factories import recordings as make
from tests.recruitment.room.chunks.recorder import PIECES, first, refused, rows
from tests.recruitment.room.conftest import Browser, everything, question_ids


def test_a_page_that_was_left_drains_its_queue_with_its_own_epoch(speaker: Browser) -> None:
    """Two devices: what the first one said is taken, seen before or not, until the answer is finished."""
    question = first(speaker)
    make.put(speaker, question, PIECES[0])
    other = Browser(speaker.interview).open().enter()

    seen = make.put(speaker, question, PIECES[1], seq=1)
    unseen = make.put(speaker, question, PIECES[0], segment=1)
    assert (seen.status_code, unseen.status_code) == (201, 201)
    assert refused(other, question, PIECES[2], seq=2) == (409, "wrong_epoch")
    answer = make.put(other, question, PIECES[2], segment=1, seq=0)
    assert (answer.status_code, answer.json()["code"], answer.json()["next_segment"]) == (
        409,
        "wrong_epoch",
        2,
    )
    assert make.put(other, question, PIECES[0], segment=2).status_code == 201
    assert [row[:3] for row in rows(speaker)] == [
        (0, 1, "taken"), (0, 1, "taken"), (1, 1, "taken"), (2, 2, "taken"),
    ]  # fmt: skip
    assert list(RoomEntry.objects.order_by("epoch").values_list("epoch", "attempt")) == [(1, 1), (2, 1)]


def test_after_the_answer_is_finished_pieces_are_kept_apart(speaker: Browser) -> None:
    question = first(speaker)
    said = make.record(speaker, question, PIECES[:2])
    assert make.finish(speaker, question, said).status_code == 200

    late, again = (make.put(speaker, question, PIECES[2], seq=2) for _ in range(2))
    other = make.put(speaker, question, PIECES[0], segment=1)

    assert [(each.status_code, each.json()["set_aside"]) for each in (late, again, other)] == [
        (201, True), (200, True), (201, True),
    ]  # fmt: skip
    assert [row[0:1] + row[2:4] + row[5:] for row in rows(speaker)] == [
        (0, "taken", 0, False), (0, "taken", 1, False), (0, "taken", 2, True), (1, "set_aside", 0, True),
    ]  # fmt: skip
    assert refused(speaker, question, PIECES[3], seq=1) == (409, "chunk_differs")
    assert Answer.objects.get().media == "pending"
    assert make.finish(speaker, question, said).status_code == 200


def test_finish_verifies_count_and_hashes_and_says_what_is_missing(speaker: Browser) -> None:
    question = first(speaker)
    make.record(speaker, question, PIECES[:3])
    make.put(speaker, question, PIECES[0], segment=1)
    before = everything(speaker.interview)

    wrong = make.named(PIECES[:2] + PIECES[3:])
    answer = make.finish(
        speaker, question, make.named(PIECES), make.named(PIECES[:2]), make.named(PIECES[:1])
    )
    assert answer.status_code == 422
    assert answer.json()["code"] == "chunks_missing"
    assert answer.json()["missing"] == [
        {"segment": 0, "seq": 3}, {"segment": 1, "seq": 1}, {"segment": 2, "seq": 0},
    ]  # fmt: skip
    assert make.finish(speaker, question, wrong).json()["missing"] == [{"segment": 0, "seq": 2}]
    assert (
        make.finish(speaker, first(speaker), {"chunks": 1, "sha256": []}).json()["code"] == "segments_invalid"
    )
    assert everything(speaker.interview) == before

    twice = [make.finish(speaker, question, make.named(PIECES[:3]), make.named(PIECES[:1])) for _ in range(2)]

    assert [each.status_code for each in twice] == [200, 200]
    assert twice[0].json() == twice[1].json()
    assert twice[0].json()["media"] == "pending"
    assert list(Segment.objects.order_by("number").values_list("number", "standing", "listed_chunks")) == [
        (0, "taken", 3), (1, "taken", 1),
    ]  # fmt: skip
    assert [task.task["func"] for task in OrmQ.objects.all()] == ["recruitment.tasks.assemble_answer"]
    other = make.finish(speaker, question, make.named(PIECES[:3]))
    assert (other.status_code, other.json()["code"]) == (409, "answer_finished")


def test_finish_of_an_answer_that_never_came(speaker: Browser) -> None:
    before = everything(speaker.interview)
    answer = make.finish(speaker, first(speaker), make.named(PIECES[:2]))
    assert (answer.status_code, answer.json()["missing"]) == (
        422,
        [{"segment": 0, "seq": 0}, {"segment": 0, "seq": 1}],
    )
    assert everything(speaker.interview) == before


@pytest.mark.parametrize(
    "segment",
    [
        {"chunks": "1", "sha256": ["0" * 64]}, {"chunks": True, "sha256": ["0" * 64]}, {"chunks": -1, "sha256": []},
        {"chunks": 1, "sha256": ["0" * 63]}, {"chunks": 1, "sha256": [0]}, {"chunks": 1, "sha256": "0" * 64},
        {"chunks": 0, "sha256": [], "number": -1}, {"chunks": 0, "sha256": [], "number": 100},
        {"chunks": 0, "sha256": [], "discarded": "yes"}, {"chunks": 1001, "sha256": ["0" * 64] * 1001}, {},
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_read(speaker: Browser, segment: dict[str, Any]) -> None:
    before = everything(speaker.interview)
    answer = make.finish(speaker, first(speaker), segment)
    assert (answer.status_code, answer.json()["code"], answer.json()["missing"]) == (
        422,
        "segments_invalid",
        [],
    )
    assert everything(speaker.interview) == before


def test_segments_may_be_numbered_discarded_or_forgotten(speaker: Browser) -> None:
    question = first(speaker)
    for number in range(4):
        make.record(speaker, question, PIECES[:2], segment=number)

    without_hashes = {"chunks": 0, "sha256": [], "number": 0, "discarded": True}
    answer = make.finish(
        speaker,
        question,
        make.named(PIECES[:2], number=3),
        without_hashes,
        make.named(PIECES[:2], number=1, discarded=True),
    )

    assert answer.status_code == 200
    assert list(Segment.objects.order_by("number").values_list("number", "standing", "deletion_reason")) == [
        (0, "discarded", "discarded"), (1, "discarded", "discarded"), (2, "set_aside", ""), (3, "taken", ""),
    ]  # fmt: skip
    assert set(Recording.objects.values_list("segment__number", "state")) == {(2, "pending"), (3, "pending")}


def test_a_page_that_counts_segments_from_one_is_understood(speaker: Browser) -> None:
    question = first(speaker)
    said = make.record(speaker, question, PIECES, segment=1)
    assert make.finish(speaker, question, said).status_code == 200


def test_text_instead_of_a_recording_that_broke_off(speaker: Browser) -> None:
    question = first(speaker)
    make.record(speaker, question, PIECES[:2])
    empty = make.finish(speaker, question)
    assert (empty.status_code, empty.json()["code"]) == (422, "answer_empty")
    speaker.save(question)
    assert make.finish(speaker, question).json()["media"] == ""
    assert Segment.objects.get().standing == "set_aside"


def test_a_stage_of_recorded_answers_is_saved_and_an_unfinished_one_is_not(speaker: Browser) -> None:
    recorded, other = question_ids(speaker.interview, 1)
    said = make.record(speaker, recorded, PIECES)
    speaker.save(other)

    early = speaker.send("POST", "stages/1/finish", {"epoch": speaker.epoch})
    assert (early.status_code, early.json()["questions"]) == (422, [recorded])
    make.finish(speaker, recorded, said)
    assert speaker.send("POST", "stages/1/finish", {"epoch": speaker.epoch}).status_code == 200
    assert make.put(speaker, other, PIECES[0]).json()["set_aside"] is True
