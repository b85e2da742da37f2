"""One id from the click to the last line of the log that follows from it."""

import re
from typing import Any

import pytest
from django.test import Client
from django_q.models import OrmQ, Task
from django_q.tasks import async_task

from core import request_ids

HEX = re.compile(r"[0-9a-f]{32}")
GIVEN = "trace-0123456789-abcdef"


def seen_in_a_job() -> str:
    """A job that tells under which id it runs."""
    return request_ids.current()


@pytest.mark.django_db
def test_a_request_keeps_the_id_that_it_brings(client: Client) -> None:
    assert client.get("/ping", headers={request_ids.HEADER: GIVEN})[request_ids.HEADER] == GIVEN
    assert request_ids.current() == "", "and nothing of it is left for the next"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given",
    [
        "",
        "short",
        "13800138000",
        "11010519491231002X",
        "6222021234567890123",
        "a" * 65,
        f"{GIVEN} x",
        f"{GIVEN}\u00e9",
    ],
)
def test_what_is_no_id_is_not_taken(client: Client, given: str) -> None:
    first = client.get("/ping", headers={request_ids.HEADER: given})[request_ids.HEADER]
    assert HEX.fullmatch(first)
    assert client.get("/ping", headers={request_ids.HEADER: given})[request_ids.HEADER] != first


@pytest.mark.django_db
def test_a_page_that_is_not_there_and_one_that_is_refused_say_their_id_too(client: Client) -> None:
    found = {
        path: client.get(path, headers={request_ids.HEADER: GIVEN})[request_ids.HEADER]
        for path in ("/nothing-here", "/admin/", "/api/v1/interviews/", "/healthz")
    }
    assert set(found.values()) == {GIVEN}


def test_an_empty_id_leaves_the_one_around_it() -> None:
    with request_ids.under(GIVEN), request_ids.under(""):
        assert request_ids.current() == GIVEN
    assert request_ids.current() == ""


@pytest.mark.django_db
def test_a_job_runs_under_the_id_of_whoever_asked_for_it() -> None:
    with request_ids.under(GIVEN):
        async_task("tests.core.test_request_ids.seen_in_a_job")
    async_task("tests.core.test_request_ids.seen_in_a_job")
    asked, by_the_clock = (row.task for row in OrmQ.objects.order_by("id"))

    assert asked[request_ids.KEY] == GIVEN
    assert HEX.fullmatch(by_the_clock[request_ids.KEY])


@pytest.mark.django_db(transaction=True)
def test_the_worker_takes_the_id_from_the_package_and_leaves_none_behind() -> None:
    with request_ids.under(GIVEN):
        done = async_task("tests.core.test_request_ids.seen_in_a_job", sync=True)
    assert Task.objects.get(id=done).result == GIVEN
    assert request_ids.current() == ""


def test_a_package_of_the_release_before_gets_an_id_when_it_begins() -> None:
    task: dict[str, Any] = {"func": "anything"}
    request_ids.job_begins(task)
    assert HEX.fullmatch(request_ids.current())
    request_ids.job_ends()
    assert request_ids.current() == ""
