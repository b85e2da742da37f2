"""How long recordings are kept: by policy, by consent, by HR; bytes go, the fact stays; and what a crash leaves."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_q.models import OrmQ

from core.errors import Forbidden, Refused
from people.actors import Party
from people.models import User
from recruitment import tasks
from recruitment.models import Answer, Chunk, Consent, Opening, Recording, Segment
from recruitment.recordings import orphans, retention, storage, workroom
from recruitment.recordings.services import keeping
from recruitment.services import interviews, scheduling
from tests.factories import clocks, people
from tests.factories import recordings as make
from tests.recruitment.room.conftest import Browser, everything, make_interview, question_ids

pytestmark = pytest.mark.django_db
PIECES = make.cut(make.sound(), 4)


def recorded(browser: Browser, place: int = 0) -> Segment:
    question = question_ids(browser.interview, 1)[place]
    make.finish(browser, question, make.record(browser, question, PIECES))
    answer = Answer.objects.get(question=question)
    tasks.assemble_answer(answer.pk)
    return answer.segments.get()


def facts() -> list[tuple[str, bool]]:
    """Why and whether each segment's bytes are gone."""
    rows = Segment.objects.order_by("pk").values_list("deletion_reason", "deleted_at")
    return [(reason, deleted_at is not None) for reason, deleted_at in rows]


def test_the_policy_deletes_on_its_day_and_keeps_the_fact(speaker: Browser) -> None:
    recorded(speaker)
    Opening.objects.update(recording_days=30)
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=29, hours=23), tick=False):
        assert tasks.delete_recordings() == 0
    assert facts() == [("", False)]
    assert len(make.stored_files()) == 5
    with time_machine.travel(now + timedelta(days=30, hours=1), tick=False):
        assert tasks.delete_recordings() == 1
        assert tasks.delete_recordings() == 0
    assert facts() == [("retention", True)]
    assert make.stored_files() == set()
    assert list(Chunk.objects.values_list("seq", "sha256", "stored_name")) == [
        (seq, make.sha256(piece), "") for seq, piece in enumerate(PIECES)
    ]
    row = Recording.objects.get()
    assert (row.stored_name, row.bytes, row.state) == ("", None, "playable")
    assert row.seconds is not None, "how long it was may be known"


def test_nobody_is_kept_longer_than_they_were_told(speaker: Browser) -> None:
    segment = recorded(speaker)
    told = segment.opened_at + timedelta(days=180)
    Opening.objects.update(recording_days=365)
    segment.refresh_from_db()
    assert segment.deletion_due == told
    # A shorter time is nobody's harm; what is recorded from then on goes by the time that stands then.
    Opening.objects.update(recording_days=30)
    Opening.objects.update(recording_days=365)
    later = recorded(speaker, 1)
    assert {row.pk: row.deletion_due - row.opened_at for row in Segment.objects.all()} == {
        segment.pk: timedelta(days=30), later.pk: timedelta(days=365),
    }  # fmt: skip
    [listed] = retention.due_by_opening(people.recruiter())
    assert listed.first == segment.opened_at + timedelta(days=30)


def test_each_opening_has_its_own_days(speaker: Browser) -> None:
    other = Browser(make_interview(name="别人")).open().enter(consents=["recording"])
    segments = [recorded(speaker), recorded(other)]
    mine, theirs = (browser.interview.application.opening_id for browser in (speaker, other))
    Opening.objects.filter(pk=mine).update(recording_days=10)
    with time_machine.travel(timezone.now() + timedelta(days=11), tick=False):
        tasks.delete_recordings()
    assert facts() == [("retention", True), ("", False)]

    hr = people.recruiter()
    listed = retention.due_by_opening(hr).values_list("pk", "kept", "kept_bytes", "oldest")
    assert list(listed) == [(theirs, 1, sum(map(len, PIECES)), segments[1].opened_at)]
    assert list(retention.due_by_opening(people.manager())) == []


