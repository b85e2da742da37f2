"""From chunks to something that plays: whole, cut off, with a gap, broken, and after a break."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_q.models import OrmQ

from people.actors import Party
from people.models import User
from recruitment import tasks
from recruitment.evaluation.services import scoring
from recruitment.models import (
    Answer,
    Chunk,
    Competency,
    MentionPoint,
    Recording,
    RubricScore,
    Segment,
    Stage,
)  # fmt: skip
from recruitment.recordings import assembly, remux, storage
from recruitment.services import interviews, scheduling
from tests.factories import recordings as make
from tests.factories import recruitment
from tests.recruitment.room.conftest import Browser, question_ids

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
PIECES = make.cut(make.sound(), 8)


def first(browser: Browser) -> int:
    return question_ids(browser.interview, 1)[0]


def recording(number: int = 0) -> Recording:
    return Recording.objects.select_related("segment").get(segment__number=number)


def played(row: Recording) -> bytes:
    return b"".join(storage.read_range(row.stored_name, 0, row.bytes or 0))


@pytest.fixture(params=["ffmpeg", "PyAV"])
def _with_either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ffmpeg program where it is installed, and PyAV alone."""
    if request.param == "PyAV":
        monkeypatch.setenv("PATH", "/nowhere")
    elif not remux.has_ffmpeg():
        assert os.environ.get("CI") != "true", "No ffmpeg: in CI both ways must run."
        pytest.skip("ffmpeg is not installed")


@pytest.mark.usefixtures("_with_either")
@pytest.mark.parametrize(
    ("content", "mime", "seconds"),
    [
        (make.sound(), "audio/webm", 4.0),
        (make.sound(container="mp4", codec="aac"), "audio/mp4", 4.0),
        (make.picture(), "video/webm", 2.0),
    ],
    ids=["opus", "aac", "vp8"],
)
def test_a_finished_answer_plays_and_its_bytes_are_the_recorders(
    speaker: Browser, content: bytes, mime: str, seconds: float
) -> None:
    question, pieces = first(speaker), make.cut(content, 5)
    said = make.record(speaker, question, pieces, mime="video/webm")
    assert make.finish(speaker, question, said).status_code == 200

    assert tasks.assemble_answer(Answer.objects.get().pk) == 1

    row = recording()
    assert (row.state, row.mime, row.chunks, row.note) == ("playable", mime, 5, "")
    assert row.seconds == pytest.approx(seconds, abs=0.2)
    assert row.bytes == storage.recordings().size(row.stored_name) == len(played(row))
    assert Answer.objects.get().media == "playable"
    assert b"".join(make.bytes_of(chunk) for chunk in Chunk.objects.order_by("seq")) == content
    assert tasks.assemble_answer(Answer.objects.get().pk) == 0, "twice is once"
    assert make.stored_files() == {*Chunk.objects.values_list("stored_name", flat=True), row.stored_name}


@pytest.mark.usefixtures("_with_either")
def test_a_killed_phone_leaves_the_prefix_and_what_comes_later_makes_it_longer(speaker: Browser) -> None:
    question = first(speaker)
    for seq in (0, 1, 2, 4):
        make.put(speaker, question, PIECES[seq], seq=seq)
    assert Recording.objects.count() == 0
    interviews.interrupt(interview_id=speaker.interview.pk, cause=None, evidence={}, by=Party.SYSTEM)
    assert Answer.objects.get().media == "pending"

    tasks.assemble_answer(Answer.objects.get().pk)

    short = recording()
    assert (short.state, short.chunks, Answer.objects.get().media) == ("playable", 3, "playable")
    assert short.seconds == pytest.approx(4.0 * 3 / 8, abs=0.3)

    make.put(speaker, question, PIECES[3], seq=3)
    assert recording().state == "pending"
    assembly.assemble(recording_id=short.pk)
    longer = recording()
    assert (longer.state, longer.chunks) == ("playable", 5)
    assert (longer.seconds or 0) > (short.seconds or 0) + 0.5
    assert make.stored_files() == {*Chunk.objects.values_list("stored_name", flat=True), longer.stored_name}


