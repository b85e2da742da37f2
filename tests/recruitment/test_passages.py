"""Stays in stages: a row for each stage that was left, whoever changed it; the history makes the same of before."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import QuerySet

from recruitment.models import Application, StagePassage
from recruitment.services import applications
from tests.factories import api, people, recruitment

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)
OF_BEFORE = import_module("recruitment.migrations.0070_stage_passages_of_before")


def passages() -> list[tuple[Any, ...]]:
    names = ("application", "stage", "to_stage", "entered_at", "left_at", "promised_by")
    return list(StagePassage.objects.order_by("application", "left_at").values_list(*names))


@pytest.fixture
def moved() -> list[Application]:
    """One by steps, with a promise that stood through another change; one by a statement over a set."""
    api.calendar(2026)
    rows = []
    with time_machine.travel(MONDAY, tick=False):
        rows = [recruitment.application(promised_by=date(2026, 11, 26)) for _number in range(2)]
        lead = people.lead()
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        applications.take_step(application_id=rows[0].pk, step="screen", by=lead)
    with time_machine.travel(MONDAY + timedelta(days=4), tick=False):
        applications.take_step(application_id=rows[0].pk, step="reject", by=lead, reason="经验不足")
    at = MONDAY + timedelta(days=2)
    QuerySet(Application).filter(pk=rows[1].pk).update(stage="interviewing", stage_since=at)
    return rows


def test_every_stage_that_is_left_is_a_row(moved: list[Application]) -> None:
    first, second = moved
    at = [MONDAY + timedelta(days=days) for days in range(5)]
    first.refresh_from_db()
    assert [row[1:5] for row in passages() if row[0] == first.pk] == [
        ("applied", "screening", at[0], at[1]),
        ("screening", "rejected", at[1], at[4]),
    ]
    assert [row[1:] for row in passages() if row[0] == second.pk] == [
        ("applied", "interviewing", at[0], at[2], date(2026, 11, 26))
    ]
    first.end_reason = "改了说明"
    first.save(update_fields=["end_reason"])
    assert len(passages()) == 3


def test_the_history_of_before_makes_the_same_rows(moved: list[Application]) -> None:
    written = passages()
    StagePassage.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(OF_BEFORE.PASSAGES)
    assert passages() == written
