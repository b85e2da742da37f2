"""What no subtraction finds: every figure that a manager is shown, and what two of them leave, as sets of people."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
import time_machine
from django.db.models import Q, QuerySet

from people.models import Department
from recruitment.models import Offer
from reports.asking import REPORTS, asked_for
from reports.lines import table_of
from reports.parting import LINE, keyed
from reports.registry import Asked, Value
from reports.small import LEAST_GROUP, ways_for
from tests.factories import people
from tests.factories import recruitment as make

NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)
STATES = ("accepted", "declined", "expired", "withdrawn", "sent")
# How often each state and each opening comes: some lines are small, most are not.
HOUSES = [
    ((8, 6, 0, 0, 0), (6, 4, 2, 0.2)),
    ((8, 3, 0, 0, 2), (6, 4, 0.15, 0.15)),
    ((8, 0, 0, 0, 3), (6, 4, 2, 1)),
    ((8, 3, 1, 0, 2), (6, 5, 4, 0.1)),
]
OFFERS = REPORTS["offers"]
Found = set[frozenset[int]]


def house(chance: random.Random, states: tuple[float, ...], share: tuple[float, ...]) -> list[Department]:
    """A department with one below it, two openings each, and what became of three hundred offers."""
    top = people.department("数据部")
    below = people.department("数据平台组", parent=top)
    openings = [make.opening(one) for one in (top, top, below, below)]
    by = people.recruiter()
    for _each in range(300):
        (opening,), (state,) = chance.choices(openings, share), chance.choices(STATES, states)
        (source,) = chance.choices(("referral", "campus", "job_board"), (20, 20, 1))
        sent = NOW - timedelta(days=chance.choice((3, 20, 40)))
        Offer.objects.create(
            application=make.application(opening, stage="offer", source=source), state=state, salary=Decimal(1),
            start_on=date(2027, 1, 4), place="上海", answer_by=NOW, made_by=by, sent_at=sent,
            ended_at=None if state == "sent" else sent + timedelta(days=1),
            decline_reason=chance.choice(("process", "pay")) if state == "declined" else "",
        )  # fmt: skip
    return [top, below]


def shown(asked: Asked) -> tuple[Found, int]:
    """Whom each shown figure of the table counts, and what the total leaves of it beside the shown lines; how much of
    the table is withheld."""
    assert OFFERS.facts is not None
    facts, table = OFFERS.facts(asked), table_of(OFFERS, asked)
    rows = keyed(facts, asked, asked.by)
    found: Found = set()
    for name, wanted in facts.counts.items():
        lines = [
            _people(rows, wanted & Q(**{LINE: _key(asked, row.key)}))
            for row in table.rows
            if _is_shown(row.values, name)
        ]
        found |= set(lines)
        if _is_shown(table.totals, name):
            whole = _people(rows, wanted)
            found |= {whole, whole.difference(*lines)}
    return found, table.withheld


def _is_shown(values: dict[str, Value], name: str) -> bool:
    return isinstance(values.get(name), int)


def _key(asked: Asked, key: Any) -> Any:
    return date.fromisoformat(key) if asked.by == "month" else key


def _people(rows: "QuerySet[Any]", wanted: Q) -> frozenset[int]:
    return frozenset(rows.filter(wanted).values_list("pk", flat=True))


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(("states", "share"), HOUSES)
def test_no_figure_and_no_difference_of_two_counts_a_few(
    states: tuple[float, ...], share: tuple[float, ...]
) -> None:
    with time_machine.travel(NOW, tick=False):
        departments = house(random.Random(str((states, share))), states, share)
        manager = people.manager(departments[0])
        queries = [{"by": way} for way in ways_for(OFFERS, manager, is_part=False)]
        queries += [{"department": str(one.pk)} for one in departments]
        openings = set(Offer.objects.values_list("of_opening", flat=True))
        queries += [{"opening": str(one)} for one in openings]
        tables = [shown(asked_for(OFFERS, query, manager)) for query in queries]
    assert any(withheld for _found, withheld in tables)
    found = set[frozenset[int]]().union(*(one for one, _withheld in tables))
    assert len(found) > 20
    found |= {whole - part for whole, part in permutations(found, 2) if part < whole}
    assert [sorted(one) for one in found if 0 < len(one) < LEAST_GROUP] == []