@pytest.mark.usefixtures("_with_either")
@pytest.mark.parametrize("content", [b"not a recording at all", bytes(5000)])
def test_what_does_not_play_is_broken_and_says_why(speaker: Browser, content: bytes) -> None:
    question = first(speaker)
    said = make.record(speaker, question, [content])
    make.finish(speaker, question, said)
    tasks.assemble_answer(Answer.objects.get().pk)
    row = recording()
    assert (row.state, row.stored_name, row.seconds, row.bytes) == ("broken", "", None, None)
    assert row.note
    assert "/" not in row.note, "no path of this machine"
    assert Answer.objects.get().media == "broken"


@pytest.mark.parametrize("choice", ["leave", "give_up"])
def test_what_was_only_sent_after_the_exit_plays_too(speaker: Browser, choice: str) -> None:
    """The phone recorded while nothing got through, and sends it when the interview has broken off already."""
    question, other = question_ids(speaker.interview, 1)
    make.put(speaker, question, PIECES[0])
    body = {"epoch": speaker.epoch, "choice": choice, "cause": "network"}
    assert speaker.send("POST", "exit", body).status_code == 200
    tasks.assemble_answer(Answer.objects.get().pk)
    OrmQ.objects.all().delete()

    make.record(speaker, question, PIECES[:3], segment=1)
    make.put(speaker, other, PIECES[0])

    waiting = Recording.objects.filter(state="pending")
    assert {row.segment.answer.question_id for row in waiting} == {question, other}
    assert set(Answer.objects.values_list("media", flat=True)) == {"pending"}
    jobs = [each.task for each in OrmQ.objects.all()]
    assert {(job["func"], *job["args"]) for job in jobs} == {
        ("recruitment.tasks.assemble_answer", pk) for pk in Answer.objects.values_list("pk", flat=True)
    }
    for job in jobs:
        tasks.assemble_answer(*job["args"])
    made = Recording.objects.order_by("segment__answer", "segment__number")
    assert list(made.values_list("state", "chunks")) == [("playable", 1), ("playable", 3), ("playable", 1)]
    assert set(Answer.objects.values_list("media", flat=True)) == {"playable"}


def test_without_the_first_piece_nothing_plays(speaker: Browser) -> None:
    question = first(speaker)
    make.put(speaker, question, PIECES[1], seq=1)
    interviews.interrupt(interview_id=speaker.interview.pk, cause=None, evidence={}, by=Party.SYSTEM)
    tasks.assemble_answer(Answer.objects.get().pk)
    assert (recording().state, recording().chunks) == ("broken", 0)
    make.put(speaker, question, PIECES[0])
    assembly.assemble(recording_id=recording().pk)
    assert (recording().state, recording().chunks) == ("playable", 2)


def test_bytes_that_changed_in_the_store_end_the_recording_there(speaker: Browser) -> None:
    question = first(speaker)
    said = make.record(speaker, question, PIECES)
    make.finish(speaker, question, said)
    spoilt = Chunk.objects.get(seq=5)
    Path(storage.recordings().path(spoilt.stored_name)).write_bytes(b"spoilt")
    gone = Chunk.objects.get(seq=7)
    storage.delete(gone.stored_name)
    tasks.assemble_answer(Answer.objects.get().pk)
    assert (recording().state, recording().chunks) == ("playable", 5)


def test_an_answer_of_two_segments_is_broken_when_one_is(speaker: Browser) -> None:
    question = first(speaker)
    said = [make.record(speaker, question, PIECES), make.record(speaker, question, [b"noise"], segment=1)]
    make.finish(speaker, question, *said)
    tasks.assemble_answer(Answer.objects.get().pk)
    assert [recording(number).state for number in (0, 1)] == ["playable", "broken"]
    assert Answer.objects.get().media == "broken"


