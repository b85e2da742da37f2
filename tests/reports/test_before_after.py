"""Before and after a change of a setting: which changes there are, whom they reach, and what the difference says."""

import io
from datetime import datetime, timedelta
from typing import Any

import pypdf
import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from core.errors import DomainError
from core.figures import Rate
from core.history.models import Look, LookKind
from notifications.models import WaitBeforeTelling
from people.models import Role
from recruitment.models import AdvanceRule, Interview, InterviewExit, Opening, PlanVersion
from reports.before_after import comparable, compared
from reports.differences import difference
from reports.settings_changed import changes_of_settings
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Any:
    """The history is written by the database's own clock: the tests go on from there."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def lowered(opening: Opening) -> int:
    """The opening's threshold is changed; the number of that change."""
    AdvanceRule.objects.filter(opening=opening).update(threshold=70)
    return changes_of_settings(people.lead())[0].id


def exits(of: Interview, at: datetime, *, back: int, away: int) -> None:
    """So many exits of one moment, each in an attempt of its own."""
    first = InterviewExit.objects.count() + 1
    InterviewExit.objects.bulk_create(
        InterviewExit(
            interview=of, attempt=number, cause="network", is_announced=False, left_at=at,
            returned_at=at + timedelta(hours=1) if number < first + back else None,
        )
        for number in range(first, first + back + away)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        # The example of the paper's table II: 56/70 and 48/80, difference 0.2, method 10: 0.0524 to 0.3339.
        ((48, 80), (56, 70), (0.2, 0.0524, 0.3339)),
        ((0, 20), (0, 20), (0.0, -0.1611, 0.1611)),
        ((0, 20), (20, 20), (1.0, 0.7721, 1.0)),
    ],
)
def test_the_interval_is_newcombes(
    before: tuple[int, int], after: tuple[int, int], wanted: tuple[float, float, float]
) -> None:
    found = difference(Rate(*before, "x/1"), Rate(*after, "x/1"))
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx(wanted, abs=0.0002)
    assert found.is_clear == (wanted[1] > 0)


def test_many_looks_widen_it_and_too_few_have_none() -> None:
    first, then = Rate(48, 80, "x/1"), Rate(56, 70, "x/1")
    one, ten = difference(first, then), difference(first, then, looks=10)
    assert one is not None
    assert ten is not None
    assert (one.is_clear, ten.is_clear) == (True, False)
    assert ten.low < one.low < one.high < ten.high
    assert difference(Rate(10, 19, "x/1"), then) is None
    assert difference(3, 4) is None


def test_every_change_of_a_setting_is_there_and_no_first_one(clock: Any) -> None:
    hr = people.recruiter()
    opening, other = make.opening(), make.opening()
    lowered(opening)
    PlanVersion.objects.create(plan=opening.interview_plan, number=2, published_at=None)
    PlanVersion.objects.filter(plan=opening.interview_plan, number=2).update(published_at=timezone.now())
    WaitBeforeTelling.objects.filter(kind="rejected").update(hours=48)
    found = changes_of_settings(hr)
    assert [one.openings for one in found] == [None, (opening.pk,), (opening.pk,)]
    assert [one.touches(found[0]) for one in found] == [True, True, True]
    lowered(other)
    assert not changes_of_settings(hr)[0].touches(found[1])
    for stranger in (people.manager(), people.user(Role.ADMINISTRATOR)):
        with pytest.raises(DomainError, match="not_permitted"):
            changes_of_settings(stranger)


def test_a_report_is_counted_on_both_sides_of_the_openings_it_reaches(clock: Any) -> None:
    hr = people.recruiter()
    opening = make.opening()
    mine = make.interview(make.application(opening))
    foreign = make.interview(make.application(make.opening()))
    day = timezone.now()
    change = lowered(opening)
    for at, back, away in (
        (day - timedelta(days=11), 7, 0),  # before the ten days
        (day - timedelta(days=10), 10, 15),
        (day, 3, 3),  # the day itself
        (day + timedelta(days=10), 25, 5),
    ):
        exits(mine, at, back=back, away=away)
    exits(foreign, day + timedelta(days=5), back=0, away=25)
    clock.move_to(day + timedelta(days=11))
    found = compared(change, user=hr, report="exits", days=28)
    assert found.days == 10
    line = {one.measure.name: one for one in found.lines}
    assert (line["exits"].before, line["exits"].after, line["exits"].difference) == (25, 30, None)
    rates = line["return_rate"].before, line["return_rate"].after
    assert [(one.numerator, one.denominator) for one in rates if isinstance(one, Rate)] == [
        (10, 25),
        (25, 30),
    ]
    gap = line["return_rate"].difference
    assert gap is not None
    assert (gap.value, gap.is_clear) == (0.4333, True)
    assert found.meanwhile == []


def test_what_else_was_changed_in_these_days_is_named(clock: Any) -> None:
    opening, other = make.opening(), make.opening()
    change = lowered(opening)
    lowered(other)
    WaitBeforeTelling.objects.filter(kind="rejected").update(hours=2)
    clock.move_to(timezone.now() + timedelta(days=9))
    found = compared(change, user=people.lead(), report="service")
    assert [one.openings for one in found.meanwhile] == [None]


