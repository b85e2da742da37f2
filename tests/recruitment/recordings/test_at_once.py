"""Two at the same instant: the same piece, other bytes under one number, two devices, the end of the answer."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection

from recruitment.models import Answer, Chunk, Recording, Segment
from recruitment.recordings import assembly
from tests.factories import recordings as make
from tests.recruitment.room.conftest import Browser, make_interview, question_ids

pytestmark = pytest.mark.django_db(transaction=True)
PIECES = make.cut(make.sound(1), 4)


@pytest.fixture
def speaker(transactional_db: None) -> Browser:
    return Browser(make_interview()).open().enter(consents=["recording", "ai_evaluation"])


def together(*calls: Callable[[], Any]) -> list[Any]:
    """All at once, each in a thread with a connection of its own."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result() for each in [pool.submit(run, call) for call in calls]]


def twin(browser: Browser) -> Browser:
    """The same page's second connection: the same cookie and epoch."""
    other = object.__new__(Browser)
    other.__dict__.update(browser.__dict__)
    other.client = browser.client.__class__(enforce_csrf_checks=True)
    other.client.cookies = browser.client.cookies
    return other


def test_the_same_piece_twice_at_once_is_one_row_and_one_file(speaker: Browser) -> None:
    question = question_ids(speaker.interview, 1)[0]
    pages = [twin(speaker) for _ in range(6)]
    for seq in range(3):
        answers = together(*(lambda p=page, s=seq: make.put(p, question, PIECES[s], seq=s) for page in pages))
        assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert Chunk.objects.count() == 3
    assert make.stored_files() == set(Chunk.objects.values_list("stored_name", flat=True))
    assert Answer.objects.count() == Segment.objects.count() == 1


def test_bytes_whose_row_was_perhaps_committed_are_kept(
    speaker: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is killed right after a commit: the row is there, and nobody heard of it."""
    question = question_ids(speaker.interview, 1)[0]
    speaker.client.raise_request_exception = False
    commit = connection._commit

    def commit_unheard() -> None:
        commit()
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(connection, "_commit", commit_unheard)
    assert make.put(speaker, question, PIECES[0]).status_code == 503
    monkeypatch.undo()

    assert make.put(speaker, question, PIECES[0]).status_code == 200
    chunk = Chunk.objects.get()
    assert make.sha256(make.bytes_of(chunk)) == chunk.sha256


def test_different_bytes_under_one_number_at_once(speaker: Browser) -> None:
    question = question_ids(speaker.interview, 1)[0]
    pages = [twin(speaker) for _ in range(4)]
    answers = together(
        *(lambda p=page, n=n: make.put(p, question, PIECES[n]) for n, page in enumerate(pages))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json().get("code") for answer in answers if answer.status_code == 409} == {"chunk_differs"}
    chunk = Chunk.objects.get()
    assert make.sha256(make.bytes_of(chunk)) == chunk.sha256
    assert make.stored_files() == {chunk.stored_name}


def test_two_devices_open_the_same_number_at_once(speaker: Browser) -> None:
    """Taken over while the first still sends: one gets the number, the other is told which is free."""
    question = question_ids(speaker.interview, 1)[0]
    other = Browser(speaker.interview).open().enter()
    answers = together(
        lambda: make.put(speaker, question, PIECES[0]), lambda: make.put(other, question, PIECES[0])
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    lost = next(answer for answer in answers if answer.status_code == 409)
    assert (lost.json()["code"], lost.json()["next_segment"]) == ("wrong_epoch", 1)
    assert Segment.objects.count() == Chunk.objects.count() == len(make.stored_files()) == 1


def test_a_piece_and_the_end_of_its_answer_at_once(speaker: Browser) -> None:
    """Whichever is first: the piece is part of the list that was verified, or it is set aside. Never neither."""
    question = question_ids(speaker.interview, 1)[0]
    said = make.record(speaker, question, PIECES[:3])
    late, finished = together(
        lambda: make.put(speaker, question, PIECES[3], seq=3),
        lambda: make.finish(twin(speaker), question, said),
    )
    assert (late.status_code, finished.status_code) == (201, 200)
    assert list(Chunk.objects.order_by("seq").values_list("set_aside", flat=True)) == [
        False,
        False,
        False,
        True,
    ]


def test_two_jobs_on_one_recording_leave_one_file(speaker: Browser) -> None:
    question = question_ids(speaker.interview, 1)[0]
    make.finish(speaker, question, make.record(speaker, question, PIECES))
    recording = Recording.objects.get()
    together(*(lambda: assembly.assemble(recording_id=recording.pk) for _ in range(3)))
    recording.refresh_from_db()
    assert recording.state == "playable"
    assert make.stored_files() == {
        *Chunk.objects.values_list("stored_name", flat=True),
        recording.stored_name,
    }
