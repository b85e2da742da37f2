"""What the log says, and what it never says."""

import copy
import io
import json
import logging
import logging.config
import traceback
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from django_q.models import Task

from core import logs, request_ids
from hrsuite import settings
from people.actors import Party
from recruitment.services import links
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


@pytest.fixture(params=sorted(logs.FORMATTERS))
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the suite's own logging writes, in each of its forms."""
    told = {**copy.deepcopy(settings.LOGGING), "formatters": logs.FORMATTERS[request.param]}
    log = io.StringIO()
    told["handlers"]["stderr"]["stream"] = log
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logging.config.dictConfig({**told, "incremental": False})
    yield log
    root.handlers[:], root.level = handlers, level


def test_a_form_that_was_refused_does_not_put_the_candidates_link_into_the_log(written: io.StringIO) -> None:
    token = links.mint(interview_id=make.interview().pk, by=Party.SYSTEM)

    answer = Client(enforce_csrf_checks=True).post(f"/i/{token}")

    assert answer.status_code == 403
    assert "/i/…" in written.getvalue()
    assert token not in written.getvalue()


def test_what_is_kept_of_a_failed_job_quotes_no_row() -> None:
    candidate = make.candidate("欧阳青")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE recruitment_candidate SET language = NULL WHERE id = %s", [candidate.pk])
    except IntegrityError as error:
        told = f"{error} : {traceback.format_exc()}"
    assert "欧阳青" in told
    now = timezone.now()
    Task.objects.create(id="1", name="job", func="f", result=told, started=now, stopped=now, success=False)

    kept = Task.objects.get().result
    assert "violates not-null constraint" in kept and "欧阳青" not in kept and candidate.email not in kept


def test_a_traceback_names_no_link_and_quotes_no_row(written: io.StringIO) -> None:
    candidate = make.candidate("欧阳青\n第二行")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE recruitment_candidate SET language = NULL WHERE id = %s", [candidate.pk])
    except IntegrityError:
        logging.getLogger("recruitment").exception("at %s", "/i/abcdefghijklmnop_-0123456789")

    assert "IntegrityError" in written.getvalue() and "DETAIL: …" in written.getvalue()
    assert "/i/…" in written.getvalue() and "abcdefghijklmnop" not in written.getvalue()
    assert not [said for said in ("欧阳青", "第二行", candidate.email) if said in written.getvalue()]


def entry(level: int, told: str, *values: object, error: Exception | None = None) -> logging.LogRecord:
    found = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("core.test", level, "file.py", 1, told, values, found)


def test_a_line_for_people_says_to_which_request_it_belongs() -> None:
    with request_ids.under("0123456789abcdef0123456789abcdef"):
        told = logs.Line().format(entry(logging.WARNING, "%s waits", "a job"))
    assert told.endswith(" WARNING [0123456789abcdef0123456789abcdef] core.test a job waits")
    assert logs.Line().format(entry(logging.INFO, "begun")).endswith(" INFO [-] core.test begun")


def test_an_entry_for_a_collector_is_one_object_on_one_line() -> None:
    try:
        raise ValueError("/i/abcdefghijklmnop")
    except ValueError as error:
        broken = entry(logging.ERROR, "at %s\nand on", "/i/abcdefghijklmnop_-0123456789", error=error)
    with request_ids.under("0123456789abcdef0123456789abcdef"):
        told = logs.Json().format(broken)
    assert "\n" not in told
    found = json.loads(told)
    assert set(found) == {"at", "level", "process", "pid", "request", "logger", "message", "trace"}
    assert (found["level"], found["request"], found["logger"]) == (
        "ERROR",
        "0123456789abcdef0123456789abcdef",
        "core.test",
    )
    assert found["message"] == "at /i/…\nand on"
    assert found["trace"].endswith("ValueError: /i/…")
    assert json.loads(logs.Json().format(entry(logging.INFO, "begun")))["request"] is None


def test_what_strangers_cause_is_short_in_both_forms() -> None:
    told = entry(logging.ERROR, "Invalid host: %s", "x" * 5000, error=ValueError("secret"))
    assert len(logs.Short().format(told)) <= logs.LONGEST_LINE
    found = json.loads(logs.ShortJson().format(told))
    assert (len(found["message"]), "trace" in found) == (logs.LONGEST_LINE, False)
