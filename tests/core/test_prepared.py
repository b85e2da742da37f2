"""Queries that Django writes once: with other values each time they answer what Django would."""

from threading import Thread
from typing import Any

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.test.utils import CaptureQueriesContext

from core.prepared import Shape, columns_of, of_row
from recruitment.models import Interview, Opening, RoomLink
from recruitment.services import locking
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def titled(title: str, least: int) -> QuerySet[Any, Any]:
    hanging = Interview.objects.filter(of_opening=OuterRef("pk"), attempt=least).order_by("pk")
    listed = ArraySubquery(hanging.values(json=JSONObject(id="pk", state="state")))
    rows = Opening.objects.filter(title=title, headcount__gte=least).order_by("pk")
    return rows.values_list("pk", "title", "created_at", listed)


def test_it_answers_what_django_answers_for_each_of_its_values() -> None:
    rows = [make.interview(make.application(make.opening(title=name))) for name in ("数据", "财务", "数据")]
    shape = Shape(titled, str, int)
    for title, least in (("数据", 1), ("财务", 1), ("数据", 30_000), ("没有", 1), ("", 1), ("数据", 1)):
        with CaptureQueriesContext(connection) as queries:
            found = shape.rows(title, least)
        assert found == [tuple(row) for row in titled(title, least)]
        assert len(queries) == 1
    assert [row[0] for row in shape.rows("财务", 1)] == [rows[1].application.opening_id]
    assert shape.rows("财务", 1)[0][3] == [{"id": rows[1].pk, "state": "scheduled"}]
    assert shape.first("没有", 1) is None


def test_each_thread_has_its_own() -> None:
    shape, found = Shape(lambda pk: Opening.objects.filter(pk=pk).values_list("pk"), int), []
    shape.rows(1)
    mine = shape._kept.query

    def look() -> None:
        found.append(hasattr(shape._kept, "query"))

    thread = Thread(target=look)
    thread.start()
    thread.join()
    assert found == [False] and shape._kept.query is mine


def test_a_row_is_as_django_reads_it() -> None:
    link = RoomLink.objects.create(
        interview=make.interview(), token_hash="x" * 64, expires_at="2026-12-01T00:00:00Z"
    )
    values = RoomLink.objects.filter(pk=link.pk).values_list(*columns_of(RoomLink))[0]
    row, read = of_row(RoomLink, values), RoomLink.objects.get(pk=link.pk)
    assert row == read and vars(row).keys() == vars(read).keys()
    assert {name: getattr(row, name) for name in columns_of(RoomLink)} == {
        name: getattr(read, name) for name in columns_of(RoomLink)
    }


def test_an_interview_and_its_lease_are_locked_and_whole() -> None:
    interview = make.interview(state="in_progress")
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        found, lease = locking.interview_and_lease_alone(interview.pk)
    assert [query["sql"].endswith("FOR UPDATE") for query in queries if "SELECT" in query["sql"]] == [True]
    read = Interview.objects.select_related("lease").get(pk=interview.pk)
    for one, other in ((found, read), (lease, read.lease)):
        assert {name: getattr(one, name) for name in columns_of(type(one))} == {
            name: getattr(other, name) for name in columns_of(type(other))
        }
    assert found.lease is lease and not found._state.adding