@pytest.mark.parametrize(
    ("later", "asked", "code"),
    [
        (7, {}, "change_too_young"),
        (30, {"days": 6}, "days_invalid"),
        (30, {"days": 92}, "days_invalid"),
        (30, {"report": "headcount"}, "report_unknown"),
        (30, {"report": "nothing"}, "report_unknown"),
    ],
)
def test_what_cannot_be_compared(clock: Any, later: int, asked: dict[str, Any], code: str) -> None:
    change = lowered(make.opening())
    clock.move_to(timezone.now() + timedelta(days=later))
    with pytest.raises(DomainError) as refused:
        compared(change, user=people.lead(), **{"report": "exits", **asked})
    assert refused.value.code == code


@pytest.mark.parametrize("report", [one.name for one in comparable()])
def test_every_report_can_be_compared_and_the_page_says_it_is_no_experiment(clock: Any, report: str) -> None:
    change = lowered(make.opening())
    clock.move_to(timezone.now() + timedelta(days=9))
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(people.recruiter())
    page = client.get(f"/admin/reports/changes/{change}/?report={report}")
    assert page.status_code == 200
    assert "这不是对照实验" in page.text


def test_the_pages(clock: Any, django_assert_max_num_queries: Any) -> None:
    change = lowered(make.opening())
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(people.recruiter())
    assert "满七天后再对比" in client.get(f"/admin/reports/changes/{change}/").text
    assert client.get("/admin/reports/changes/0/").status_code == 404
    assert client.get(f"/admin/reports/changes/{change}/?days=x").status_code == 422
    assert client.post("/admin/reports/changes/").status_code == 405
    assert f"/admin/reports/changes/{change}/" in client.get("/admin/reports/changes/").text
    with django_assert_max_num_queries(25) as few:
        client.get("/admin/reports/changes/")
    for _number in range(3):
        lowered(make.opening())
    with django_assert_max_num_queries(len(few)):
        client.get("/admin/reports/changes/")
    stranger = Client()
    stranger.force_login(people.user(Role.ADMINISTRATOR))
    assert stranger.get("/admin/reports/changes/").status_code in (302, 403)


@pytest.fixture
def both(clock: Any) -> int:
    """A change with 25 exits before it, 10 of them back, and 30 after it, 25 of them back: the change's number."""
    opening = make.opening(title="=1+1 数据分析师")
    mine = make.interview(make.application(opening))
    day = timezone.now()
    change = lowered(opening)
    lowered(make.opening())
    WaitBeforeTelling.objects.filter(kind="rejected").update(hours=2)
    exits(mine, day - timedelta(days=8), back=10, away=15)
    exits(mine, day + timedelta(days=8), back=25, away=5)
    clock.move_to(day + timedelta(days=10))
    return change


@pytest.mark.parametrize(
    ("language", "heading", "caution"),
    [
        ("zh-hans", "返回率", "这不是对照实验"),
        ("en", "returned of those who left", "This is no experiment"),
    ],
)
def test_it_is_drawn_and_taken_away_with_its_cautions(
    both: int, language: str, heading: str, caution: str
) -> None:
    client = Client(headers={"accept-language": language})
    client.force_login(people.recruiter())
    address = f"/admin/reports/changes/{both}/"
    page = client.get(address)
    assert page.context["compared"].days == 9
    drawn = {chart.title: chart.alt for chart in page.context["charts"]}
    assert "10/25" in drawn[heading] and "25/30" in drawn[heading]
    assert page.text.count("<svg") >= 2 * len(drawn)
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{address}xlsx/").content))
    lines = book.get_sheet_by_index(0).to_python()
    assert len({len(line) for line in lines}) == 1
    (line,) = [line for line in lines if line[0] == heading]
    assert line[1:4] == [0.4, 10, 25]
    assert line[6:9] == [pytest.approx(25 / 30, abs=0.001), 25, 30]
    assert (line[11], line[12] > 0, line[13] < 1, line[14]) == (0.4333, True, True, "")
    rests = " ".join(str(cell) for row in book.get_sheet_by_index(1).to_python() for cell in row)
    assert caution in rests
    answer = client.get(f"{address}pdf/")
    assert answer["Content-Disposition"].startswith('attachment; filename="exits-')
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
    assert caution.replace(" ", "") in text.replace("\n", "").replace(" ", "")
    assert "25/30" in text
    taken = Look.objects.order_by("pk").values_list("kind", "model", "facts__title", "facts__format")
    assert list(taken) == [(LookKind.EXPORT, "exits", "Exits", kind) for kind in ("xlsx", "pdf")]


def test_each_number_of_both_sides_opens_whom_it_counts(both: int) -> None:
    client = Client()
    client.force_login(people.recruiter())
    opened = {}
    for line in client.get(f"/admin/reports/changes/{both}/").context["lines"]:
        for side in ("before", "after"):
            if "people" in line[side]:
                opened[line["measure"].name, side] = client.get(line[side]["people"]).context["counted"]
    assert {key: opened[key] for key in (("exits", "before"), ("exits", "after"), ("return_rate", "after"))} == {
        ("exits", "before"): 25, ("exits", "after"): 30, ("return_rate", "after"): 25
    }  # fmt: skip
    people_of = f"/admin/reports/changes/{both}/people/"
    for query in ("", "?side=x&measure=exits", "?side=after", "?side=after&measure=exits&days=1"):
        assert client.get(f"{people_of}{query}").status_code == 404, query
    assert client.get(f"/admin/reports/changes/{both}/doc/").status_code == 404
    for stranger in (people.manager(), people.user(Role.ADMINISTRATOR)):
        other = Client()
        other.force_login(stranger)
        for end in ("people/?side=after&measure=exits", "xlsx/", "pdf/"):
            assert other.get(f"/admin/reports/changes/{both}/{end}").status_code in (302, 403)
