"""Whose figures a report shows: every report by every door for every kind of reader, and what an address cannot get."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from python_calamine import CalamineWorkbook

from core.jobs.models import LongWork
from people.models import KeyScope, Role, User
from recruitment.models import Application, Opening
from reports import saved
from reports.asking import REPORTS
from reports.models import KeptTable
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.reports.quarter_played import dated
from tests.reports.test_edges import lived

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 3, 4, 2, tzinfo=UTC)
NAMES = sorted(REPORTS)
House = tuple[Opening, Opening]


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house() -> House:
    """Two departments, each with an opening of March; of each opening every report counts somebody who left."""
    made = tuple(
        make.opening(people.department(name), title=name, target_month=NOW.date().replace(day=1))
        for name in ("数据部", "财务部")
    )
    for opening in made:
        lived(opening, NOW - timedelta(days=5), "abandoned")
    first, second = made
    return first, second


def seen(client: Any, name: str, **query: Any) -> Any:
    """How many the report's first figure counts, "withheld", or the code of the refusal."""
    answer = client.get(f"/api/v1/reports/{name}/", query)
    if answer.status_code != 200:
        return answer.json()["code"]
    value = next(iter(answer.json()["totals"].values()))
    return "withheld" if value is None else value


def test_probe(house: House) -> None:
    mine, _other = house
    import pprint
    readers = {role.value: people.user(role) for role in Role if role != Role.MANAGER}
    readers["manager"] = people.manager(mine.department)
    readers["nobody"] = people.user()
    out = {}
    for who, user in readers.items():
        client = api.client_of(user)
        browser = Client()
        browser.force_login(user)
        out[who] = {name: seen(client, name) for name in NAMES}
        for path in ("reports/", "reports/exits/", "reports/exits/people/?measure=exits", "reports/offers/people/?measure=sent", "reports/figures/", "reports/changes/", "fairness/"):
            out[who][path] = browser.get(f"/admin/{path}").status_code
    pprint.pprint(out, width=160)
    assert 0
