"""What the log says, and what it never says."""

import copy
import io
import logging
import logging.config
import traceback
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from django_q.models import Task

from hrsuite import settings
from people.actors import Party
from recruitment.services import links
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the suite's own logging writes."""
    told = copy.deepcopy(settings.LOGGING)
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
