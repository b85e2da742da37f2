"""The headcount plan among the reports: the figures of `headcount-plan/`, parted, with the what-if, in every form."""

import io
from datetime import UTC, date, datetime
from typing import Any

import pypdf
import pytest
import time_machine
from django.test import Client
from python_calamine import CalamineWorkbook

from onboarding.models import OnboardingCase
from recruitment.models import Opening
from tests.factories import api, people, recruitment
from tests.hrsuite.api import story

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)
NAMES = ("needed", "hired", "expected", "at_risk", "missing", "if_expected", "if_missing")


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(MONDAY, tick=False):
        yield


def hired(opening: Opening, start: date) -> OnboardingCase:
    return OnboardingCase.objects.create(
        application=recruitment.application(opening, stage="hired"), employee=people.employee(),
        planned_start=start, forecast_start=start,
    )  # fmt: skip


@pytest.fixture
def opening() -> Opening:
    """Two are needed in December: two starts are held up by an exit; one not needed then is hired in January."""
    first: Opening = story.left().opening
    story.left(first, start=date(2026, 12, 15))
    hired(first, date(2027, 1, 4))
    return first


def asked(query: dict[str, Any], user: Any = None) -> Any:
    return api.client_of(user or people.lead()).get("/api/v1/reports/headcount/", query).json()


def figures(values: dict[str, int]) -> tuple[int, ...]:
    assert tuple(values) == NAMES
    return tuple(values.values())


def test_the_plan_by_month_is_that_of_the_headcount_plan(opening: Opening) -> None:
    body = asked({"by": "month"})
    assert (body["filters"]["from"], body["filters"]["to"]) == ("2026-11-01", "2027-04-22")
    assert {row["key"]: figures(row["values"]) for row in body["rows"]} == {
        "2026-12-01": (2, 0, 0, 2, 2, 0, 2),
        "2027-01-01": (0, 1, 0, 0, 0, 0, 0),
    }
    # The one too many in January fills no gap of December.
    assert figures(body["totals"]) == (2, 1, 0, 2, 2, 0, 2)
    rows = api.client_of(people.lead()).get("/api/v1/headcount-plan/").json()["results"]
    shared = ("needed", "hired", "expected", "at_risk")
    assert [tuple(row[name] for name in shared) for row in rows] == [
        tuple(row["values"][name] for name in shared) for row in body["rows"]
    ]


@pytest.mark.parametrize(
    ("query", "expected", "missing"),
    [
        ({"recovered": 0}, 0, 2),
        ({"recovered": 1}, 1, 1),
        ({"recovered": 2, "days": 5}, 2, 0),
        ({"days": 5}, 2, 0),  # all of them
        ({"recovered": 1000}, 2, 0),
    ],
)
def test_what_if_some_were_recovered(
    query: dict[str, int], expected: int, missing: int, opening: Opening
) -> None:
    body = asked({"by": "opening", **query})
    assert body["totals"]["if_expected"] == expected
    assert body["totals"]["if_missing"] == missing
    assert (body["totals"]["expected"], body["totals"]["missing"]) == (0, 2)
    assert body["filters"]["recovered"] == query.get("recovered", 1000)
    assert body["filters"]["days"] == query.get("days", 0)


def test_a_stretch_counts_the_months_it_touches_and_a_manager_the_own_tree(opening: Opening) -> None:
    december = asked({"from": "2026-12-31", "to": "2026-12-31", "by": "month"})
    assert [row["key"] for row in december["rows"]] == ["2026-12-01"]
    assert asked({"from": "2027-02-01", "to": "2027-03-31"})["rows"] == []
    assert figures(asked({"by": "department"}, people.manager(opening.department))["totals"])[0] == 2
    other = asked({"by": "department"}, people.manager(people.department("财务部")))
    assert (other["rows"], set(other["totals"].values())) == ([], {0})


def test_page_workbook_and_pdf_show_the_same(opening: Opening) -> None:
    query = {"by": "opening", "recovered": 1}
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(people.recruiter())
    page = client.get("/admin/reports/headcount/", query)
    assert (page.status_code, page.context["refused"]) == (200, "")
    assert [cell["first"] for cell in page.context["table"]["totals"]] == ["2", "1", "0", "2", "2", "1", "1"]
    assert 'name="recovered"' in page.text
    assert "人力计划" in page.text
    assert 'name="recovered"' not in client.get("/admin/reports/exits/").text
    # No list of people stands behind a plan.
    assert client.get("/admin/reports/headcount/people/?measure=needed").status_code == 404
    book = client.get("/api/v1/reports/headcount.xlsx", query)
    *_rows, total = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert total[1:] == [2, 1, 0, 2, 2, 1, 1]
    pdf = client.get("/api/v1/reports/headcount.pdf", query)
    text = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(pdf.content)).pages).replace(
        "\n", ""
    )
    assert "人力计划" in text


def test_as_many_statements_for_one_opening_as_for_many(
    opening: Opening, django_assert_max_num_queries: Any
) -> None:
    client = api.client_of(people.lead())
    query = {"by": "opening", "recovered": 1}
    with django_assert_max_num_queries(20) as few:
        client.get("/api/v1/reports/headcount/", query)
    for _more in range(3):
        hired(recruitment.opening(), date(2027, 1, 4))
    with django_assert_max_num_queries(len(few)):
        client.get("/api/v1/reports/headcount/", query)


def test_each_number_opens_whom_it_counts(opening: Opening) -> None:
    other = hired(recruitment.opening(target_month=date(2026, 12, 1)), date(2026, 12, 3))
    waiting = recruitment.application(opening, stage="applied")
    OnboardingCase.objects.create(
        application=waiting, employee=people.employee(),
        planned_start=date(2026, 12, 3), forecast_start=date(2027, 1, 8),
    )  # fmt: skip
    without_case = recruitment.application(opening, stage="hired")
    client = Client()
    client.force_login(people.lead())
    address = "/admin/reports/headcount/"

    def behind(measure: str, **query: Any) -> list[int]:
        page = client.get(f"{address}people/", {"measure": measure, **query})
        assert page.status_code == 200, page
        assert page.context["counted"] == len(page.context["people"])
        return [one.pk for one in page.context["people"]]

    for by in ("opening", "department", "month"):
        table = client.get(address, {"by": by}).context["table"]
        for cells in [*(row[1] for row in table["rows"]), table["totals"]]:
            for measure, cell in zip(table["measures"], cells, strict=True):
                if "people" in cell:
                    page = client.get(cell["people"])
                    assert page.context["counted"] == int(cell["first"]), (by, measure.name)
                else:
                    assert cell["first"] == "0" or measure.name in ("needed", "missing", "if_missing")
    assert behind("expected", by="month", line="2027-01-01") == [waiting.pk]
    assert without_case.pk in behind("hired", by="month", line="2026-12-01")
    assert len(behind("at_risk", by="opening", line=opening.pk)) == 2
    assert other.application_id in behind("hired")
    for query in (
        {"measure": "needed"}, {"measure": "hired", "by": "month", "line": "x"},
        {"measure": "hired", "recovered": 1}, {"measure": "hired", "by": "opening", "line": "x"},
    ):  # fmt: skip
        assert client.get(f"{address}people/", query).status_code == 404, query
