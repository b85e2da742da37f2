"""A page that asks too much of the database is broken off and says so; nobody else is."""

import pytest
from django.db import OperationalError, connection
from django.test import Client
from psycopg_pool import PoolTimeout

from core.admin.base import OfferedLookups
from core.bounded import as_bounded
from recruitment.api.openings import OpeningViewSet
from tests.factories import api, people

pytestmark = pytest.mark.django_db


def _sleep(*_args, **_options):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")


@pytest.mark.django_db(transaction=True)
def test_a_list_that_takes_too_long_says_so(client, settings, monkeypatch):
    """It was a 500 after ten seconds, with a connection that nobody else could have."""
    settings.STATEMENT_SECONDS = 0.3
    client.force_login(people.recruiter())
    monkeypatch.setattr(OfferedLookups, "get_results", _sleep)
    answer = client.get("/admin/recruitment/candidate/?q=a")
    assert answer.status_code == 422
    assert "太久" in answer.content.decode()
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_api_says_it_with_a_code(settings, monkeypatch):
    settings.STATEMENT_SECONDS = 0.3
    monkeypatch.setattr(OpeningViewSet, "get_queryset", _sleep)
    answer = api.client_of(people.lead()).get("/api/v1/openings/")
    assert (answer.status_code, answer.json()["code"]) == (422, "too_slow")


@pytest.mark.django_db(transaction=True)
def test_only_the_staffs_pages_are_bounded_and_the_connection_is_given_back_as_it_was(settings):
    settings.STATEMENT_SECONDS = 3
    client = Client()
    client.force_login(people.lead())
    assert client.get("/admin/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_pool_without_a_free_connection_is_a_sentence_too():
    error = OperationalError("couldn't get a connection after 10.00 sec")
    error.__cause__ = PoolTimeout()
    found = as_bounded(error)
    assert found is not None
    assert (found.status, found.code, found.headers()) == (503, "busy", {"Retry-After": "5"})
    assert as_bounded(OperationalError("server closed the connection")) is None
