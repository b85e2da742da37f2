"""Scores, reports and decisions: what each state of an interview requires, and that estimates decide nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from people.actors import Party
from recruitment.evaluation.services import assessments, scoring
from recruitment.models import (
    Application,
    Assessment,
    Checkpoint,
    Interview,
    MentionPoint,
    RubricScore,
)
from recruitment.queries import unscored_by_person
from recruitment.services import endings, interviews, scheduling
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.evaluation.scored import (
    complete,
    in_progress,
    interrupt,
    reports,
    saved,
    without_points,
)

pytestmark = pytest.mark.django_db


def test_a_stage_that_was_moved_along_before_it_was_scored_keeps_its_consent() -> None:
    interview, hr = in_progress(), people.recruiter()
    make.saved_stage(interview, 1)
    interrupt(interview)
    opens = timezone.now() + timedelta(days=1)
    for _time in range(2):
        scheduling.reschedule(
            interview_id=interview.pk, opens_at=opens, closes_at=opens + timedelta(days=1), by=hr
        )
        Interview.objects.get(pk=interview.pk)
        with time_machine.travel(opens + timedelta(hours=1), tick=False):
            interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)
            interrupt(interview)
    kept = Checkpoint.objects.get(interview=interview, attempt=3)

    scoring.score_checkpoint(checkpoint_id=kept.pk)

    assert kept.kept_from_attempt == 1
    assert set(kept.scores.values_list("method", "value")) == {("rubric-coverage/1", Decimal(100))}


def test_what_was_said_in_a_recording_is_not_judged_by_an_empty_line_beside_it() -> None:
    interview = in_progress()
    checkpoint = make.saved_stage(interview, 1, text="  \n")
    interview.answers.update(media="playable")

    scoring.score_checkpoint(checkpoint_id=checkpoint.pk)

    assert set(checkpoint.scores.values_list("method", "value")) == {("person", None)}


def test_a_stage_is_scored_once_with_quotes_from_the_answer() -> None:
    interview = in_progress()
    checkpoint = make.saved_stage(interview, 1, text="我在上家公司负责报表。")

    assert scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    assert not scoring.score_checkpoint(checkpoint_id=checkpoint.pk)

    scores = {row.competency.code: row for row in RubricScore.objects.all()}
    assert {code: row.value for code, row in scores.items()} == {
        "communication": Decimal(100),
        "teamwork": Decimal(0),
    }
    assert all(
        p["quote"] is None or p["quote"] in "我在上家公司负责报表。"
        for r in scores.values()
        for p in r.evidence
    )


def test_without_consent_a_person_scores() -> None:
    interview = in_progress()
    interview.consents.all().delete()

    saved(interview, 1)

    assert set(RubricScore.objects.values_list("competency__code", "value", "method")) == {
        ("communication", None, "person"), ("teamwork", None, "person"),
    }  # fmt: skip
    assert not Assessment.objects.exists()


def test_what_no_point_measures_is_left_to_a_person_and_then_the_report_is_full() -> None:
    interview, hr = in_progress(threshold=60), people.recruiter()
    without_points(interview, "composure")
    saved(interview, 1, 2, 3)
    complete(interview)

    waiting = RubricScore.objects.get(value=None)
    assert (waiting.competency.code, waiting.method, waiting.override) == ("composure", "person", None)
    assert ("full", "current") not in reports()
    assert list(Interview.objects.visible_to(hr).filter(unscored_by_person())) == [interview]

    scoring.override(score_id=waiting.pk, value="70", reason="沉着", by=hr)

    full = Assessment.objects.get(basis="full", status="current")
    assert {row.competency.code: row.value for row in full.competencies.all()}["composure"] == Decimal(70)
    assert not Interview.objects.visible_to(hr).filter(unscored_by_person()).exists()
    assert Application.objects.get().stage == "second_round"


def test_what_another_stage_measures_is_not_asked_twice() -> None:
    interview = in_progress()
    with make.unfrozen():
        MentionPoint.objects.filter(question__stage__number=3, competency__code="teamwork").delete()

    saved(interview, 1, 2, 3)
    complete(interview)

    assert not RubricScore.objects.filter(value=None).exists()
    assert ("full", "current") in reports()


def test_a_plan_without_any_point_is_scored_by_people_alone() -> None:
    interview, hr = in_progress(), people.recruiter()
    with make.unfrozen():
        MentionPoint.objects.all().delete()
    saved(interview, 1, 2, 3)
    complete(interview)
    assert reports() == set()
    assert RubricScore.objects.filter(value=None, method="person").count() == 6

    for score in RubricScore.objects.all():
        scoring.override(score_id=score.pk, value="90", reason="好", by=hr)

    assert Assessment.objects.get(basis="full").value == Decimal(90)


def test_leaving_after_two_stages_issues_partial_and_fallback_with_intervals() -> None:
    interview = in_progress()
    saved(interview, 1, 2)

    interrupt(interview)

    by_basis = {row.basis: row for row in Assessment.objects.all()}
    partial, fallback = by_basis["partial"], by_basis["fallback"]
    assert reports() == {("partial", "current"), ("fallback", "current")}
    assert partial.low < partial.value < partial.high or partial.high == 100
    assert fallback.high - fallback.low >= 20
    assert {s["source"] for s in fallback.sources} == {"written_test", "project", "stage"}
    known = {row.competency.code: row.value for row in partial.competencies.all()}
    assert known["composure"] is None and known["expertise"] == Decimal(100)


def test_no_evidence_no_fallback_and_no_stage_no_partial() -> None:
    bare = make.interview(make.application(stage="interviewing"), state="in_progress")
    interrupt(bare)
    assert not Assessment.objects.exists()

    interrupt(in_progress())
    assert reports() == {("fallback", "current")}


def test_aligning_again_issues_nothing() -> None:
    interview = in_progress()
    saved(interview, 1)
    interrupt(interview)
    before = list(Assessment.objects.values())

    assessments.align(interview_id=interview.pk)

    assert list(Assessment.objects.values()) == before


def test_estimates_are_kept_on_return_and_superseded_by_the_full_report() -> None:
    interview = in_progress()
    saved(interview, 1)
    interrupt(interview)
    interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)
    assert reports() == {("partial", "current"), ("fallback", "current")}

    saved(interview, 2, 3)
    complete(interview)

    assert reports() == {("partial", "superseded"), ("fallback", "superseded"), ("full", "current")}
    full = Assessment.objects.get(basis="full")
    assert (full.value, full.competencies.filter(value__isnull=True).count()) == (Decimal(100), 0)


def test_a_completed_interview_keeps_the_estimates_until_every_stage_is_scored() -> None:
    interview = in_progress()
    saved(interview, 1)
    interrupt(interview)
    interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)
    saved(interview, 2)
    late = make.saved_stage(interview, 3)
    complete(interview)
    assert reports() == {("partial", "current"), ("fallback", "current")}

    scoring.score_checkpoint(checkpoint_id=late.pk)
    assert ("full", "current") in reports()


def test_cancelling_withdraws_every_report() -> None:
    interview = in_progress()
    saved(interview, 1)
    interrupt(interview)

    endings.cancel(interview_id=interview.pk, by=people.recruiter())

    assert reports() == {("partial", "withdrawn"), ("fallback", "withdrawn")}