def test_who_withdraws_the_consent_has_everything_deleted(speaker: Browser) -> None:
    recorded(speaker)
    question = question_ids(speaker.interview, 1)[1]
    make.put(speaker, question, PIECES[0])
    speaker.save(question)

    assert keeping.withdraw_consent(interview_id=speaker.interview.pk, by=Party.CANDIDATE) == 2
    assert OrmQ.objects.last().task["func"] == "recruitment.tasks.delete_recordings"
    tasks.delete_recordings()

    assert facts() == [("consent", True), ("consent", True)]
    assert make.stored_files() == set()
    said = Consent.objects.filter(kind="recording").order_by("pk").values_list("given", flat=True)
    assert list(said) == [True, False]
    assert Answer.objects.get(question=question).text == "一个完整的回答"
    assert make.put(speaker, question, PIECES[0], seq=1).json()["code"] == "recording_not_agreed"


def test_a_withdrawn_consent_binds_the_pages_of_an_earlier_attempt(speaker: Browser) -> None:
    """Their queues are still on the phone; each page is asked for the consent of its own attempt."""
    interviews.interrupt(interview_id=speaker.interview.pk, cause=None, evidence={}, by=Party.SYSTEM)
    now = timezone.now()
    scheduling.reschedule(
        interview_id=speaker.interview.pk, opens_at=now, closes_at=now + timedelta(days=1),
        by=User.objects.get(pk=speaker.interview.application.opening.specialist_id),
    )  # fmt: skip
    later = Browser(speaker.interview).open().enter(consents=["recording"])
    for browser in (speaker, later):
        assert make.record(browser, question_ids(browser.interview, 1)[0], PIECES[:1])

    assert keeping.withdraw_consent(interview_id=speaker.interview.pk, by=Party.CANDIDATE) == 2

    for browser in (speaker, later):
        answer = make.put(browser, question_ids(browser.interview, 1)[0], PIECES[1], seq=1)
        assert (answer.status_code, answer.json()["code"]) == (409, "recording_not_agreed")
    said = Consent.objects.filter(kind="recording").order_by("pk").values_list("attempt", "given")
    assert list(said) == [(1, True), (2, True), (1, False), (2, False)]


def test_only_hr_or_the_candidate_may_say_so(speaker: Browser) -> None:
    segment = recorded(speaker)
    before = everything(speaker.interview)
    with pytest.raises(Forbidden):
        keeping.withdraw_consent(interview_id=speaker.interview.pk, by=people.manager())
    with pytest.raises(Forbidden):
        keeping.delete_now(segment_id=segment.pk, by=people.manager())
    with pytest.raises(Refused, match="nothing_agreed"):
        keeping.withdraw_consent(interview_id=make_interview(name="别人").pk, by=Party.CANDIDATE)
    assert everything(speaker.interview) == before


def test_hr_deletes_one(speaker: Browser) -> None:
    segment, kept = recorded(speaker), recorded(speaker, 1)
    keeping.delete_now(segment_id=segment.pk, by=people.recruiter())
    tasks.delete_recordings()
    assert facts() == [("by_hr", True), ("", False)]
    assert make.stored_files() == {
        *kept.chunks.values_list("stored_name", flat=True),
        kept.recording.stored_name,
    }
    with pytest.raises(Refused, match="recording_deleted"):
        keeping.delete_now(segment_id=segment.pk, by=people.recruiter())


def test_a_crash_between_bytes_and_row_is_made_good(speaker: Browser) -> None:
    """Marked, some bytes gone, the row not written: the next run ends it."""
    segment = recorded(speaker)
    Segment.objects.update(deletion_reason="retention")
    for chunk in segment.chunks.all()[:2]:
        storage.delete(chunk.stored_name)
    assert facts() == [("retention", False)]
    assert retention.delete_marked() == 1
    assert facts() == [("retention", True)]
    assert make.stored_files() == set()


