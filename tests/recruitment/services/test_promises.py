"""Promised days are watched: whoever still waits for a word is named once a day, with the reason."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from core.events.models import Event
from messaging.models import Message
from recruitment import tasks
from recruitment.models import Application
from recruitment.services import promises
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def promised(days: int | None, stage: str = "evaluating", **fields: Any) -> Application:
    """An application that was promised a word so many days from today."""
    day = None if days is None else timezone.localdate() + timedelta(days=days)
    return make.application(stage=stage, promised_by=day, **fields)


def overdue() -> list[tuple[int, dict[str, Any]]]:
    return list(
        Event.objects.filter(kind="invitation_overdue").order_by("id").values_list("subject_id", "facts")
    )


def test_only_who_still_waits_after_the_promised_day_is_named() -> None:
    waits = [promised(-1), promised(-3, "applied"), promised(-2, "second_round")]
    for days, stage in ((0, "evaluating"), (2, "applied"), (None, "offer")):
        promised(days, stage)
    for stage in ("hired", "rejected", "withdrawn"):
        promised(-5, stage)
    for state in ("scheduled", "in_progress", "interrupted"):
        make.interview(promised(-5, "applied"), state=state)
    make.interview(waits[0], state="completed")

    found = promises.report_past()

    assert found == (3, [waits[1].pk, waits[2].pk, waits[0].pk])
    assert dict(overdue()) == {
        row.pk: {"reason": "promise_past", "promised_by": row.promised_by.isoformat()} for row in waits
    }


def test_once_a_day_until_it_is_settled() -> None:
    row = promised(-1)
    assert [tasks.report_forgotten() for _time in range(2)] == [1, 1]
    assert len(overdue()) == 1

    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        tasks.report_forgotten()
        assert len(overdue()) == 2
        Application.objects.filter(pk=row.pk).update(promised_by=None)
        assert tasks.report_forgotten() == 0

    assert len(overdue()) == 2


@pytest.mark.parametrize("stage", ["evaluating", "second_round"])
def test_specialist_and_lead_read_which_promise_has_passed(stage: str) -> None:
    people.lead(name="陈总监")
    row = promised(-2, stage)

    promises.report_past()

    told = list(Message.objects.order_by("audience").values_list("audience", "kind", "subject", "body"))
    assert [(audience, kind) for audience, kind, _subject, _body in told] == [
        ("lead", "invitation_overdue"),
        ("specialist", "invitation_overdue"),
    ]
    for _audience, _kind, subject, body in told:
        assert subject == f"答应候选人的答复时间已过：{row.candidate}，{row.opening}"
        assert str(row.opening) in body and "达到复试线" not in body and "«" not in body and "{" not in body
