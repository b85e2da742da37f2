"""Recordings in a bucket of a real S3 server on this machine: in, made playable, played in ranges, deleted, down."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hrsuite import storages
from recruitment import tasks
from recruitment.models import Answer, Chunk, Recording, Segment
from recruitment.recordings import orphans, storage
from tests.emulators.s3 import Bucket, until_up
from tests.factories import people
from tests.factories import recordings as make
from tests.recruitment.room.conftest import Browser, question_ids

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.timeout(240)]
PIECES = make.cut(make.sound(), 4)


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    server = Bucket("recordings")
    monkeypatch.setenv("HRSUITE_S3_URL", server.url)
    settings.STORAGES = {**settings.STORAGES, "recordings": storages.recordings_storage()}
    try:
        until_up(lambda: storage.recordings().listdir(""))
        yield server
    finally:
        server.stop()


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_the_whole_life_of_a_recording_in_a_bucket(
    bucket: Bucket, speaker: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = question_ids(speaker.interview, 1)[0]
    said = make.record(speaker, question, PIECES)
    assert make.put(speaker, question, PIECES[0]).status_code == 200
    assert make.finish(speaker, question, said).status_code == 200
    assert [make.bytes_of(chunk) for chunk in Chunk.objects.order_by("seq")] == PIECES

    assert tasks.assemble_answer(Answer.objects.get().pk) == 1
    recording = Recording.objects.get()
    assert recording.state == "playable"
    names = {*Chunk.objects.values_list("stored_name", flat=True), recording.stored_name}
    assert make.stored_files() == names

    hr = Client()
    hr.force_login(people.recruiter())
    whole = body(hr.get(f"/recordings/{recording.pk}/"))
    assert (len(whole), whole[:4]) == (recording.bytes, b"\x1aE\xdf\xa3")
    part = hr.get(f"/recordings/{recording.pk}/", headers={"Range": "bytes=1000-1999"})
    assert (part.status_code, body(part)) == (206, whole[1000:2000])

    make.record(speaker, question_ids(speaker.interview, 1)[1], PIECES[:1])
    orphan = Chunk.objects.order_by("-pk")[0]
    Chunk.objects.filter(pk=orphan.pk).delete()
    assert tasks.sweep_orphans() == 0
    # Not by another clock: a request that is signed hours ahead is refused.
    monkeypatch.setattr(orphans, "GRACE", timedelta(0))
    time.sleep(1.1)
    assert tasks.sweep_orphans() == 1
    assert make.stored_files() == names

    Segment.objects.update(opened_at=timezone.now() - timedelta(days=181))
    assert tasks.delete_recordings() >= 1
    assert make.stored_files() == set()


def test_a_bucket_that_is_down_is_503_and_the_phone_tries_again(bucket: Bucket, speaker: Browser) -> None:
    bucket.stop()
    answer = make.put(speaker, question_ids(speaker.interview, 1)[0], PIECES[0])
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_down")
    assert not Answer.objects.exists()
    assert not Chunk.objects.exists()
