"""Pages of the API: by number as far as rows are counted, and on by the last row seen."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import counts
from core.api import pages
from recruitment.models import Interview
from tests.factories import api, people, recruitment

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/interviews/"


@pytest.fixture
def client() -> Any:
    return api.client_of(people.lead())


@pytest.fixture
def nearby(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four rows are far."""
    monkeypatch.setattr(counts, "REACH", 4)
    monkeypatch.setattr(pages, "REACH", 4)


def made(number: int) -> list[int]:
    return [recruitment.interview().pk for _each in range(number)]


def walked(client: Any, address: str) -> tuple[list[int], list[dict[str, Any]]]:
    ids: list[int] = []
    bodies = []
    following: str | None = address
    while following:
        body = client.get(following).json()
        ids += [row["id"] for row in body["results"]]
        bodies.append(body)
        following = body["next"]
    return ids, bodies


def test_a_short_list_is_counted_by_its_own_page(client: Any) -> None:
    ids = made(3)
    with CaptureQueriesContext(connection) as queries:
        body = client.get(ADDRESS).json()
    assert (body["count"], body["next"], body["previous"]) == (3, None, None)
    assert [row["id"] for row in body["results"]] == ids[::-1]
    assert not [query for query in queries if "COUNT(" in query["sql"]]


def test_pages_are_turned_to_and_fro(client: Any) -> None:
    ids = made(5)
    second = client.get(f"{ADDRESS}?page=2&page_size=2").json()
    assert (second["count"], [row["id"] for row in second["results"]]) == (5, ids[::-1][2:4])
    assert parse_qs(urlsplit(second["next"]).query) == {"page": ["3"], "page_size": ["2"]}
    assert parse_qs(urlsplit(second["previous"]).query) == {"page_size": ["2"]}
    assert client.get(f"{ADDRESS}?page=last&page_size=2").json()["results"][0]["id"] == ids[0]
    for wrong in ("4", "0", "-1", "x", "9" * 40):
        assert client.get(f"{ADDRESS}?page={wrong}&page_size=2").status_code == 404


@pytest.mark.parametrize("ordering", ["", "-id", "id", "resume_until", "-resume_until", "window_opens_at"])
def test_the_whole_list_is_walked_each_row_once(client: Any, nearby: None, ordering: str) -> None:
    ids = made(11)
    Interview.objects.filter(pk__in=ids[::3]).update(resume_until=Interview.objects.first().window_opens_at)
    asked = f"&ordering={ordering}" if ordering else ""
    found, bodies = walked(client, f"{ADDRESS}?page_size=2{asked}")
    assert sorted(found) == ids
    assert bodies[0]["count"] >= 4 and bodies[0]["previous"] is None
    assert "after=" in bodies[-2]["next"]
    if not ordering:
        assert found == ids[::-1]


def test_a_place_that_was_not_given_out_is_refused(client: Any) -> None:
    made(1)
    for token in ("x", "W10=", "WzEsMl0=", "ŵ", "WyJ4Il0="):
        answer = client.get(ADDRESS, {"after": token})
        assert (answer.status_code, answer.json()["code"]) == (404, "after_invalid")
