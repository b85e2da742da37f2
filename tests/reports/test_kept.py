"""Kept tables: they say what counting says, when they were counted, and never stand for another question."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import translation

from core.errors import Refused
from core.jobs.models import LongWork, WorkState
from core.version import VERSION
from people.models import User
from reports import invariants, kept
from reports.asking import REPORTS, asked_for, is_usual
from reports.lines import table_of
from reports.models import KeptTable
from reports.registry import Table
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.factories.works import work_off
from tests.reports.test_edges import lived

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 3, 5, 2, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def slow(settings: Any) -> Iterator[Any]:
    """Everything takes too long to be counted as it is asked."""
    settings.REPORT_LIVE_SECONDS = 0
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def opened(name: str, user: User, **given: str) -> kept.Opened:
    report = REPORTS[name]
    return kept.opened(report, asked_for(report, given, user), is_usual=is_usual(given))


def said(table: Table | None) -> Any:
    assert table is not None
    measures = [
        (one.name, str(one.title), str(one.words), one.unit, one.definition) for one in table.report.measures
    ]
    return measures, table.asked, table.as_of, table.rows, table.totals, table.withheld


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    return client


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_what_is_kept_is_what_counting_says_at_that_moment(name: str) -> None:
    """Whatever it is asked by, in both languages."""
    by_chance = random.Random(name)
    openings = [make.opening(), make.opening()]
    for _number in range(12):
        at = NOW - by_chance.randrange(1, 60) * DAY
        state = by_chance.choice(["completed", "interrupted", "abandoned"])
        lived(by_chance.choice(openings), at, state, stage=by_chance.choice(["offer", "hired", "rejected"]))
    lead, report = people.lead(), REPORTS[name]
    ways = [one.name for one in report.dimensions]
    questions: list[dict[str, str]] = [{"by": way} for way in ways]
    if report.facts:
        questions += [
            {"by": way, "across": by_chance.choice([one for one in ways if one != way])} for way in ways
        ]
        questions.append({"by": ways[0], "measure": report.measures[-1].name})
    questions.append({"opening": str(openings[0].pk), "from": "2024-02-01", "to": "2024-03-05"})
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for given in questions:
                counted = table_of(report, asked_for(report, given, lead))
                first, second = opened(name, lead, **given), opened(name, lead, **given)
                assert second.kept is not None
                assert said(counted) == said(first.table) == said(second.table)
    assert KeptTable.objects.count() == 2 * len(questions)


def test_it_stands_until_it_is_counted_anew(slow: Any) -> None:
    lead, opening = people.lead(), make.opening()
    make.application(opening)
    client = client_of(lead)
    assert "约需 1 秒" in client.get("/admin/reports/efficiency/").text
    make.application(opening)
    slow.shift(timedelta(minutes=5))
    table = opened("efficiency", lead).table
    assert table is not None
    assert (table.as_of, table.totals["applied"]) == (NOW, 1)
    answer = (
        api.client_of(lead).get("/api/v1/reports/efficiency/", headers={"accept-language": "zh-hans"}).json()
    )
    assert (answer["as_of"], answer["totals"]["applied"]) == ("2024-03-05T10:00:00+08:00", 1)
    for _twice in range(2):
        client.post("/admin/reports/efficiency/anew/", {"query": ""}, follow=True)
    assert LongWork.objects.filter(kind=kept.WORK).count() == 1
    # The old one stands meanwhile.
    page = client.get("/admin/reports/efficiency/")
    assert (page.status_code, "正在重新统计" in page.text) == (200, True)
    work_off()
    table = opened("efficiency", lead).table
    assert table is not None
    assert (table.as_of, table.totals["applied"]) == (NOW + timedelta(minutes=5), 2)


def test_what_takes_no_second_any_more_is_counted_as_it_is_asked(settings: Any) -> None:
    lead = people.lead()
    row = opened("exits", lead).kept
    settings.REPORT_LIVE_SECONDS = 600
    assert row is not None
    kept.want(row, lead)
    work_off()
    assert opened("exits", lead).kept is None
    assert KeptTable.objects.count() == 0


def test_nothing_is_kept_for_who_sees_a_part() -> None:
    manager = people.manager(make.opening().department)
    client = client_of(manager)
    for name in sorted(REPORTS):
        assert opened(name, manager).kept is None
        client.post(f"/admin/reports/{name}/anew/", {"query": ""})
    assert (KeptTable.objects.count(), LongWork.objects.count()) == (0, 0)


def test_what_the_web_breaks_off_is_counted_by_a_job(settings: Any) -> None:
    lead = people.lead()
    client, program = client_of(lead), api.client_of(lead)
    settings.STATEMENT_SECONDS = 0.5
    with elsewhere() as other:
        other.execute("LOCK TABLE recruitment_offer IN ACCESS EXCLUSIVE MODE")
        page = client.get("/admin/reports/offers/")
    assert (page.status_code, 'http-equiv="refresh"' in page.text, "<tfoot" in page.text) == (
        202,
        True,
        False,
    )
    # Nobody counts beside the job.
    assert client.get("/admin/reports/offers/").status_code == 202
    answer = program.get("/api/v1/reports/offers/", headers={"accept-language": "zh-hans"})
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "being_counted", "5")
    settings.STATEMENT_SECONDS = 8
    work_off()
    assert client.get("/admin/reports/offers/").status_code == 200
    assert program.get("/api/v1/reports/offers/", headers={"accept-language": "zh-hans"}).status_code == 200


def test_what_takes_minutes_is_given_up_and_says_so() -> None:
    lead = people.lead()
    row = opened("offers", lead).kept
    assert row is not None
    KeptTable.objects.update(content=None)
    kept.want(row, lead)
    kept.gave_up(row.pk, "too_slow")
    answer = api.client_of(lead).get(
        "/api/v1/reports/offers/", headers={"accept-language": translation.get_language()}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "too_slow")
    assert kept.count_due() == 0
    kept.want(row, lead)
    work_off()
    assert opened("offers", lead).table is not None


def test_two_jobs_count_a_table_once_and_the_other_comes_again() -> None:
    lead = people.lead()
    row = opened("exits", lead).kept
    assert row is not None
    kept.want(row, lead)
    with elsewhere() as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [kept.WORK, row.pk])
        with pytest.raises(Refused) as refused:
            kept.count(row.pk)
    assert refused.value.code == "counted_elsewhere"
    row.refresh_from_db()
    assert (row.wanted_at, row.content is not None) == (NOW, True)
    work_off()
    assert LongWork.objects.get().state == WorkState.DONE


def test_the_days_go_along_and_an_old_day_is_never_shown_as_today(slow: Any) -> None:
    lead = people.lead()
    opened("exits", lead)
    opened("exits", lead, **{"from": "2024-02-01", "to": "2024-03-05"})
    slow.shift(DAY)
    assert opened("exits", lead).table is None
    assert opened("exits", lead, **{"from": "2024-02-01", "to": "2024-03-05"}).table is not None
    kept.count_due()
    found = opened("exits", lead)
    assert found.table is not None and found.kept is not None
    assert (found.table.as_of, found.kept.last) == (NOW + DAY, date(2024, 3, 6))


def test_as_of_today_is_another_question_tomorrow(slow: Any) -> None:
    lead, opening = people.lead(), make.opening()
    make.application(opening)
    given = {"from": "2024-02-01", "to": "2024-03-31", "as_of": "2024-03-05"}
    assert opened("efficiency", lead, **given).table is not None
    make.application(opening)
    slow.shift(DAY)
    then = opened("efficiency", lead, **{"to": "2024-03-31", "from": "2024-02-01"}).table
    assert then is not None and then.as_of == NOW
    assert {"as_of"} & set(KeptTable.objects.get().parameters) == set()


def test_what_nobody_reads_or_means_something_else_is_thrown_away(slow: Any) -> None:
    lead = people.lead()
    for name in ("exits", "offers", "quality"):
        opened(name, lead)
    KeptTable.objects.filter(report="exits").update(definition="of another version")
    slow.shift(2 * DAY)
    opened("offers", lead)
    slow.shift(2 * DAY)
    kept.count_due()
    assert list(KeptTable.objects.values_list("report", flat=True)) == ["offers"]


def test_another_release_or_version_asks_anew() -> None:
    of = {kept.definition_of(report) for report in REPORTS.values()}
    assert len(of) == len(REPORTS)
    assert VERSION


def test_whose_reader_may_not_ask_any_more_goes() -> None:
    lead = people.lead()
    row = opened("exits", lead).kept
    assert row is not None
    lead.roles = []
    lead.save()
    kept.count(row.pk)
    assert KeptTable.objects.count() == 0


def test_the_night_compares_a_past_day_with_a_recount_and_sets_it_right(slow: Any) -> None:
    lead = people.lead()
    lived(make.opening(), NOW - 5 * DAY)
    opened("exits", lead)
    assert kept.check() == 0
    row = opened("exits", lead, **{"from": "2024-02-01", "to": "2024-03-05"}).kept
    assert row is not None
    KeptTable.objects.filter(pk=row.pk).update(
        parameters={"by": "opening", **row.parameters, "as_of": "2024-03-05"}
    )
    assert kept.check() == 0
    content: Any = row.content
    content["totals"]["exits"] = 99
    KeptTable.objects.filter(pk=row.pk).update(content=content)
    assert kept.check() == 1
    assert len(list(invariants.differing())) == 1
    assert kept.check() == 0
    assert list(invariants.differing()) == []


def elsewhere() -> Any:
    """Another process's connection; what it locked it lets go in the end."""
    options = {
        name: value
        for name, value in connection.get_connection_params().items()
        if name in ("dbname", "user", "password", "host", "port")
    }
    return psycopg.connect(**options)
