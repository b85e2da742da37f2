"""Offers, quality, fit and the cost of an exit: every figure against rows made by hand, and whom each counts."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from core.errors import NotFound
from core.figures import Rate
from onboarding.models import OnboardingDelay
from recruitment.enums_incoming import Degree
from recruitment.models import (
    Application,
    Assessment,
    ContactAttempt,
    FollowUp,
    InterviewExit,
    Offer,
    ResumeFact,
)
from reports.asking import REPORTS, report_named
from reports.lines import people_behind, table_of, times_behind
from reports.registry import Asked, Measure, Spread, Table
from tests.factories import onboarding, people, training
from tests.factories import recruitment as make
from tests.reports.test_named import applied, called, left, parts
from training import knowledge
from training.models import PlanItem, TrainingPlan

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def asked(name: str, by: str = "", **given: Any) -> Asked:
    given = {"user": people.lead(), "first": date(2026, 11, 2), "last": date(2026, 11, 29)} | given
    return Asked(by=by or REPORTS[name].dimensions[0].name, **given)


def table(name: str, by: str = "", **given: Any) -> Table:
    return table_of(REPORTS[name], asked(name, by, **given))


def counts(values: dict[str, Any]) -> dict[str, int]:
    return {name: value for name, value in values.items() if isinstance(value, int)}


def offer(state: str, *, days: int = 5, took: int = 2, source: str = "referral", **fields: Any) -> Offer:
    row = applied(make.opening(), days + 10, source=source, stage=fields.pop("stage", "offer"))
    sent = NOW - timedelta(days=days)
    ended = sent + timedelta(days=took) if state not in {"draft", "approved", "sent"} else None
    return Offer.objects.create(
        application=row, state=state, salary=Decimal(20_000), start_on=date(2027, 1, 4), place="上海",
        answer_by=sent + timedelta(days=7), made_by=people.recruiter(), ended_at=ended,
        sent_at=None if state in {"draft", "approved"} else sent, **fields,
    )  # fmt: skip


def test_offers_are_counted_by_what_became_of_them_and_ours_are_no_refusals() -> None:
    offer("accepted")
    offer("accepted", took=4, stage="fell_through", source="campus")
    offer("declined", decline_reason="process")
    offer("declined", decline_reason="pay", source="campus")
    offer("expired")
    offer("withdrawn")
    offer("sent")
    offer("approved")  # never sent
    offer("accepted", days=60)  # before the stretch
    found = table("offers")
    assert counts(found.totals) == {
        "sent": 7, "accepted": 2, "declined": 2, "declined_for_the_process": 1, "expired": 1, "withdrawn": 1,
        "waiting": 1, "fell_through": 1,
    }  # fmt: skip
    assert parts(found.totals["acceptance_rate"]) == (2, 5, {"unanswered": 1, "taken_back": 1})
    assert found.totals["days_to_answer"] == Spread(4, 2.0, 2.0, 2.5)
    assert found.totals["days_to_offer"] == Spread(7, 10.0, 10.0, 10.0)
    assert {row.key: row.values["sent"] for row in found.rows} == {"referral": 5, "campus": 2}
    assert {row.key: row.label for row in table("offers", "decline_reason").rows} == {
        "": "未谢绝", "process": "招聘流程过慢或中途中断", "pay": "薪酬",
    }  # fmt: skip


def test_full_scores_and_estimates_are_never_one_figure() -> None:
    def reported(basis: str, value: int | None, **fields: Any) -> Assessment:
        state = "completed" if basis == "full" else "interrupted"
        return training.report(make.interview(state=state), basis, {"expertise": value}, **fields)

    for value in (62, 71, 78, 100):
        reported("full", value)
    both = reported("fallback", 65).interview
    training.report(both, "partial", {"expertise": 61})
    reported("partial", None)
    reported("full", 90, status="withdrawn")
    later = reported("partial", 55).interview  # an interview whose full report came: counted once, as full
    training.report(later, "full", {"expertise": 58})
    found = table("quality")
    assert counts(found.totals) == {"full": 5, "estimated": 1, "without_score": 1}
    assert found.totals["full_score"] == Spread(5, 71.0, 62.0, 78.0)
    assert parts(found.totals["full_rate"]) == (5, 6, {"no_score": 1})
    bands = table("quality", "band").rows
    assert {row.label: (row.values["full"], row.values["estimated"]) for row in bands} == {
        "50–59": (1, 0), "60–69": (1, 1), "70–79": (2, 0), "90–100": (1, 0), "没有分数": (0, 0),
    }  # fmt: skip


def test_a_required_level_is_attained_on_evidence_and_never_on_an_estimate() -> None:
    opening = make.opening(skills={"excel": 3, "sql": 2})
    make.skill("sql").__class__.objects.filter(code="sql").update(competency=make.competency("logic"))
    fits = applied(opening, 5, "completed")
    make.written_test(fits, "excel", 60)
    training.report(fits.interviews.get(), "full", {"logic": 45})
    make.project(fits)
    for title, degree in (("浙江大学", Degree.BACHELOR), ("北京大学", Degree.MASTER), ("某某培训", None)):
        ResumeFact.objects.create(application=fits, kind="education", title=title, degree=degree, level=4)
    below = applied(opening, 5, "completed")
    ResumeFact.objects.create(application=below, kind="education", title="某某大学", level=1)
    make.written_test(below, "excel", 59)  # the test counts, not the better report
    training.report(below.interviews.get(), "full", {"expertise": 95, "logic": 39})
    guessed = applied(opening, 5, "interrupted")
    training.report(guessed.interviews.get(), "fallback", {"expertise": 95, "logic": 95})
    training.report(guessed.interviews.get(), "partial", {"expertise": 80})
    ResumeFact.objects.create(application=guessed, kind="internship", title="数据实习生", level=2)
    applied(make.opening(), 5)  # asks for nothing
    found = table("fit")
    said = {"applied": 4, "with_education": 2, "with_project": 2, "meets_all": 1, "something_unknown": 1}
    assert counts(found.totals) == said
    # By the first version an internship is no project.
    assert counts(table_of(report_named("fit", "1"), asked("fit")).totals) == {**said, "with_project": 1}
    assert parts(found.totals["attainment_rate"]) == (3, 5, {"no_evidence": 1})
    assert parts(found.totals["bachelor_rate"]) == (1, 1, {"no_evidence": 3})
    assert {row.label: row.values["applied"] for row in table("fit", "education").rows} == {
        "硕士": 1, "未写明学历": 1, "不清楚": 2,
    }  # fmt: skip
    mine = next(row for row in found.rows if row.key == opening.pk)
    assert parts(mine.values["attainment_rate"]) == (3, 5, {"no_evidence": 1})


@pytest.mark.parametrize("written", [(1, 2), (2, 1)])
@pytest.mark.parametrize(("scores", "attained"), [({1: 95, 2: 20}, 0), ({1: 20, 2: 95}, 1)])
def test_of_several_reports_the_later_rounds_counts_as_training_reads_it(
    scores: dict[int, int], attained: int, written: tuple[int, int]
) -> None:
    twice = applied(make.opening(skills={"excel": 3}), 5, "completed")
    make.interview(twice, state="completed", round=2)
    for number in written:
        training.report(twice.interviews.get(round=number), "full", {"expertise": scores[number]})
    assert _known_and_counted(twice) == (bool(attained), attained)
    # The earlier versions count by the report that was written first.
    for version in ("1", "2"):
        rate = table_of(report_named("fit", version), asked("fit")).totals["attainment_rate"]
        assert parts(rate) == (int(scores[written[0]] > 90), 1, {})
        assert isinstance(rate, Rate)
        assert rate.definition == "attainment_rate/1"


def test_a_full_report_counts_before_a_partial_one_of_a_later_round() -> None:
    twice = applied(make.opening(skills={"excel": 3}), 5, "completed")
    make.interview(twice, state="interrupted", round=2)
    training.report(twice.interviews.get(round=1), "full", {"expertise": 20})
    training.report(twice.interviews.get(round=2), "partial", {"expertise": 95})
    assert _known_and_counted(twice) == (False, 0)


def _known_and_counted(application: Application) -> tuple[bool, int]:
    """Whether training knows the one required skill at its level, and how many of one the report counts."""
    plan = TrainingPlan.objects.create(application=application)
    (known,) = knowledge.of_application(application, under=plan).skills
    assert known.shown_level is not None
    reached, of, _out = parts(table("fit").totals["attainment_rate"])
    assert of == 1
    return known.shown_level >= known.required_level, reached


def test_what_an_exit_took_is_counted_once() -> None:
    opening = make.opening()
    first = left(opening, "network", hours=80, back=1, is_announced=False)
    interview = first.interview
    again = make.exit_(interview, cause="device", left_at=NOW - timedelta(hours=60))
    follow_up = called(again, 2)
    ContactAttempt.objects.create(
        follow_up=follow_up, attempt=1, by=people.recruiter(), channel="phone", reached=False
    )
    FollowUp.objects.filter(pk=follow_up.pk).update(
        claimed_at=again.left_at, closed_at=again.left_at + timedelta(minutes=25)
    )
    left(opening, "our_outage", hours=20, back=1, is_announced=False)
    InterviewExit.objects.filter(pk=first.pk).update(attempt=interview.attempt)
    case = onboarding.case(interview)
    case.delays.all().delete()
    OnboardingDelay.objects.create(
        case=case, interview=interview, days=4, cause="device", expected_result=date(2026, 12, 1),
        started_at=again.left_at + timedelta(minutes=1),
    )  # fmt: skip
    plan = TrainingPlan.objects.create(application=interview.application)
    for code, reason in (("a", "unknown"), ("b", "gap")):
        PlanItem.objects.create(
            plan=plan, course=training.course(code), skill=make.skill(), reason=reason, required_level=4,
            shown_level=None if reason == "unknown" else 2, offset_working_days=5, added_in_version=1,
        )  # fmt: skip
    Offer.objects.create(
        application=interview.application, state="declined", salary=1, start_on=date(2027, 1, 4), place="上海",
        answer_by=NOW, made_by=people.recruiter(), sent_at=NOW, ended_at=NOW, decline_reason="process",
    )  # fmt: skip
    found = table("cost")
    assert counts(found.totals) == {
        "exits": 2, "rescheduled": 0, "calls": 2, "delayed": 1, "days_lost": 4, "offers_lost": 2, "blind_items": 1,
    }  # fmt: skip
    assert found.totals["minutes"] == Spread(1, 25.0, 25.0, 25.0)
    assert {row.key: row.values["days_lost"] for row in found.rows} == {"network": 0, "device": 4}
    mine = interview.application_id
    for measure, value in found.totals.items():
        wanted = value.count if isinstance(value, Spread) else value
        total, times = times_behind(REPORTS["cost"], found.asked, measure, None, of=[mine])
        assert (total, times) == (wanted, {mine: wanted} if wanted else {}), measure
    # The item counts with the first exit, not with the one that lost the days.
    assert times_behind(REPORTS["cost"], found.asked, "blind_items", "device", of=[mine]) == (0, {})


def test_a_figure_leads_to_the_people_whom_it_counts() -> None:
    opening, other = make.opening(), make.opening()
    mine = [applied(opening, 5, state) for state in ("", "completed", "interrupted")]
    applied(other, 5, "completed")
    report = REPORTS["efficiency"]

    def behind(measure: str, line: str | None = None, **given: Any) -> set[Application]:
        return set(people_behind(report, asked("efficiency", "opening", **given), measure, line))

    assert behind("applied", str(opening.pk)) == set(mine)
    assert behind("began", str(opening.pk)) == set(mine[1:])
    assert behind("completion_rate", str(opening.pk)) == {mine[1]}
    assert len(behind("applied")) == 4
    assert behind("applied", user=people.manager(other.department)) == set(
        Application.objects.filter(opening__department=other.department)
    )
    for measure, line in (("nothing", None), ("applied", "0"), ("applied", "x")):
        with pytest.raises(NotFound):
            behind(measure, line)


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_each_number_on_the_page_opens_whom_it_counts_and_how_often(name: str) -> None:
    opening = make.opening(skills={"excel": 3, "sql": 3})
    row = applied(opening, 5, "completed", stage="second_round")
    make.written_test(row, score=80)
    make.written_test(row, "sql", score=80)
    training.report(row.interviews.get(), "full", {"expertise": 80})
    called(left(opening, "network", hours=5, is_announced=False), 1)
    offer("declined", decline_reason="process")
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(people.recruiter())
    for dimension in REPORTS[name].dimensions:
        page = client.get(f"/admin/reports/{name}/", {"by": dimension.name})
        table = page.context["table"]
        for cells in [*(row[1] for row in table["rows"]), table["totals"]]:
            for measure, cell in zip(table["measures"], cells, strict=True):
                if "people" in cell:
                    opened = client.get(cell["people"])
                    times = [each for _application, each in opened.context["lines"]]
                    assert sum(times) == opened.context["counted"] == said(measure, cell), cell
                    assert ("计入数量" in opened.text) == (max(times) > 1)
                elif name != "headcount" or measure.name in ("hired", "expected", "at_risk"):
                    assert cell["first"].startswith(("0", "–")), (measure.name, cell)


def said(measure: Measure, cell: dict[str, str]) -> int:
    """The number that the cell of a figure says: a rate's numerator, of how many a duration is."""
    match measure.unit:
        case "count":
            return int(cell["first"])
        case "rate":
            counts = re.search(r"(\d+)/\d+", f"{cell['first']} {cell['then']}")
            assert counts
            return int(counts[1])
    return int(re.findall(r"\d+", cell["then"])[-1])


def test_nobody_opens_what_is_no_figure_or_not_theirs() -> None:
    applied(make.opening(), 5)
    client = Client()
    address = "/admin/reports/efficiency/people/"
    assert client.get(f"{address}?measure=applied").status_code == 302
    client.force_login(people.recruiter())
    assert client.post(f"{address}?measure=applied").status_code == 405
    further = ("line=0&by=opening", "from=x", "opening=0", "by=nothing")
    for query in ("", "measure=x", *(f"measure=applied&{more}" for more in further)):
        assert client.get(f"{address}?{query}").status_code == 404, query
    assert client.get("/admin/reports/nothing/people/?measure=applied").status_code == 404
