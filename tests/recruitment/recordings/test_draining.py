"""Two hundred recordings that wait to be written down, beside what must not wait for them."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from messaging.models import Message
from notifications import tasks
from recruitment.evaluation.services import judging
from recruitment.models import Answer, Question, Recording, Segment, Transcript
from recruitment.recordings import storage
from recruitment.recordings.services import writing_down
from recruitment.schedules import SCHEDULES
from tests.emulators.listening import KEY, MODEL, ListeningServer
from tests.factories import notifications as house
from tests.factories import recruitment as make

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
INTERVIEWS, EACH = 10, 20


def owed() -> None:
    """Twenty recordings of each of ten interviews, all waiting."""
    name = "plays/2026-11-02/one.webm"
    storage.put(ContentFile(b"webm"), name=name)
    opening = make.opening()
    for _number in range(INTERVIEWS):
        interview = make.interview(make.application(opening), state="completed")
        interview.consents.create(attempt=1, kind="ai_evaluation", version="test", given=True)
        question = Question.objects.filter(stage__version=interview.version).first()
        answer = Answer.objects.create(interview=interview, attempt=1, question=question, media="playable")
        segments = Segment.objects.bulk_create(
            Segment(answer=answer, number=number, epoch=1, mime="audio/webm") for number in range(EACH)
        )
        recordings = Recording.objects.bulk_create(
            Recording(segment=segment, state="playable", stored_name=name, seconds=4) for segment in segments
        )
        Transcript.objects.bulk_create(
            Transcript(recording=recording, file=recording.stored_name) for recording in recordings
        )


def test_they_drain_in_turns_each_once_and_a_reminder_does_not_wait(settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(writing_down, "WORK_FOR", 1.0)
    owed()
    with time_machine.travel(timezone.now() - timedelta(hours=30), tick=False):
        house.house("interrupted", resume_until=timezone.now() + timedelta(hours=50))
    turns: list[int] = []

    def drain() -> None:
        while written := writing_down.write_owed():
            turns.append(written)
        connection.close()

    with ListeningServer() as server:
        settings.TRANSCRIBER, settings.AI_URL = "remote", server.url
        settings.AI_KEY, settings.AI_TRANSCRIPTION_MODEL = KEY, MODEL
        worker = threading.Thread(target=drain)
        worker.start()
        waited = []
        while worker.is_alive():
            began = time.monotonic()
            tasks.send_reminders()
            waited.append(time.monotonic() - began)
            worker.join(0.2)
        worker.join()
    assert (sum(turns), len(server.asked)) == (INTERVIEWS * EACH, INTERVIEWS * EACH)
    assert set(Transcript.objects.values_list("state", "tries")) == {("written", 1)}
    first = Transcript.objects.order_by("written_at").values_list("recording__segment__answer", flat=True)
    assert len(set(first[:INTERVIEWS])) == INTERVIEWS
    assert Message.objects.filter(kind="reminder").count() == 1
    assert max(waited) < 5


def test_what_is_slow_runs_where_nothing_waits_for_it() -> None:
    slow = {schedule.func for schedule in SCHEDULES if schedule.cluster == "slow"}
    assert {"recruitment.tasks.write_down_recordings", "recruitment.tasks.judge_owed"} <= slow
    assert judging.WORK_FOR <= 60