def test_what_cannot_be_deleted_holds_up_no_other(
    speaker: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stuck, other = recorded(speaker), recorded(speaker, 1)
    Segment.objects.update(deletion_reason="retention")
    delete = storage.delete
    names = set(stuck.chunks.values_list("stored_name", flat=True))

    def locked(name: str) -> None:
        if name in names:
            raise PermissionError(name)
        delete(name)

    monkeypatch.setattr(storage, "delete", locked)
    assert tasks.delete_recordings() == 1
    assert facts() == [("retention", False), ("retention", True)]
    said = [each.getMessage() for each in caplog.records if "deleted" in each.getMessage()]
    assert said == [f"The recording of segment {stuck.pk} cannot be deleted: PermissionError"]

    # However many are stuck, one that can be deleted has its turn.
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    Segment.objects.filter(pk=other.pk).update(deleted_at=None)
    assert sum(tasks.delete_recordings() for _ in range(60)) == 1
    monkeypatch.setattr(storage, "delete", delete)
    assert tasks.delete_recordings() == 1
    assert facts() == [("retention", True)] * 2
    assert make.stored_files() == set()


def test_bytes_without_a_row_are_swept_after_a_while_and_nothing_else(speaker: Browser) -> None:
    """A crash after storing and before the row; and one in the middle of storing."""
    segment = recorded(speaker)
    orphan, draft = storage.new_name(storage.CHUNKS), storage.new_name(storage.PLAYS, ".webm") + storage.PART
    for name in (orphan, draft):
        Path(storage.recordings().path(name)).write_bytes(b"left behind")
    known = make.stored_files() - {orphan, draft}

    assert tasks.sweep_orphans() == 0, "a request may still write the row"
    with time_machine.travel(timezone.now() + orphans.GRACE + timedelta(minutes=1), tick=False):
        assert tasks.sweep_orphans() == 2

    assert make.stored_files() == known == {
        *segment.chunks.values_list("stored_name", flat=True), segment.recording.stored_name,
    }  # fmt: skip


def test_a_clock_that_was_set_forward_deletes_nothing(speaker: Browser) -> None:
    """Neither what is due by it alone, nor what a request is just writing the row of."""
    recorded(speaker)
    Opening.objects.update(recording_days=30)
    Path(storage.recordings().path(storage.new_name(storage.CHUNKS))).write_bytes(b"its row comes")
    stored = make.stored_files()
    with clocks.set_forward(timedelta(days=31)):
        assert (tasks.delete_recordings(), tasks.sweep_orphans(), tasks.sweep_all_orphans()) == (0, 0, 0)
    assert make.stored_files() == stored
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert (tasks.delete_recordings(), tasks.sweep_all_orphans()) == (1, 1)


def test_a_draft_that_gets_its_name_during_the_sweep_stops_nothing(
    speaker: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(speaker)
    orphan = storage.new_name(storage.CHUNKS)
    Path(storage.recordings().path(orphan)).write_bytes(b"left behind")
    listed = storage.names_of
    gone = storage.new_name(storage.CHUNKS) + storage.PART
    monkeypatch.setattr(storage, "names_of", lambda folder, day: [gone, *listed(folder, day)])
    with time_machine.travel(timezone.now() + orphans.GRACE + timedelta(minutes=1), tick=False):
        assert tasks.sweep_orphans() == 1
    assert orphan not in make.stored_files()


def test_what_a_killed_job_left_in_its_workroom_is_swept(settings: Any, tmp_path: Path) -> None:
    settings.WORK_ROOM = tmp_path / "work"
    with workroom.folder() as folder:
        (folder / "source").write_bytes(b"said")
        left = folder.with_name("left")
        left.mkdir()
        (left / "source").write_bytes(b"said")
        assert tasks.sweep_orphans() == 0, "its job may still run"
        with time_machine.travel(timezone.now() + orphans.GRACE + timedelta(minutes=1), tick=False):
            assert tasks.sweep_orphans() == 2
    assert list((tmp_path / "work").iterdir()) == []


def test_a_row_without_bytes_is_said_and_breaks_nothing(speaker: Browser) -> None:
    question = question_ids(speaker.interview, 1)[0]
    make.finish(speaker, question, make.record(speaker, question, PIECES))
    storage.delete(Chunk.objects.get(seq=0).stored_name)
    tasks.assemble_answer(Answer.objects.get().pk)
    assert (Recording.objects.get().state, Answer.objects.get().media) == ("broken", "broken")


def test_what_a_row_deleted_long_after_leaves_behind_is_found_at_night(speaker: Browser) -> None:
    segment = recorded(speaker)
    with time_machine.travel(timezone.now() + timedelta(days=100), tick=False):
        segment.delete()
        assert tasks.sweep_orphans() == 0, "too long ago for the sweep of every hour"
        assert len(make.stored_files()) == 5
        assert tasks.sweep_all_orphans() == 5
    assert make.stored_files() == set()
