"""Every (state, step) pair of an interview: the allowed ones written out, all others refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from django_fsm import ConcurrentTransition, TransitionNotAllowed

from recruitment.enums import InterviewState
from recruitment.models import Interview
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db

ALLOWED = {
    ("scheduled", "enter"): "in_progress",
    ("in_progress", "interrupt"): "interrupted",
    ("interrupted", "resume"): "in_progress",
    ("in_progress", "complete"): "completed",
    ("interrupted", "complete"): "completed",
    ("interrupted", "abandon"): "abandoned",
    ("scheduled", "miss"): "missed",
    ("scheduled", "cancel"): "cancelled",
    ("in_progress", "cancel"): "cancelled",
    ("interrupted", "cancel"): "cancelled",
    ("scheduled", "reschedule"): "scheduled",
    ("interrupted", "reschedule"): "scheduled",
    ("missed", "reschedule"): "scheduled",
    ("abandoned", "reschedule"): "scheduled",
    ("cancelled", "reschedule"): "scheduled",
    ("cancelled", "reinstate"): "interrupted",
}
# Where it stood before its application's end decides: the table above has who had begun.
REINSTATED = {"scheduled", "interrupted"}
STEPS = ["enter", "interrupt", "resume", "complete", "abandon", "miss", "cancel", "reschedule", "reinstate"]


def _arguments(step: str) -> dict[str, Any]:
    now = timezone.now()
    return {
        "enter": {"at": now},
        "interrupt": {"at": now, "resume_until": now + timedelta(hours=72)},
        "complete": {"at": now},
        "reschedule": {"opens_at": now, "closes_at": now + timedelta(days=1)},
        "reinstate": {"at": now, "resume_until": now + timedelta(hours=72)},
    }.get(step, {})


@pytest.mark.parametrize("state", InterviewState.values)
@pytest.mark.parametrize("step", STEPS)
def test_step_moves_only_where_the_table_allows(state: str, step: str) -> None:
    interview = make.interview(state=state)
    if step == "complete":
        for number in (1, 2, 3):
            make.saved_stage(interview, number)

    if (state, step) in ALLOWED:
        getattr(interview, step)(**_arguments(step))
        interview.save()
        assert Interview.objects.get(pk=interview.pk).state == ALLOWED[state, step]
    else:
        with pytest.raises(TransitionNotAllowed):
            getattr(interview, step)(**_arguments(step))
        assert Interview.objects.get(pk=interview.pk).state == state


def test_the_model_declares_exactly_these_steps() -> None:
    field = Interview._meta.get_field("state")

    declared = {(t.source, t.name): t.target for t in field.get_all_transitions(Interview)}
    declared["cancelled", "reinstate"] = set(declared["cancelled", "reinstate"].allowed_states)

    assert declared == {**ALLOWED, ("cancelled", "reinstate"): REINSTATED}


@pytest.mark.parametrize("source", InterviewState.values)
@pytest.mark.parametrize("target", InterviewState.values)
def test_database_refuses_every_edge_that_no_step_has(source: str, target: str) -> None:
    interview = make.interview(state=source)
    legal = source == target or (source, target) in {(s, t) for (s, _step), t in ALLOWED.items()}

    def move() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE recruitment_interview SET state = %s, resume_until = now() WHERE id = %s",
                [target, interview.pk],
            )

    if legal:
        move()
        assert Interview.objects.get(pk=interview.pk).state == target
    else:
        with pytest.raises(ProgrammingError, match="Invalid transition"):
            move()
        assert Interview.objects.get(pk=interview.pk).state == source


def test_interrupt_needs_an_open_stage() -> None:
    interview = make.interview(state="in_progress")
    for number in (1, 2, 3):
        make.saved_stage(interview, number)

    with pytest.raises(TransitionNotAllowed):
        interview.interrupt(**_arguments("interrupt"))


def test_complete_needs_every_checkpoint() -> None:
    interview = make.interview(state="in_progress")
    make.saved_stage(interview, 1)
    make.saved_stage(interview, 2)

    with pytest.raises(TransitionNotAllowed):
        interview.complete(**_arguments("complete"))


def test_state_cannot_be_written_past_the_steps() -> None:
    interview = make.interview(state="in_progress")

    with pytest.raises(FieldError):
        Interview.objects.filter(pk=interview.pk).update(state="completed")
    with pytest.raises(AttributeError):
        interview.state = "completed"
    assert Interview.objects.get(pk=interview.pk).state == "in_progress"


def test_refresh_of_a_deleted_row_leaves_the_state_protected() -> None:
    kept, gone = make.interview(state="in_progress"), make.interview()
    copy = Interview.objects.get(pk=gone.pk)
    gone.lease.delete()
    gone.delete()

    with pytest.raises(Interview.DoesNotExist):
        copy.refresh_from_db()

    assert copy.state == "scheduled"
    with pytest.raises(AttributeError):
        kept.state = "completed"


def test_a_stale_copy_cannot_take_a_step() -> None:
    first = make.interview()
    second = Interview.objects.get(pk=first.pk)
    first.cancel()
    first.save()

    second.enter(at=timezone.now())
    with pytest.raises(ConcurrentTransition), transaction.atomic():
        second.save()

    assert Interview.objects.get(pk=first.pk).state == "cancelled"