def test_what_came_too_late_is_kept_apart_and_plays_on_its_own(speaker: Browser) -> None:
    question = first(speaker)
    said = make.record(speaker, question, PIECES[:4])
    make.finish(speaker, question, said)
    make.put(speaker, question, PIECES[4], seq=4)
    make.record(speaker, question, PIECES, segment=1)
    tasks.assemble_answer(Answer.objects.get().pk)
    assert [(recording(number).state, recording(number).chunks) for number in (0, 1)] == [
        ("playable", 4), ("playable", 8),
    ]  # fmt: skip
    assert Answer.objects.get().media == "playable"


def test_a_discarded_take_is_deleted_by_the_same_job_and_the_fact_stays(speaker: Browser) -> None:
    question = first(speaker)
    make.record(speaker, question, PIECES[:3])
    said = make.record(speaker, question, PIECES, segment=1)
    make.finish(speaker, question, {"chunks": 0, "sha256": [], "discarded": True}, said)
    tasks.assemble_answer(Answer.objects.get().pk)
    discarded = Segment.objects.get(number=0)
    assert (discarded.standing, discarded.deletion_reason) == ("discarded", "discarded")
    assert discarded.deleted_at is not None
    assert set(discarded.chunks.values_list("stored_name", "sha256")) == {
        ("", make.sha256(each)) for each in PIECES[:3]
    }
    kept = Chunk.objects.filter(segment__number=1).values_list("stored_name", flat=True)
    assert make.stored_files() == {*kept, recording(1).stored_name}


def test_a_lost_job_is_made_good_by_the_sweep(speaker: Browser) -> None:
    question = first(speaker)
    said = make.record(speaker, question, PIECES)
    make.finish(speaker, question, said)
    assert tasks.assemble_pending() == 0, "its job has not had its turn yet"
    Recording.objects.update(changed_at=Recording.objects.get().changed_at - assembly.LEFT_BEHIND_AFTER)
    assert tasks.assemble_pending() == 1
    assert recording().state == "playable"


