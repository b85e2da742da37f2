"""What is due is taken in sets: few statements for many, what somebody holds is left, one lost row stops no other."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.events.models import Event, Reaction
from core.events.signal import DurableSignal
from recruitment import tasks
from recruitment.evaluation.services import scoring
from recruitment.models import Application, Assessment, Checkpoint, FollowUp, Interview, Opening
from recruitment.services import deadlines, decisions, leavers, locking, overdue, promises
from tests.factories import people
from tests.factories import recruitment as make

HOUR = timedelta(hours=1)


def nobody_came(of: Opening) -> Interview:
    now = timezone.now()
    row = make.application(of, stage="interviewing")
    return make.interview(row, window_opens_at=now - 48 * HOUR, window_closes_at=now - HOUR)


def not_returned(of: Opening) -> Interview:
    row = make.interview(
        make.application(of, stage="interviewing"),
        state="interrupted",
        resume_until=timezone.now() - HOUR,
        interrupted_at=timezone.now() - 73 * HOUR,
    )
    tried = {"attempt": 1, "by": of.specialist, "channel": "phone", "reached": False}
    make.follow_up(row).contact_attempts.create(**tried)
    return row


def not_called(of: Opening) -> FollowUp:
    row = make.interview(make.application(of, stage="interviewing"), state="interrupted")
    return make.follow_up(row, due_at=timezone.now() - HOUR)


def of_a_leaver(of: Opening) -> FollowUp:
    row = make.interview(make.application(of, stage="interviewing"), state="interrupted")
    return make.follow_up(row, assignee=people.recruiter(is_active=False))


def promised(of: Opening) -> Application:
    day = timezone.localdate() - timedelta(days=1)
    row = make.application(of, stage="evaluating", promised_by=day)
    make.interview(row, state="completed")
    return row


def forgotten(of: Opening) -> Application:
    row = make.application(of, stage="evaluating")
    Assessment.objects.create(
        interview=make.interview(row, state="completed", threshold=80), attempt=1, basis="full",
        value=95, low=90, high=100, method="rubric-coverage/1",
    )  # fmt: skip
    Assessment.objects.filter(interview__application=row).update(issued_at=timezone.now() - HOUR)
    return row


class Due(NamedTuple):
    """A row that is due, the job that takes it, what that announces, and how the job takes hold of it."""

    make: Callable[[Opening], Any]
    job: Callable[[], Any]
    kind: str
    hold: str


DUE = {
    "missed": Due(nobody_came, deadlines.end_windows, "interview_missed", "free_interviews"),
    "abandoned": Due(not_returned, deadlines.end_windows, "interview_abandoned", "free_interviews"),
    "late": Due(not_called, overdue.watch, "follow_up_late", "free_follow_ups"),
    "left": Due(of_a_leaver, leavers.hand_on, "follow_up_released", "free_follow_ups"),
    "promised": Due(promised, promises.report_past, "invitation_overdue", "free_applications"),
    "forgotten": Due(forgotten, decisions.report_forgotten, "invitation_overdue", "free_applications"),
}
each_job = pytest.mark.parametrize("due", DUE.values(), ids=list(DUE))


@pytest.fixture
def opening(transactional_db: None) -> Opening:
    people.lead()
    return make.opening(skills={"excel": 4})


def announced(kind: str) -> list[int]:
    return list(Event.objects.filter(kind=kind).order_by("subject_id").values_list("subject_id", flat=True))


@each_job
def test_six_take_as_many_statements_as_three(due: Due, opening: Opening) -> None:
    due.make(opening)
    due.job()  # what is looked up once a process is known from here on
    counts, rows = [], []
    for count in (3, 6):
        rows = [due.make(opening) for _number in range(count)]
        with CaptureQueriesContext(connection) as queries:
            due.job()
        counts.append(len(queries))
    assert announced(due.kind)[-6:] == [row.pk for row in rows]
    assert len(announced(due.kind)) == 1 + 3 + 6
    assert counts[0] == counts[1], "\n".join(query["sql"][:200] for query in queries)
    assert set(Reaction.objects.values_list("state", "attempts")) == {("done", 1)}
    due.job()
    assert len(announced(due.kind)) == 10


@pytest.mark.parametrize("name", ["promised", "forgotten"])
def test_all_are_counted_and_announced_and_the_first_are_named(
    name: str, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is qualified by two reports counts once."""
    monkeypatch.setattr(promises, "MOST_NAMED", 2)
    due = DUE[name]
    rows = [due.make(opening) for _number in range(3)]
    if name == "forgotten":
        again = make.interview(rows[0], state="completed", threshold=80, round=2)
        Assessment.objects.create(
            interview=again, attempt=1, basis="full", value=90, low=85, high=95, method="rubric-coverage/1",
        )  # fmt: skip
        Assessment.objects.filter(interview=again).update(issued_at=timezone.now() - HOUR)

    assert due.job() == (3, [rows[0].pk, rows[1].pk])
    assert announced(due.kind) == [row.pk for row in rows]


