"""Small groups: what managers are shown of figures whose records HR alone reads, and what no subtraction finds."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pypdf
import pytest
import time_machine
from django.utils import timezone
from python_calamine import CalamineWorkbook

from core.errors import NotFound
from core.figures import Exclusion, Rate
from people.models import Department, User
from recruitment.models import Application, Offer, Opening
from reports.asking import REPORTS, asked_for
from reports.exclusions import Reason
from reports.lines import people_behind, table_of
from reports.registry import Asked, Row, Spread, Table, Value, Withheld
from reports.small import guarded, quarter
from tests.factories import api, people
from tests.factories import recruitment as make

NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)
# Whoever reads `sent`, `declined` and `pay` knows how many declined for something else.
LINES = replace(REPORTS["offers"], rests=(("declined", "pay"),))


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def shown(lines: dict[str, dict[str, Value]], *, asked: set[str] | None = None) -> tuple[set[str], bool]:
    """Of such lines those with figures, and whether the total has some."""
    rows = [Row(key, key, values) for key, values in lines.items()]
    totals: dict[str, Value] = {}
    for values in lines.values():
        for name, value in values.items():
            totals[name] = totals.get(name, 0) + value  # type: ignore[operator]
    table = Table(LINES, Asked(User(), NOW.date(), NOW.date(), "opening"), timezone.now(), rows, totals)
    mine = rows if asked is None else [row for row in rows if row.key in asked]
    found = guarded(Table(table.report, table.asked, table.as_of, mine, totals), rows, asked)  # type: ignore[arg-type]
    seen = {
        row.key for row in found.rows if not any(isinstance(one, Withheld) for one in row.values.values())
    }
    has_total = not any(isinstance(one, Withheld) for one in found.totals.values())
    assert found.withheld == len(found.rows) - len(seen) + (not has_total)
    return seen, has_total


def of(sent: int, declined: int, pay: int = 0) -> dict[str, Value]:
    return {"sent": sent, "declined": declined, "pay": pay}


@pytest.mark.parametrize(
    ("line", "is_shown"),
    [
        (of(0, 0), True),
        (of(4, 0), False),
        (of(5, 0), True),
        (of(5, 5), True),
        (of(9, 4), False),
        (of(10, 5), True),
        (of(12, 8), False),  # four did not
        (of(20, 10, 10), True),
        (of(20, 10, 5), True),
        (of(20, 10, 6), False),  # four for something else
        (of(10, 0) | {"rate": Rate(6, 10, "rate/1")}, False),  # four did not
        (of(10, 0) | {"rate": Rate(5, 10, "rate/1")}, True),
        (of(14, 0) | {"rate": Rate(5, 10, "rate/1", (Exclusion(Reason.UNANSWERED, 4),))}, False),
        (of(20, 0) | {"days": Spread(4, 1.0, 1.0, 1.0)}, False),
        (of(20, 0) | {"days": Spread(5, 1.0, 1.0, 1.0)}, True),
    ],
)
def test_a_line_is_shown_whole_where_each_figure_counts_nobody_or_five(
    line: dict[str, Value], is_shown: bool
) -> None:
    table = Table(
        LINES, Asked(User(), NOW.date(), NOW.date(), "opening"), timezone.now(), [Row(1, "1", line)], line
    )
    found = guarded(table, table.rows, None)
    values = line if is_shown else {name: Withheld() for name in line}
    assert (found.rows, found.totals) == ([Row(1, "1", values)], values)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("counts", "is_shown"),
    [
        ({"cards": 30, "handed_in": 20, "on_time": 15, "not_due": 5, "compared": 15, "agreeing": 10}, True),
        ({"cards": 30, "handed_in": 20, "on_time": 20, "not_due": 10, "compared": 20, "agreeing": 10}, True),
        # Two were handed in late.
        ({"cards": 30, "handed_in": 20, "on_time": 18, "not_due": 5, "compared": 15, "agreeing": 10}, False),
        # Two have nothing to be compared with.
        ({"cards": 30, "handed_in": 20, "on_time": 15, "not_due": 5, "compared": 18, "agreeing": 10}, False),
        # Two are owed and overdue.
        ({"cards": 30, "handed_in": 20, "on_time": 15, "not_due": 8, "compared": 15, "agreeing": 10}, False),
    ],
)
def test_each_rest_that_the_figures_leave_is_no_small_group(counts: dict[str, int], is_shown: bool) -> None:
    report = REPORTS["scorecards"]
    found = {f"n_{name}": number for name, number in counts.items()} | {"took": None}
    assert report.facts is not None
    asked = Asked(User(), NOW.date(), NOW.date(), "opening")
    values = report.facts(asked).read(found)
    table = Table(report, asked, timezone.now(), [Row(1, "1", values)], values)
    assert (guarded(table, table.rows, None).withheld == 0) is is_shown


@pytest.mark.parametrize(
    ("lines", "seen", "has_total"),
    [
        # Nothing is small.
        ({"a": of(10, 5), "b": of(20, 10)}, {"a", "b"}, True),
        # One is: the total less the others would tell it, so the next smallest goes with it.
        ({"a": of(4, 0), "b": of(10, 5), "c": of(20, 10)}, {"c"}, True),
        # Two are, and together they are many enough.
        ({"a": of(4, 0), "b": of(3, 0), "c": of(20, 10)}, {"c"}, True),
        # Two are, and together they are still few: a third goes with them.
        ({"a": of(1, 0), "b": of(2, 0), "c": of(10, 5), "d": of(20, 10)}, {"d"}, True),
        # Together enough, yet one of all their people declined: so that goes on.
        ({"a": of(4, 1), "b": of(4, 0), "c": of(10, 5)}, set(), True),
        # Nothing is small but what pay leaves of those who declined: the lines of each, and the total.
        ({"a": of(20, 10, 6), "b": of(20, 10, 5), "c": of(30, 15, 10)}, {"c"}, True),
        # A line of nobody hides nobody.
        ({"a": of(3, 0), "b": of(0, 0), "c": of(10, 5)}, set(), True),
        # All of it is small: neither line nor total.
        ({"a": of(2, 0), "b": of(1, 1)}, set(), False),
    ],
)
def test_what_the_total_leaves_beside_the_shown_lines_is_no_small_group(
    lines: dict[str, Any], seen: set[str], has_total: bool
) -> None:
    assert shown(lines) == (seen, has_total)


def test_what_is_asked_of_a_part_is_held_against_the_whole() -> None:
    lines = {"a": of(4, 0), "b": of(10, 5), "c": of(20, 10)}
    assert shown(lines) == ({"c"}, True)
    # What went with the small line is not shown by asking for it alone, nor together with what is shown.
    assert shown(lines, asked={"b"}) == (set(), False)
    assert shown(lines, asked={"b", "c"}) == (set(), False)
    assert shown(lines, asked={"c"}) == ({"c"}, True)
    assert shown(lines, asked={"a", "b"})[1]


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2028, 2, 29), date(2028, 1, 1), date(2028, 3, 31)),
        (date(2026, 11, 26), date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_quarters_are_those_of_the_calendar(day: date, first: date, last: date) -> None:
    assert quarter(day) == (first, last)


def offers(opening: Opening, number: int, state: str = "accepted", **fields: Any) -> None:
    for _each in range(number):
        row = make.application(opening, stage="offer")
        Offer.objects.create(
            application=row, state=state, salary=Decimal(20_000), start_on=date(2027, 1, 4), place="上海",
            answer_by=NOW, made_by=fields.setdefault("made_by", people.recruiter()), sent_at=NOW - timedelta(days=9),
            ended_at=NOW - timedelta(days=5), **{key: one for key, one in fields.items() if key != "made_by"},
        )  # fmt: skip


@pytest.fixture
def house(db: Any) -> tuple[Department, Opening, Opening]:
    """A department with an opening of five accepted offers, and one of four."""
    mine = people.department("数据部")
    five, four = make.opening(mine, title="五人"), make.opening(mine, title="四人")
    offers(five, 5)
    offers(four, 4)
    return mine, five, four


def test_a_manager_is_shown_no_small_group_and_hr_all(house: tuple[Department, Opening, Opening]) -> None:
    mine, five, four = house
    query = {"by": "opening", "to": "2026-11-26"}
    of_hr = api.client_of(people.recruiter()).get("/api/v1/reports/offers/", query).json()
    assert [row["values"]["sent"] for row in of_hr["rows"]] == [5, 4]
    assert of_hr["withheld"] == 0
    client = api.client_of(people.manager(mine))
    body = client.get("/api/v1/reports/offers/", query).json()
    assert (body["filters"]["from"], body["filters"]["to"]) == ("2026-10-01", "2026-12-31")
    # The four, and the five with them: else nine less five were four.
    assert [set(row["values"].values()) for row in body["rows"]] == [{None}, {None}]
    assert (body["totals"]["sent"], body["withheld"]) == (9, 2)
    for opening in (five, four):
        alone = client.get("/api/v1/reports/offers/", {"opening": opening.pk}).json()
        assert (alone["filters"]["by"], set(alone["totals"].values())) == ("opening", {None})
    offers(four, 1)
    assert client.get("/api/v1/reports/offers/", query).json()["withheld"] == 0
    assert client.get("/api/v1/reports/offers/", {"opening": four.pk}).json()["totals"]["sent"] == 5


def test_nobody_reads_out_of_two_figures_beside_each_other_who_declined_for_something_else(db: Any) -> None:
    """Ten declined, seven of them for our process: three for their pay."""
    mine = people.department("数据部")
    opening = make.opening(mine)
    offers(opening, 10)
    for reason, number in (("process", 7), ("pay", 3)):
        offers(opening, number, "declined", decline_reason=reason)
    client, query = api.client_of(people.manager(mine)), {"by": "decline_reason"}
    body = client.get("/api/v1/reports/offers/", query).json()
    # With the small line goes every other: what they hold together leaves three, too.
    assert {row["key"]: row["values"]["sent"] for row in body["rows"]} == dict.fromkeys(
        ("", "pay", "process")
    )
    assert set(body["totals"].values()) == {None}
    assert client.get("/api/v1/reports/offers/").json()["totals"] == body["totals"]
    offers(opening, 2, "declined", decline_reason="pay")
    body = client.get("/api/v1/reports/offers/", query).json()
    assert {row["key"]: row["values"]["sent"] for row in body["rows"]} == {"": 10, "pay": 5, "process": 7}
    assert (body["totals"]["declined"], body["totals"]["declined_for_the_process"], body["withheld"]) == (
        12,
        7,
        0,
    )


def test_files_withhold_the_same_and_say_so(house: tuple[Department, Opening, Opening]) -> None:
    client = api.client_of(people.manager(house[0]))
    query = {"by": "opening"}
    zh = {"accept-language": "zh-hans"}
    book = client.get("/api/v1/reports/offers.xlsx", query, headers=zh)
    lines = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    head, *rows, total, sentence = lines
    assert [set(row[1:]) for row in rows] == [{"不予显示", ""}] * 2
    assert len(rows[0]) == len(head)
    assert total[1] == 9
    assert sentence[0].startswith("“不予显示”")
    page = client.get("/api/v1/reports/offers.pdf", query, headers=zh)
    text = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(page.content)).pages).replace(
        "\n", ""
    )
    assert text.count("不予显示") >= 2 * len(REPORTS["offers"].measures)


@pytest.mark.parametrize("query", [{"by": "department"}, {"by": "week"}, {"by": "source", "opening": "mine"}])
def test_what_would_overlap_cannot_be_asked(
    query: dict[str, Any], house: tuple[Department, Opening, Opening]
) -> None:
    asked = {key: house[1].pk if one == "mine" else one for key, one in query.items()}
    answer = api.client_of(people.manager(house[0])).get("/api/v1/reports/offers/", asked)
    assert (answer.status_code, answer.json()["code"]) == (404, "by_unknown")
    assert api.client_of(people.recruiter()).get("/api/v1/reports/offers/", asked).status_code == 200


def test_whom_such_figures_count_is_hrs_to_read(house: tuple[Department, Opening, Opening]) -> None:
    report = REPORTS["offers"]
    with pytest.raises(NotFound) as refused:
        people_behind(report, asked_for(report, {}, people.manager(house[0])), "sent", None)
    assert refused.value.code == "people_withheld"
    assert people_behind(report, asked_for(report, {}, people.recruiter()), "sent", None).count() == 9


def test_where_a_manager_reads_the_single_records_nothing_is_withheld(
    house: tuple[Department, Opening, Opening],
) -> None:
    make.interview(Application.objects.first(), state="interrupted")
    manager = people.manager(house[0])
    assert {name for name, one in REPORTS.items() if one.records_for_hr} == {
        "offers",
        "fit",
        "scorecards",
        "cost",
        "surveys",
        "telling",
    }
    for name in ("efficiency", "exits", "quality", "service"):
        report = REPORTS[name]
        table = table_of(report, asked_for(report, {}, manager))
        assert table.withheld == 0
        assert not any(isinstance(value, Withheld) for row in table.rows for value in row.values.values())


def test_as_many_statements_for_few_openings_and_many(
    house: tuple[Department, Opening, Opening], django_assert_max_num_queries: Any
) -> None:
    manager = User.objects.get(pk=people.manager(house[0]).pk)
    report = REPORTS["offers"]
    given = {"department": str(house[0].pk)}
    with django_assert_max_num_queries(20) as few:
        table_of(report, asked_for(report, given, manager))
    for _more in range(4):
        offers(make.opening(house[0]), 1)
    manager = User.objects.get(pk=manager.pk)
    with django_assert_max_num_queries(len(few)):
        table_of(report, asked_for(report, given, manager))
