"""The calls of a recorder: each code of the contract, and unchanged data wherever a call is refused."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django_q.models import OrmQ

from people.actors import Party
from recruitment.enums import Medium
from recruitment.models import (
    Answer,
    Chunk,
    Consent,
    Interview,
    Lease,
    Opening,
    Recording,
    RoomEntry,
    RoomSession,
    Segment,
)
from recruitment.recordings import policy, storage
from recruitment.room import limits
from recruitment.services import endings, links
from tests.factories import recordings as make
from tests.recruitment.room.conftest import Browser, everything, make_interview, question_ids

PIECES = make.cut(make.sound(), 4)


@pytest.fixture(autouse=True)
def _empty_storage() -> Iterator[None]:
    make.empty_storage()
    yield
    make.empty_storage()


@pytest.fixture
def speaker(interview: Interview) -> Browser:
    """A candidate in the room who agreed to be recorded."""
    return Browser(interview).open().enter(consents=["recording", "ai_evaluation"])


def first(browser: Browser, stage: int = 1) -> int:
    return question_ids(browser.interview, stage)[0]


def refused(
    browser: Browser, question: int | str, content: bytes = PIECES[0], **more: Any
) -> tuple[int, str]:
    before = everything(browser.interview)
    answer = make.put(browser, question, content, **more)
    assert everything(browser.interview) == before
    body = answer.json()
    assert body["message"]
    return answer.status_code, body["code"]


def rows(browser: Browser) -> list[tuple[Any, ...]]:
    chunks = Chunk.objects.filter(segment__answer__interview=browser.interview)
    return list(
        chunks.order_by("segment__number", "seq").values_list(
            "segment__number", "segment__epoch", "segment__standing", "seq", "sha256", "set_aside"
        )
    )


def test_a_new_piece_is_201_and_the_same_again_200(speaker: Browser) -> None:
    question = first(speaker)
    lease = Lease.objects.get(pk=speaker.interview.pk)

    new, again = make.put(speaker, question, PIECES[0]), make.put(speaker, question, PIECES[0])

    assert (new.status_code, again.status_code) == (201, 200)
    assert new.json() == again.json() == {"segment": 0, "seq": 0, "set_aside": False}
    assert rows(speaker) == [(0, 1, "taken", 0, make.sha256(PIECES[0]), False)]
    chunk = Chunk.objects.select_related("segment__answer").get()
    assert make.bytes_of(chunk) == PIECES[0]
    assert make.stored_files() == {chunk.stored_name}
    assert (chunk.segment.mime, chunk.segment.answer.text, chunk.segment.answer.finished_at) == (
        "audio/webm;codecs=opus", "", None,
    )  # fmt: skip
    assert Lease.objects.get(pk=speaker.interview.pk).expires_at == lease.expires_at, (
        "bytes are no sign of life"
    )


def test_pieces_come_in_any_order_and_in_several_segments(speaker: Browser) -> None:
    question = first(speaker)
    for segment, seq in ((1, 2), (0, 1), (1, 0), (0, 0)):
        assert make.put(speaker, question, PIECES[seq], segment=segment, seq=seq).status_code == 201
    assert [row[0:1] + row[3:4] for row in rows(speaker)] == [(0, 0), (0, 1), (1, 0), (1, 2)]


def test_409_for_other_bytes_under_the_same_number(speaker: Browser) -> None:
    question = first(speaker)
    make.put(speaker, question, PIECES[0])
    assert refused(speaker, question, PIECES[1]) == (409, "chunk_differs")


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({"X-Chunk-SHA256": "0" * 64}, (422, "hash_mismatch")),
        ({"X-Chunk-SHA256": ""}, (422, "invalid")),
        ({"X-Chunk-SHA256": "abc"}, (422, "invalid")),
        ({"X-Chunk-SHA256": "é" * 64}, (422, "invalid")),
        ({"X-Epoch": ""}, (422, "invalid")),
        ({"X-Epoch": "one"}, (422, "invalid")),
        ({"X-Epoch": "-1"}, (422, "invalid")),
        ({"X-Epoch": "99999999999999999999"}, (422, "invalid")),
        ({"X-Epoch": "0"}, (409, "wrong_epoch")),
        ({"X-Epoch": "2"}, (409, "wrong_epoch")),
        ({"Origin": "https://elsewhere.example"}, (403, "foreign_origin")),
    ],
)
def test_wrong_headers(speaker: Browser, headers: dict[str, str], error: tuple[int, str]) -> None:
    assert refused(speaker, first(speaker), **headers) == error


def test_wrong_addresses_and_sizes(speaker: Browser) -> None:
    question = first(speaker)
    for bad in ("-1", "one", "1000", "9" * 12, "1.5"):
        assert refused(speaker, question, seq=bad) == (422, "invalid")
    for bad in ("-1", "one", "100", "9" * 12):
        assert refused(speaker, question, segment=bad) == (422, "invalid")
    assert refused(speaker, 999_999) == (404, "question_unknown")
    assert refused(speaker, "one") == (404, "question_unknown")
    assert refused(speaker, first(speaker, 2)) == (409, "stage_not_open")
    assert refused(speaker, question, b"") == (422, "chunk_empty")
    assert refused(speaker, question, bytes(policy.LARGEST_CHUNK + 1)) == (413, "too_large")
    assert make.put(speaker, question, bytes(policy.LARGEST_CHUNK)).status_code == 201


def test_a_body_that_breaks_off_is_not_stored(speaker: Browser) -> None:
    before = everything(speaker.interview)
    announced = {"CONTENT_LENGTH": str(len(PIECES[0]) + 10), "wsgi.input": io.BytesIO(PIECES[0])}
    answer = speaker.client.generic(
        "PUT",
        f"/room/api/answers/{first(speaker)}/segments/0/chunks/0",
        PIECES[0],
        headers={"X-Chunk-SHA256": make.sha256(PIECES[0]), "X-Epoch": "1"},
        **announced,
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "cut_off")
    assert everything(speaker.interview) == before


def test_whoever_did_not_agree_is_not_recorded_and_may_agree_later(candidate: Browser) -> None:
    question = first(candidate)
    assert refused(candidate, question) == (409, "recording_not_agreed")
    candidate.enter(consents=["recording"])
    assert make.put(candidate, question, PIECES[0]).status_code == 201


def test_a_withdrawn_consent_ends_it(speaker: Browser) -> None:
    Consent.objects.create(interview=speaker.interview, attempt=1, kind="recording", version="x", given=False)
    assert refused(speaker, first(speaker)) == (409, "recording_not_agreed")


def test_the_opening_says_which_media(speaker: Browser) -> None:
    question = first(speaker)
    Opening.objects.update(richest_medium=Medium.AUDIO)
    assert refused(speaker, question, mime="video/webm;codecs=vp8,opus") == (422, "media_not_offered")
    assert make.put(speaker, question, PIECES[0]).status_code == 201
    Opening.objects.update(richest_medium=Medium.TEXT)
    assert refused(speaker, question, seq=1) == (422, "media_not_offered")


@pytest.mark.parametrize(
    "mime", ["", "text/html", "audio/" + "x" * 200, "audio/webm\r\nX: y", "application/octet-stream"]
)
def test_a_type_that_names_no_sound_is_not_believed(speaker: Browser, mime: str) -> None:
    answer = make.put(speaker, first(speaker), PIECES[0], mime=mime.replace("\r\n", " "))
    assert answer.status_code == 201
    assert Segment.objects.get().mime == ""


def test_before_the_start_and_after_the_end(interview: Interview, browser_of: Any) -> None:
    browser = browser_of(interview)
    question = first(browser)
    browser.epoch = 0
    assert refused(browser, question) == (409, "not_started")
    browser.enter(consents=["recording"])
    assert make.put(browser, question, PIECES[0]).status_code == 201
    endings.cancel(interview_id=interview.pk, by=Party.SYSTEM)
    assert refused(browser, question, PIECES[1], seq=1) == (409, "ended")


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


def discard(browser: Browser, question: int, numbers: Any, **more: Any) -> Any:
    body = {"epoch": browser.epoch, "segments": numbers, **more}
    return browser.send("POST", f"answers/{question}/segments/discard", body)


def left(browser: Browser) -> int:
    return int(browser.client.get("/room/api/state").json()["media"]["left_bytes"])


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


def test_quotas(speaker: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    question = first(speaker)
    size = len(PIECES[0])
    make.put(speaker, question, PIECES[0])
    for name, limit, of in (
        ("ANSWER_BYTES", 2 * size - 1, "answer"),
        ("CHUNKS_PER_ANSWER", 1, "chunks"),
        ("INTERVIEW_BYTES", 2 * size - 1, "interview"),
        ("LINK_BYTES", 2 * size - 1, "link"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(policy, name, limit)
            before = everything(speaker.interview)
            answer = make.put(speaker, question, PIECES[0], seq=1)
            assert (answer.status_code, answer.json()["code"], answer.json()["quota"]) == (
                413,
                "quota_exceeded",
                of,
            )
            assert everything(speaker.interview) == before
            assert make.put(speaker, question, PIECES[0]).status_code == 200, "what is stored stays stored"
            Segment.objects.update(standing="discarded")
            # A discarded take makes room for another one, but not for ever more of them.
            status = make.put(speaker, question, PIECES[0], segment=1).status_code
            assert status == (413 if of == "link" else 201)
            Segment.objects.filter(number=1).delete()
            Segment.objects.update(standing="taken")


def test_pieces_are_counted_on_their_own(speaker: Browser) -> None:
    question = first(speaker)
    limits.counter.forget()
    link = RoomSession.objects.get(token_hash=_token_hash(speaker)).link_id
    for _ in range(limits.CHUNKS):
        limits.counter.take(f"chunk {link}", limits.CHUNKS)
    assert make.put(speaker, question, PIECES[0]).status_code == 429
    assert speaker.save(question).status_code == 200


def _token_hash(browser: Browser) -> str:
    return links.digest(browser.client.cookies["room"].value)


def test_another_candidate_cannot_send_to_this_interview(speaker: Browser, browser_of: Any) -> None:
    other = browser_of(make_interview(name="别人")).enter(consents=["recording"])
    before = everything(speaker.interview)
    assert refused(other, first(speaker)) == (404, "question_unknown")
    assert everything(speaker.interview) == before


def test_a_storage_that_is_down_is_503_and_nothing_is_written(
    speaker: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No mock of ours: the folder is there but cannot be written into, because a file stands in its place."""
    monkeypatch.setattr(storage, "CHUNKS", "blocked/here")
    blocked = settings.STORAGES["recordings"]["OPTIONS"]["location"] / "blocked"
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_bytes(b"")
    try:
        assert refused(speaker, first(speaker)) == (503, "storage_down")
    finally:
        blocked.unlink()


def test_a_refusal_that_comes_last_leaves_no_bytes(speaker: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is finished by another request while the bytes are being stored: the second look sees it."""
    question = first(speaker)
    make.put(speaker, question, PIECES[0])
    original = storage.put

    def slow(content: io.BytesIO, *, name: str) -> None:
        original(content, name=name)
        endings.cancel(interview_id=speaker.interview.pk, by=Party.SYSTEM)

    monkeypatch.setattr(storage, "put", slow)
    before = make.stored_files()
    answer = make.put(speaker, question, PIECES[1], seq=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "ended")
    assert make.stored_files() == before
    assert Chunk.objects.count() == 1
