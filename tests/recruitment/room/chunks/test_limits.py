"""Quotas of a recorder, and a storage that fails."""

import io

import pytest
from django.conf import settings

from people.actors import Party
from recruitment.models import (
    Chunk,
    RoomSession,
    Segment,
)
from recruitment.recordings import policy, storage
from recruitment.room import limits
from recruitment.services import endings
from tests.factories import recordings as make
from tests.recruitment.room.chunks.recorder import PIECES, _token_hash, first, refused
from tests.recruitment.room.conftest import Browser, everything


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
