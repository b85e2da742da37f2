"""What the house's own finished interviews teach, and whom it may judge."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from recruitment.evaluation import fallback
from recruitment.evaluation.admin.backtests import BECAUSE
from recruitment.evaluation.services import assessments, learned, learning
from recruitment.models import Application, Assessment, Checkpoint, Interview, Learning, RubricScore
from recruitment.services import progress
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.evaluation.scored import in_progress, interrupt, saved

pytestmark = pytest.mark.django_db
# Each stage is so much harder than the one before: whoever carries the mean forward expects too much.
LATER = 10


def crowd(
    application: Application, size: int, *, stages: int = 3, state: str = "completed", weak: float = 0
) -> None:
    """So many who were interviewed for the same opening; each stage's scores hang on how good the person is."""
    chance = np.random.default_rng(size)
    opening = application.opening
    rows = []
    for _number in range(size):
        other = make.application(opening)
        good = float(np.clip(chance.normal(60 - weak, 12), 5, 95))
        make.written_test(other, score=round(float(np.clip(good + chance.normal(0, 8), 0, 100))))
        interview = make.interview(other, state=state)
        plan = progress.plan_of(interview.version_id)
        for place, stage in enumerate(list(plan.stages.values())[:stages]):
            checkpoint = Checkpoint.objects.create(
                interview=interview,
                attempt=1,
                stage_id=stage,
                saved_at=timezone.now(),
                scored_at=timezone.now(),
            )
            rows += [
                RubricScore(
                    checkpoint=checkpoint,
                    competency_id=competency,
                    value=Decimal(
                        str(round(float(np.clip(good - LATER * place + chance.normal(0, 8), 0, 100)), 2))
                    ),
                    method="rubric",
                )
                for competency in sorted(plan.measured[stage])
            ]
        if state == "completed":
            Assessment.objects.create(
                interview=interview, attempt=1, basis="full", value=good, low=0, high=100, method="rubric"
            )
    RubricScore.objects.bulk_create(rows)


def broken_off() -> Interview:
    interview = in_progress()
    saved(interview, 1)
    return interview


def fallback_of(interview: Interview) -> Assessment:
    return Assessment.objects.get(interview=interview, basis="fallback", status="current")


def test_an_interview_that_breaks_off_later_is_estimated_by_what_was_learned() -> None:
    interview = broken_off()
    crowd(interview.application, 45)
    found = learning.learn_anew()
    assert (found.finished, found.left, found.result["use"]) == (45, 0, "learned")
    assert found.result["n"] == 45 * 2
    interrupt(interview)
    report = fallback_of(interview)
    assert report.method == learned.METHOD
    assert report.sources[-1] == {"source": "learning", "label": str(found), "reference": found.pk}
    assert report.value is not None
    assert report.low is not None
    assert report.high is not None
    assert 0 <= report.low <= report.value <= report.high <= 100
    # Narrower than the weights that were set by judgement, since the promise was measured.
    assert report.high - report.low < 2 * fallback.NARROWEST * 2
    assert {row.value is None for row in report.competencies.all()} == {True, False}


def test_what_is_learned_later_judges_nobody_again() -> None:
    interview = broken_off()
    crowd(interview.application, 45)
    interrupt(interview)
    before = fallback_of(interview)
    assert before.method == fallback.METHOD
    learning.learn_anew()
    assessments.align(interview_id=interview.pk)
    assert fallback_of(interview) == before


@pytest.mark.parametrize(("finished", "because"), [(0, "too_few_finished"), (12, "too_few_finished")])
def test_too_few_finished_leave_the_documented_weights(finished: int, because: str) -> None:
    interview = broken_off()
    crowd(interview.application, finished)
    found = learning.learn_anew()
    assert (found.result["because"], found.estimator) == (because, None)
    interrupt(interview)
    assert fallback_of(interview).method == fallback.METHOD


def test_where_the_weak_leave_nothing_is_learned_for_use_and_the_page_says_why() -> None:
    interview = broken_off()
    crowd(interview.application, 45)
    crowd(interview.application, 25, stages=1, state="abandoned", weak=30)
    found = learning.learn_anew()
    assert found.left == 25
    assert found.result["abstains"] is True
    assert found.estimator is None
    client = Client()
    client.force_login(people.recruiter())
    page = client.get(
        f"/admin/recruitment/learning/{found.pk}/change/", headers={"accept-language": "zh-hans"}
    )
    assert page.status_code == 200
    assert "中途退出并非随机" in page.text
    assert "估计方式：既定权重" in page.text
    assert not any(str(words) in page.text for words in BECAUSE.values()), "one reason, not two that differ"


def test_a_plan_that_asks_what_nobody_was_asked_is_estimated_by_documented_weights() -> None:
    crowd(in_progress().application, 45)
    found = learning.learn_anew()
    assert found.estimator is not None
    Learning.objects.filter(pk=found.pk).update(
        estimator={**found.estimator, "columns": [["9", "0"] for _column in found.estimator["columns"]]}
    )
    interview = broken_off()
    interrupt(interview)
    assert fallback_of(interview).method == fallback.METHOD


def test_the_list_says_what_is_in_use_with_its_cases() -> None:
    client = Client()
    client.force_login(people.recruiter())
    empty = client.get("/admin/recruitment/learning/", headers={"accept-language": "zh-hans"})
    assert "还没有回测" in empty.text
    crowd(in_progress().application, 31)
    found = learning.learn_anew()
    page = client.get("/admin/recruitment/learning/", headers={"accept-language": "zh-hans"})
    assert f"（{found.result['n']} 例）" in page.text


def test_the_page_names_what_was_known_before_the_exit() -> None:
    client = Client()
    client.force_login(people.recruiter())
    skills = [make.skill("excel"), make.skill("sql")]
    known = [
        {"what": what, "left": 12, "finished": 40, "difference": -0.5, "low": -0.9, "high": -0.1}
        for what in ("first_stage", *(f"test_{skill.pk}" for skill in skills), "test_0")
    ]
    crowd(in_progress().application, 31)
    found = learning.learn_anew()
    Learning.objects.filter(pk=found.pk).update(result={**found.result, "exits": {"known_before": known}})
    page = client.get(
        f"/admin/recruitment/learning/{found.pk}/change/", headers={"accept-language": "zh-hans"}
    )
    table = page.text.split("退出者与完成者", 1)[1]
    names = ["第一环节", *(f"笔试：{skill}" for skill in skills), "笔试：0"]
    assert [name for name in names if f"<th>{name}</th>" in table] == names


def test_the_same_house_teaches_the_same() -> None:
    crowd(in_progress().application, 32)
    one, other = (learning.learn_anew() for _time in range(2))
    assert one.result == other.result
    assert one.estimator == other.estimator


def test_the_cohort_costs_the_same_statements_for_few_and_many(django_assert_max_num_queries: Any) -> None:
    application = in_progress().application
    crowd(application, 4)
    crowd(application, 4, stages=1, state="abandoned")
    with django_assert_max_num_queries(9) as few:
        learning.cohort_of_house()
    crowd(application, 30)
    with django_assert_max_num_queries(len(few)):
        cohort = learning.cohort_of_house()
    assert len(cohort.people) == 38
    assert len(cohort.finished) == 34
