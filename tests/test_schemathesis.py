"""Whatever the schema allows is answered as it says, and whatever it does not allow is refused: with every check."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from hrsuite.wsgi import application
from people.models import User
from tests.factories import api, people
from tests.hrsuite.api import story

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
EXAMPLES = 12


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
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("whose", ["lead", "manager"])
def test_every_check_of_every_operation(whose: str, mode: GenerationMode, settings: Any) -> None:
    """Through WSGI, with a lead's key and with the department manager's: what is right and what is not.

    Rows of every kind are there, so that an id may be found; a few examples each, the same in every run.
    """
    settings.API_CALLS_PER_MINUTE = 1_000_000
    told = story.left()
    headers = key_of(people.lead() if whose == "lead" else people.manager(told.opening.department))
    described = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)
    tried, failed = 0, []
    for found in described.get_all_operations():
        operation = found.ok()
        # No schema can say which bytes are a table.
        takes_a_file = operation.label == "POST /api/v1/imports/"
        excluded = [positive_data_acceptance] if takes_a_file else []

        @hypothesis.settings(
            max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def try_out(case: Any) -> None:
            case.call_and_validate(headers=headers, excluded_checks=excluded)  # noqa: B023 -- called in its turn

        try:
            try_out()
        except hypothesis.errors.Unsatisfiable:
            # Where nothing can be asked, nothing wrong can.
            assert operation.label in {"GET /api/v1/reports/", "GET /api/v1/approvals/"}, operation.label
        except (FailureGroup, Failure) as failure:
            failed.append(f"{operation.label}: {failure} {getattr(failure, 'exceptions', '')}")
        tried += 1
    assert not failed, "\n\n".join(failed)
    assert tried >= 25
