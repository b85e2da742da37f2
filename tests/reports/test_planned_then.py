"""Headcount plan and every report as of a past day are what they said that day, whatever became of it since."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine

from core.history.models import Change
from onboarding.models import OnboardingCase
from people.models import Department, User
from recruitment.enums_incoming import ResumeFactKind
from recruitment.models import InterviewSurvey, Opening, ResumeFact, Skill, WrittenTest
from recruitment.services import applications
from reports.asking import REPORTS, asked_for
from reports.lines import table_of
from reports.registry import Row, Value
from tests.factories import api, people, recruitment, training
from tests.hrsuite.api import story
from tests.reports.quarter_played import dated

pytestmark = pytest.mark.django_db
# Days that the database's own clock has behind it.
MONDAY = datetime(2024, 11, 25, 2, tzinfo=UTC)
PLAN = REPORTS["headcount"]
Shown = dict[str, tuple[list[Row], dict[str, Value]]]


def plan(user: User, **given: str) -> Shown:
    """The plan by each of its ways, every other report that knows the past by its usual one, and fit by degrees."""
    found = {}
    for report in REPORTS.values():
        if report.knows_past and not report.looks_ahead:
            table = table_of(
                report, asked_for(report, {"from": "2024-11-01", "to": "2024-12-31"} | given, user)
            )
            found[report.name] = table.rows, table.totals
    fit = REPORTS["fit"]
    asked = asked_for(fit, {"from": "2024-11-01", "to": "2024-12-31", "by": "education"} | given, user)
    found["education"] = table_of(fit, asked).rows, {}
    for way in PLAN.dimensions:
        asked = asked_for(PLAN, {"from": "2024-11-01", "to": "2025-06-30", "by": way.name} | given, user)
        table = table_of(PLAN, asked)
        found[way.name] = table.rows, table.totals
    return found


def lives(user: User) -> list[Callable[[], Any]]:
    """What happened, a day each."""
    said: dict[str, Any] = {}

    def begin() -> None:
        said["first"] = story.begun(
            recruitment.opening(target_month=date(2024, 12, 1), skills={"excel": 4, "sql": 3}),
            start=date(2024, 12, 16),
        )
        said["second"] = story.begun(said["first"].opening, start=date(2025, 1, 13))

    def change() -> None:
        opening = Opening.objects.get(pk=said["first"].opening.pk)
        opening.headcount, opening.target_month = 7, date(2025, 1, 1)
        opening.department = people.department("搬来的部门")
        opening.save()
        opening.skills.filter(skill__code="sql").update(required_level=5)
        recruitment.opening(people.department("撤销的部门"), target_month=date(2025, 2, 1))

    def hire() -> None:
        opening = Opening.objects.get(pk=said["first"].opening.pk)
        OnboardingCase.objects.create(
            application=recruitment.application(opening, stage="hired"), employee=people.employee(),
            planned_start=date(2025, 3, 1), forecast_start=date(2025, 3, 1),
        )  # fmt: skip
        recruitment.application(opening, stage="hired")

    def leave() -> None:
        said["first"].leave()
        sql = Skill.objects.get(code="sql")
        WrittenTest.objects.create(
            application=said["first"].application, skill=sql, score=70, taken_on=date(2024, 11, 26)
        )

    def return_() -> None:
        said["first"].come_back()

        ResumeFact.objects.create(
            application=said["first"].application, kind=ResumeFactKind.EDUCATION, title="统计学", level=3
        )

    def give_up() -> None:
        said["second"].give_up()
        WrittenTest.objects.update(score=95)

    def end() -> None:
        interview = said["second"].interview
        InterviewSurvey.objects.create(interview=interview, attempt=interview.attempt, rating=4)
        applications.withdraw(application_id=said["second"].application.pk, by=user)

    def move() -> None:
        OnboardingCase.objects.update(planned_start=date(2025, 5, 3), forecast_start=date(2025, 5, 4))

    def clear_up() -> None:
        """What stood there on the days before goes: a required skill, a test, a fact, an opening, a department."""
        first = said["first"].application
        first.opening.skills.get(skill__code="sql").delete()
        first.written_tests.all().delete()
        first.resume_facts.all().delete()
        Opening.objects.get(target_month=date(2025, 2, 1)).delete()
        Department.objects.get(name="撤销的部门").delete()

    return [begin, leave, change, return_, hire, give_up, end, move, clear_up]


def test_each_day_says_what_it_said(django_assert_max_num_queries: Any) -> None:
    with time_machine.travel(MONDAY - timedelta(days=1), tick=False):
        user = people.lead()
        api.calendar(2024, 2025)
        training.diagnostic("sql")
    dated(MONDAY - timedelta(days=1), after=0)
    said: dict[date, Shown] = {}
    for number, happens in enumerate(lives(user)):
        moment = MONDAY + timedelta(days=number)
        last = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        with time_machine.travel(moment, tick=False):
            happens()
            dated(moment, after=last)
            said[moment.date()] = plan(user)
    shown = [found["month"] for found in said.values()]
    assert all(one != other for one, other in pairwise(shown)), shown
    fits = [tuple(found["fit"][1].values()) for found in said.values()]
    assert len(set(fits)) > 4, fits
    ratings = [tuple(found["surveys"][1].values()) for found in said.values()]
    assert len(set(ratings)) > 2, ratings
    costs = [found["cost"][1] for found in said.values()]
    assert len({str(one["days_lost"]) for one in costs}) > 1, costs
    assert len({str(one["blind_items"]) for one in costs}) > 1, costs
    with time_machine.travel(MONDAY + timedelta(days=30), tick=False):
        for day, found in said.items():
            assert plan(user, as_of=day.isoformat()) == found, day
        asked = asked_for(PLAN, {"as_of": "2024-11-27"}, user)
        with django_assert_max_num_queries(6):
            table_of(PLAN, asked)
        stranger = people.manager(people.department("别的部门"))
        assert table_of(PLAN, asked_for(PLAN, {"as_of": "2024-11-27"}, stranger)).rows == []
        client = api.client_of(user)
        body = client.get("/api/v1/reports/headcount/?as_of=2024-11-27").json()
        assert (body["filters"]["from"], body["as_of"][:10]) == ("2024-11-01", "2024-11-27")
        refused = client.get("/api/v1/reports/headcount/?as_of=2024-11-27&recovered=1")
        assert (refused.status_code, refused.json()["code"]) == (404, "what_if_unknown")
