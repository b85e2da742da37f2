"""`reports/weekly/`: shape, which week, whose, and what is refused."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from recruitment import signals
from tests.factories import api, people, recruitment
from tests.reports import rows

pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2026, 11, 18, 2, tzinfo=UTC)


def test_the_week_as_the_api_shows_it() -> None:
    """Every flow, the pass rate with its counts, exits by cause, our outage apart."""
    row = recruitment.interview(state="interrupted")
    rows.event(signals.interview_scheduled, row, WEDNESDAY)
    rows.event(signals.interview_interrupted, row, WEDNESDAY, exit=row.exits.get().pk)
    body = api.client_of(people.lead()).get("/api/v1/reports/weekly/?week=2026-W47").json()
    assert body.pop("as_of").endswith("+08:00")
    assert body == {
        "week": "2026-W47", "first_day": "2026-11-16", "last_day": "2026-11-22", "opening": None,
        "invited": 1, "started": 0, "completed": 0, "interrupted": 1, "returned": 0, "interrupted_by_us": 0,
        "abandoned": 0, "missed": 0, "cancelled": 0,
        "pass_rate": {
            "numerator": 0, "denominator": 0, "value": None, "bounds": None,
            "exclusions": [{"reason": "exit", "count": 1}], "definition": "pass-rate/1",
            "note": body["pass_rate"]["note"],
        },
        "exits": [{"cause": "network", "count": 1, "announced": 0, "silent": 1, "returned": 0}],
        "our_outage": {"cause": "our_outage", "count": 0, "announced": 0, "silent": 0, "returned": 0},
    }  # fmt: skip
    assert body["pass_rate"]["note"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "2026-W48"),
        ("week=2026-W47", "2026-W47"),
        ("day=2026-11-22", "2026-W47"),
        ("week=2026-W53", "2026-W53"),
    ],
)
def test_which_week(query: str, name: str) -> None:
    """This one, unless another is asked for by name or by a day. Sunday 23:00 in Shanghai is still Sunday."""
    with time_machine.travel(datetime(2026, 11, 29, 15, tzinfo=UTC), tick=False):
        body = api.client_of(people.lead()).get(f"/api/v1/reports/weekly/?{query}").json()
    assert body["week"] == name


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("week=2026-W54", "week_invalid"),
        ("week=2026-47", "week_invalid"),
        ("week=2025-W53", "week_invalid"),
        ("week=9999-W52", "week_invalid"),
        ("week=0001-W01", "week_invalid"),
        ("week=%00", "week_invalid"),
        ("week=２０２６-W47", "week_invalid"),
        ("day=2026-02-30", "day_invalid"),
        ("day=9999-12-31", "day_invalid"),
        ("day=yesterday", "day_invalid"),
        ("week=", "week_invalid"),
        ("day=2027-02-29", "day_invalid"),
        ("day=1999-12-31", "day_invalid"),
        ("opening=x", "opening_invalid"),
        ("opening=-1", "opening_invalid"),
        ("opening=%00", "opening_invalid"),
        ("opening=" + "9" * 5000, "opening_invalid"),
    ],
)
def test_what_makes_no_sense_is_422(query: str, code: str) -> None:
    """Each with its own code."""
    response = api.client_of(people.lead()).get(f"/api/v1/reports/weekly/?{query}")
    assert (response.status_code, response.json()["code"]) == (422, code)


def test_a_week_and_a_day_of_it() -> None:
    """They may say the same; a day of another week is not there."""
    client = api.client_of(people.lead())
    for query in ("day=2026-11-18&week=2026-W47", "day=2028-02-29&week=2028-W09", "week=2026-W53"):
        assert client.get(f"/api/v1/reports/weekly/?{query}").status_code == 200, query
    response = client.get("/api/v1/reports/weekly/?day=2026-11-18&week=2026-W46")
    assert (response.status_code, response.json()["code"]) == (404, "week_and_day")


def test_one_opening_and_whose() -> None:
    """Another tree's opening is not there for a manager; without it, only the own tree counts."""
    mine, other = recruitment.opening(), recruitment.opening()
    for opening in (mine, other):
        rows.event(signals.interview_missed, rows.interviews(opening, 1, "missed")[0], WEDNESDAY)
    client: Any = api.client_of(people.manager(mine.department))
    address = "/api/v1/reports/weekly/?week=2026-W47"
    assert client.get(address).json()["missed"] == 1
    assert client.get(f"{address}&opening={mine.pk}").json()["missed"] == 1
    response = client.get(f"{address}&opening={other.pk}")
    assert (response.status_code, response.json()["code"]) == (404, "opening_unknown")
    assert api.client_of(people.lead()).get(address).json()["missed"] == 2
