"""Whatever the schema allows, and much that it does not: no answer is a server error, and each has its shape."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from hrsuite.wsgi import application
from people.models import User
from tests.factories import api, people
from tests.hrsuite.api import story

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance]
EXAMPLES = 25


@pytest.fixture(autouse=True)
def _one_connection(db: None) -> Iterator[None]:
    """A real server closes its connection after a request; here the test's transaction lives in it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def key_of(person: User) -> dict[str, str]:
    """The headers of somebody's key, asking for answers as they are: the client of these tests unpacks nothing."""
    return {"Authorization": f"Token {api.key_of(person)}", "Accept-Encoding": "identity"}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("whose", ["lead", "manager"])
def test_no_server_error_and_the_described_shape(whose: str) -> None:
    """Every operation of the schema, through WSGI, with a lead's key and with the department manager's.

    Rows of every kind are there, so that an id may be found; a few examples each, the same in every run.
    """
    told = story.left()
    headers = key_of(people.lead() if whose == "lead" else people.manager(told.opening.department))
    described = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)
    tried = 0
    for found in described.get_all_operations():
        strategy = found.ok().as_strategy()

        @settings(
            max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=strategy)
        def try_out(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        try_out()
        tried += 1
    assert tried >= 23
