"""The calls of a recorder for each piece: each code of the contract, and unchanged data wherever a call is refused."""

import io
from typing import Any

import pytest

from people.actors import Party
from recruitment.enums import Medium
from recruitment.models import (
    Chunk,
    Consent,
    Interview,
    Lease,
    Opening,
    Segment,
)
from recruitment.recordings import policy
from recruitment.services import endings
from tests.factories import recordings as make
from tests.recruitment.room.chunks.recorder import PIECES, first, refused, rows
from tests.recruitment.room.conftest import Browser, everything, make_interview


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


def test_another_candidate_cannot_send_to_this_interview(speaker: Browser, browser_of: Any) -> None:
    other = browser_of(make_interview(name="别人")).enter(consents=["recording"])
    before = everything(speaker.interview)
    assert refused(other, first(speaker)) == (404, "question_unknown")
    assert everything(speaker.interview) == before