def test_one_recording_that_cannot_be_made_holds_up_no_other(
    speaker: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for question in question_ids(speaker.interview, 1):
        make.finish(speaker, question, make.record(speaker, question, PIECES))
    rows = list(Recording.objects.order_by("pk"))
    Recording.objects.update(changed_at=rows[0].changed_at - assembly.LEFT_BEHIND_AFTER)
    opened = storage.opened
    broken = set(rows[0].segment.chunks.values_list("stored_name", flat=True))

    def unreachable(name: str) -> Any:
        if name in broken:
            raise OSError("the store does not answer")
        return opened(name)

    monkeypatch.setattr(storage, "opened", unreachable)
    assert tasks.assemble_pending() == 1
    assert tasks.assemble_pending() == 0, "it waits its turn"
    assert list(Recording.objects.order_by("pk").values_list("state", flat=True)) == ["pending", "playable"]


@pytest.mark.parametrize(
    ("deed", "note"),
    [
        ("kill -9 $$", "reading it was ended by SIGKILL"),
        ("echo 'Error while allocating: Cannot allocate memory' >&2; exit 1", "Cannot allocate memory"),
        ("echo 'av_interleaved_write_frame(): No space left on device' >&2; exit 1", ""),
        ("exec sleep 30", "reading it took over 1 s"),
    ],
    ids=["killed", "out of memory", "full", "slow"],
)
def test_a_machine_that_gives_out_says_nothing_about_the_recording(
    speaker: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, deed: str, note: str
) -> None:
    """Programs that fail as on an overloaded machine: it is tried for a while, and with a full disk for ever."""
    question = first(speaker)
    make.finish(speaker, question, make.record(speaker, question, PIECES))
    with monkeypatch.context() as overloaded:
        for name in ("ffmpeg", "ffprobe"):
            (tmp_path / name).write_text(f"#!/bin/sh\n{deed}\n")
            (tmp_path / name).chmod(0o755)
        overloaded.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        overloaded.setattr(remux, "BOUNDS", replace(remux.BOUNDS, patience=1))
        assert tasks.assemble_answer(Answer.objects.get().pk) == 0
        assert (recording().state, recording().note, Answer.objects.get().media) == ("pending", "", "pending")
        with time_machine.travel(timezone.now() + assembly.GIVE_UP_AFTER + timedelta(minutes=1)):
            assert tasks.assemble_pending() == bool(note)
        assert (recording().state, recording().note) == ("broken" if note else "pending", note)
    Recording.objects.update(state="pending")
    assert tasks.assemble_answer(Answer.objects.get().pk) == 1
    assert (recording().state, recording().note) == ("playable", "")


def test_a_piece_that_comes_while_the_file_is_made_leaves_it_pending(
    speaker: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = first(speaker)
    make.put(speaker, question, PIECES[0])
    interviews.interrupt(interview_id=speaker.interview.pk, cause=None, evidence={}, by=Party.SYSTEM)
    original = remux.remux

    def slow(source: Path, folder: Path) -> Any:
        make.put(speaker, question, PIECES[1], seq=1)
        return original(source, folder)

    monkeypatch.setattr(remux, "remux", slow)
    assert assembly.assemble(recording_id=recording().pk) is False
    monkeypatch.setattr(remux, "remux", original)
    assert (recording().state, recording().chunks) == ("pending", 1)
    assert assembly.assemble(recording_id=recording().pk) is True
    assert (recording().state, recording().chunks) == ("playable", 2)


def test_a_score_is_not_made_up_for_what_nobody_has_read(speaker: Browser) -> None:
    recorded, written = question_ids(speaker.interview, 1)
    stage = Stage.objects.get(version=speaker.interview.version, number=1)
    for question, code in ((recorded, "spoken"), (written, "written")):
        competency = Competency.objects.create(code=code, name=code)
        with recruitment.unfrozen():
            stage.competencies.add(competency)
            MentionPoint.objects.create(
                question_id=question, competency=competency, label="x", wordings=["回答"]
            )
    make.finish(speaker, recorded, make.record(speaker, recorded, PIECES))
    speaker.save(written)
    assert speaker.send("POST", "stages/1/finish", {"epoch": speaker.epoch}).status_code == 200

    scoring.score_checkpoint(checkpoint_id=speaker.interview.checkpoints.get().pk)

    assert {(row.competency.code, row.value, row.method == "person") for row in RubricScore.objects.all()} == {
        ("spoken", None, True), ("written", 100, False),
    }  # fmt: skip


def test_an_attempt_that_keeps_a_stage_keeps_its_recording(speaker: Browser) -> None:
    for question in question_ids(speaker.interview, 1):
        make.finish(speaker, question, make.record(speaker, question, PIECES))
    speaker.send("POST", "stages/1/finish", {"epoch": speaker.epoch})
    interviews.interrupt(interview_id=speaker.interview.pk, cause=None, evidence={}, by=Party.SYSTEM)
    now = timezone.now()
    scheduling.reschedule(
        interview_id=speaker.interview.pk, opens_at=now, closes_at=now + timedelta(days=1),
        by=User.objects.get(pk=speaker.interview.application.opening.specialist_id),
    )  # fmt: skip
    for answer_id in Answer.objects.filter(attempt=1).values_list("pk", flat=True):
        tasks.assemble_answer(answer_id)
    kept = Answer.objects.filter(attempt=2)
    assert set(kept.values_list("media", "kept_from__attempt")) == {("playable", 1)}
    assert (
        make.put(speaker, question_ids(speaker.interview, 1)[0], PIECES[0], segment=5).json()["set_aside"]
        is True
    )
