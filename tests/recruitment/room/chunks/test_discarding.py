"""A take that the candidate discards."""

from django_q.models import OrmQ

from recruitment.models import (
    Opening,
    Segment,
)
from recruitment.recordings import policy
from tests.factories import recordings as make
from tests.recruitment.room.chunks.recorder import PIECES, discard, first, left, refused
from tests.recruitment.room.conftest import Browser, everything


def test_a_take_that_is_discarded_is_gone_at_once_and_stays_gone(speaker: Browser) -> None:
    """The page that discarded it may never be seen again: another one neither offers it nor brings it back."""
    question = first(speaker)
    for number in range(2):
        make.record(speaker, question, PIECES[:2], segment=number)
    size = sum(map(len, PIECES[:2]))
    assert left(speaker) == policy.INTERVIEW_BYTES - 2 * size

    assert [discard(speaker, question, [0, 5]).status_code for _ in range(2)] == [204, 204]

    assert left(speaker) == policy.INTERVIEW_BYTES - size
    assert [task.task["func"] for task in OrmQ.objects.all()] == ["recruitment.tasks.assemble_answer"]
    stage = speaker.client.get("/room/api/state").json()["stages"][0]
    assert [each["number"] for each in stage["questions"][0]["answer"]["segments"]] == [1]
    assert refused(speaker, question, PIECES[2], seq=2) == (409, "recording_deleted")
    named = [make.named(PIECES[:2], number=0), make.named(PIECES[:2], number=1)]
    assert make.finish(speaker, question, *named).json()["code"] == "chunks_missing"
    assert make.finish(speaker, question, named[1]).status_code == 200
    assert list(Segment.objects.order_by("number").values_list("number", "standing", "deletion_reason")) == [
        (0, "discarded", "discarded"), (1, "taken", ""),
    ]  # fmt: skip
    before = everything(speaker.interview)
    assert discard(speaker, question, [0]).status_code == 204
    again = discard(speaker, question, [0, 1])
    assert (again.status_code, again.json()["code"]) == (409, "answer_finished")
    assert everything(speaker.interview) == before


def test_a_take_is_discarded_by_the_page_that_lives_and_in_numbers_alone(speaker: Browser) -> None:
    question = first(speaker)
    make.record(speaker, question, PIECES[:2])
    old_epoch = speaker.epoch
    speaker.enter()
    before = everything(speaker.interview)
    for numbers, epoch, error in (
        ([0], old_epoch, (409, "stale_epoch")),
        ([100], speaker.epoch, (422, "segments_invalid")),
        ([-1], speaker.epoch, (422, "segments_invalid")),
        ([True], speaker.epoch, (422, "segments_invalid")),
        (["0"], speaker.epoch, (422, "segments_invalid")),
        ([0] * 101, speaker.epoch, (422, "segments_invalid")),
        ("0", speaker.epoch, (422, "invalid")),
        (None, speaker.epoch, (422, "invalid")),
    ):
        answer = discard(speaker, question, numbers, epoch=epoch)
        assert (answer.status_code, answer.json()["code"]) == error
    assert discard(speaker, 999_999, [0]).json()["code"] == "question_unknown"
    assert speaker.client.get(f"/room/api/answers/{question}/segments/discard").status_code == 405
    assert everything(speaker.interview) == before


def test_where_nothing_is_taken_again_a_discarded_take_is_set_aside_at_once(speaker: Browser) -> None:
    Opening.objects.update(may_retake=False)
    question = first(speaker)
    make.record(speaker, question, PIECES[:2])
    assert discard(speaker, question, [0]).status_code == 204
    segment = Segment.objects.get()
    assert (segment.standing, segment.deletion_reason, segment.recording.state) == (
        "set_aside", "", "pending",
    )  # fmt: skip


def test_without_retakes_what_was_discarded_is_kept_apart(speaker: Browser) -> None:
    Opening.objects.update(may_retake=False)
    question = first(speaker)
    make.record(speaker, question, PIECES[:2])
    said = make.record(speaker, question, PIECES[:2], segment=1)
    discarded = {"chunks": 0, "sha256": [], "number": 0, "discarded": True}
    assert make.finish(speaker, question, discarded, {**said, "number": 1}).status_code == 200
    assert list(Segment.objects.order_by("number").values_list("standing", "deletion_reason")) == [
        ("set_aside", ""), ("taken", ""),
    ]  # fmt: skip