@each_job
def test_what_is_wrong_with_one_stays_with_it(
    due: Due, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [due.make(opening) for _number in range(3)]
    hold: Callable[..., list[Model]] = getattr(locking, due.hold)

    def breaks(numbers: Any) -> list[Model]:
        if rows[1].pk in numbers:
            raise ValueError("a bug")
        return hold(numbers)

    monkeypatch.setattr(locking, due.hold, breaks)
    due.job()
    assert announced(due.kind) == [rows[0].pk, rows[2].pk]

    monkeypatch.undo()
    due.job()
    assert announced(due.kind) == [row.pk for row in rows]


@each_job
def test_what_somebody_holds_is_left_for_the_next_time(due: Due, opening: Opening) -> None:
    rows = [due.make(opening) for _number in range(3)]
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(type(rows[0]).objects.select_for_update().filter(pk=rows[1].pk))
            is_held.set()
            may_go.wait(10)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert is_held.wait(10)
        due.job()
        assert announced(due.kind) == [rows[0].pk, rows[2].pk]
    finally:
        may_go.set()
        other.join()
    due.job()
    assert announced(due.kind) == [row.pk for row in rows]


def test_a_receiver_that_fails_for_one_leaves_the_others_whole(opening: Opening) -> None:
    rows = [nobody_came(opening) for _number in range(3)]
    signal = DurableSignal.registry["interview_missed"]

    def fails_for_one(event: Event) -> None:
        if event.subject_id == rows[1].pk:
            raise ValueError("a bug")

    signal.connect(fails_for_one, name="people.fails_for_one")
    try:
        assert deadlines.end_windows() == 3
    finally:
        signal.disconnect("people.fails_for_one")
    undone = Reaction.objects.exclude(state="done").values_list("name", "subject_id")
    assert list(undone) == [("people.fails_for_one", rows[1].pk)]
    assert set(Interview.objects.values_list("state", flat=True)) == {"missed"}


@pytest.mark.parametrize("name", ["promised", "forgotten"])
def test_one_run_announces_so_many_and_the_next_goes_on(name: str, opening: Opening) -> None:
    due = DUE[name]
    rows = [due.make(opening) for _number in range(3)]
    runs = []
    for _time in range(3):
        assert due.job(limit=2).first == [row.pk for row in rows]
        runs.append(announced(due.kind))
    assert runs == [[row.pk for row in rows[:2]], *[[row.pk for row in rows]] * 2]


def test_each_forgotten_application_has_its_own_reason(opening: Opening) -> None:
    asked, below, owed, unknown = [forgotten(opening) for _number in range(4)]
    for row, outcome in ((asked, "asked"), (below, "below")):
        report = Assessment.objects.get(interview__application=row)
        row.decisions.create(assessment=report, outcome=outcome)
    report = Assessment.objects.get(interview__application=owed)
    event = Event.objects.create(
        kind="report_issued", subject_type="recruitment.assessment", subject_id=report.pk,
        origin_type="recruitment.interview", origin_id=report.interview_id,
    )  # fmt: skip
    event.reactions.create(
        name="recruitment.apply_advance_rule",
        subject_type=event.subject_type,
        subject_id=report.pk,
        state="failed",
    )
    declined = forgotten(opening)
    declined.decisions.create(
        assessment=Assessment.objects.get(interview__application=declined), outcome="declined"
    )

    assert decisions.report_forgotten() == (4, [asked.pk, below.pk, owed.pk, unknown.pk])

    why = Event.objects.filter(kind="invitation_overdue").values_list("subject_id", "facts__reason")
    assert dict(why) == {
        asked.pk: "asked", below.pk: "threshold_lowered", owed.pk: "reaction_failed", unknown.pk: "unknown",
    }  # fmt: skip


def test_a_stage_that_cannot_be_scored_keeps_no_other_from_its_scores(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = [
        make.saved_stage(
            make.interview(make.application(opening, stage="interviewing"), state="in_progress"), 1
        )
        for _number in range(3)
    ]
    Checkpoint.objects.update(saved_at=timezone.now() - HOUR)
    scores = scoring._scores

    def breaks(interview: Interview, checkpoint: Checkpoint) -> Any:
        if checkpoint.pk == saved[0].pk:
            raise ValueError("a bug")
        return scores(interview, checkpoint)

    monkeypatch.setattr(scoring, "_scores", breaks)
    assert tasks.score_unscored() == 2
    assert list(Checkpoint.objects.filter(scored_at=None)) == [saved[0]]
