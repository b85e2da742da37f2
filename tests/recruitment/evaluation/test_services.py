"""Scores, reports and decisions: what each state of an interview requires, and that estimates decide nothing."""

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from core.errors import DomainError, Forbidden, Invalid, Refused
from people.actors import Party
from recruitment import signals
from recruitment.evaluation.services import assessments, scoring
from recruitment.models import (
    Application,
    Assessment,
    Checkpoint,
    Decision,
    Interview,
    Invitation,
    MentionPoint,
    RubricScore,
)
from recruitment.queries import unscored_by_person
from recruitment.services import applications, decisions, endings, interviews, scheduling
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def saved(interview: Interview, *numbers: int, text: str | None = None) -> None:
    for number in numbers:
        scoring.score_checkpoint(checkpoint_id=make.saved_stage(interview, number, text=text).pk)


def complete(interview: Interview) -> None:
    """Complete an interview whose three stages are saved, as the last checkpoint does."""
    with transaction.atomic():
        interviews.complete_if_finished(Interview.objects.select_for_update().get(pk=interview.pk))


def reports() -> set[tuple[str, str]]:
    return set(Assessment.objects.values_list("basis", "status"))


def in_progress(**opening: Any) -> Interview:
    application = make.application(make.opening(**opening), stage="interviewing")
    make.written_test(application)
    make.project(application)
    return make.interview(application, state="in_progress")


def interrupt(interview: Interview) -> None:
    interviews.interrupt(interview_id=interview.pk, cause="network", evidence={}, by=Party.SYSTEM)


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


def without_points(interview: Interview, code: str) -> None:
    """The plan still measures this competency, and no question says by what."""
    with make.unfrozen():
        MentionPoint.objects.filter(
            question__stage__version=interview.version_id, competency__code=code
        ).delete()


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


@pytest.mark.parametrize(
    ("text", "outcome", "stage"), [(None, "invited", "second_round"), ("不知道", "below", "evaluating")]
)
def test_the_rule_decides_on_a_full_score_only(text: str | None, outcome: str, stage: str) -> None:
    interview = in_progress(threshold=80)
    saved(interview, 1, 2, 3, text=text)

    complete(interview)

    application = Application.objects.get(pk=interview.application_id)
    assert list(Decision.objects.values_list("assessment__basis", "outcome")) == [("full", outcome)]
    assert (application.stage, Invitation.objects.count()) == (stage, 1 if outcome == "invited" else 0)
    assert (application.promised_by is not None) is True


def test_an_estimate_asks_a_person_and_moves_nobody() -> None:
    interview = in_progress(threshold=1)
    saved(interview, 1, 2)

    interrupt(interview)

    assert set(Decision.objects.values_list("assessment__basis", "outcome")) == {
        ("partial", "asked"), ("fallback", "overtaken"),
    }  # fmt: skip
    assert Application.objects.get(pk=interview.application_id).stage == "interviewing"
    assert not Invitation.objects.exists()


def test_a_person_may_invite_on_the_fallback_once() -> None:
    interview, hr = in_progress(), people.recruiter()
    interrupt(interview)
    decision = Decision.objects.get(assessment__basis="fallback")

    decisions.invite(decision_id=decision.pk, by=hr)

    invitation = Invitation.objects.get()
    assert (invitation.basis, invitation.invited_by) == ("fallback", hr)
    assert Application.objects.get(pk=interview.application_id).stage == "second_round"
    with pytest.raises(Refused) as raised:
        decisions.invite(decision_id=decision.pk, by=hr)
    assert raised.value.code == "decision_made"


def test_what_needs_no_decision_any_more_waits_for_nobody() -> None:
    hr = people.recruiter()
    invited, cancelled, rejected, waits = (in_progress() for _number in range(4))
    for interview in (invited, cancelled, rejected, waits):
        saved(interview, 1)
        interrupt(interview)
    assert Decision.objects.waiting().count() == 4

    decisions.invite(decision_id=_asked(invited, "fallback").pk, by=hr)
    endings.cancel(interview_id=cancelled.pk, by=hr)
    applications.take_step(application_id=rejected.application_id, step="reject", by=hr, reason="不合适")

    assert set(Decision.objects.waiting().values_list("application", flat=True)) == {waits.application_id}


def _asked(interview: Interview, basis: str) -> Decision:
    return Decision.objects.get(assessment__interview=interview, assessment__basis=basis)


def test_nobody_is_invited_on_a_report_that_was_withdrawn() -> None:
    interview, hr = in_progress(), people.recruiter()
    interrupt(interview)
    endings.cancel(interview_id=interview.pk, by=hr)

    with pytest.raises(Refused) as raised:
        decisions.invite(decision_id=_asked(interview, "fallback").pk, by=hr)

    assert (raised.value.code, Invitation.objects.count()) == ("report_not_current", 0)


@pytest.mark.django_db(transaction=True)
def test_a_report_that_was_superseded_while_the_rule_waited_invites_nobody() -> None:
    interview = make.interview(make.application(stage="evaluating"), state="completed")
    report = Assessment.objects.create(
        interview=interview, attempt=1, basis="full", value=90, low=82, high=98, method="test"
    )
    held, blocked = threading.Event(), threading.Event()

    def supersede() -> None:
        with transaction.atomic():
            Application.objects.select_for_update().get(pk=interview.application_id)
            held.set()
            blocked.wait(0.5)
            Assessment.objects.filter(pk=report.pk).update(status="superseded")
        connection.close()

    other = threading.Thread(target=supersede)
    other.start()
    held.wait()
    decisions.apply_rule(assessment_id=report.pk)
    other.join()

    assert not Decision.objects.exists()
    assert Application.objects.get(pk=interview.application_id).stage == "evaluating"


def test_only_hr_decides() -> None:
    interview = in_progress()
    interrupt(interview)
    decision = Decision.objects.get()

    with pytest.raises(Forbidden):
        decisions.invite(decision_id=decision.pk, by=people.manager())

    decision.refresh_from_db()
    assert (decision.outcome, Invitation.objects.count()) == ("asked", 0)


def test_the_full_report_overtakes_the_open_questions() -> None:
    interview = in_progress(threshold=80)
    saved(interview, 1)
    interrupt(interview)
    interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)
    saved(interview, 2, 3)
    complete(interview)

    assert set(Decision.objects.values_list("assessment__basis", "outcome")) == {
        ("partial", "overtaken"), ("fallback", "overtaken"), ("full", "invited"),
    }  # fmt: skip


def test_a_reviewers_score_stands_beside_the_rubrics_and_renews_the_report() -> None:
    interview, hr = in_progress(threshold=80), people.recruiter()
    saved(interview, 1, 2, 3, text="不知道")
    complete(interview)
    assert Assessment.objects.get(status="current").value == 0

    for score in RubricScore.objects.all():
        scoring.override(score_id=score.pk, value="90", reason="听了录音", by=hr)

    current = Assessment.objects.get(status="current")
    assert (current.basis, current.value) == ("full", Decimal(90))
    assert set(RubricScore.objects.values_list("value", "override", "overridden_by")) == {
        (Decimal(0), Decimal(90), hr.pk)
    }
    assert Application.objects.get(pk=interview.application_id).stage == "second_round"


@pytest.mark.parametrize(
    ("value", "reason", "code"),
    [("101", "x", "score_out_of_range"), ("-1", "x", "score_out_of_range"), ("abc", "x", "score_out_of_range"),
     ("nan", "x", "score_out_of_range"), ("90", " ", "reason_missing")],
)  # fmt: skip
def test_a_nonsense_override_changes_nothing(value: str, reason: str, code: str) -> None:
    interview = make.interview(make.application(stage="evaluating"), state="completed")
    score = RubricScore.objects.create(
        checkpoint=Checkpoint.objects.create(
            interview=interview, attempt=1, stage=interview.version.stages.first(), saved_at=interview.created_at
        ),
        competency=make.competency(), value=50, method="rubric-coverage/1",
    )  # fmt: skip

    with pytest.raises((Invalid, DomainError)) as raised:
        scoring.override(score_id=score.pk, value=value, reason=reason, by=people.recruiter())

    score.refresh_from_db()
    assert (raised.value.code, score.override) == (code, None)


def test_the_hourly_check_names_each_forgotten_application_once_a_day() -> None:
    interview = make.interview(
        make.application(make.opening(threshold=80), stage="evaluating"), state="completed"
    )
    report = Assessment.objects.create(
        interview=interview, attempt=1, basis="full", value=95, low=90, high=100, method="rubric-coverage/1"
    )
    Assessment.objects.update(issued_at=interview.created_at.replace(year=2026, month=1))
    heard: list[dict[str, Any]] = []
    signals.invitation_overdue.connect(lambda event: heard.append(event.facts), name="test.hear")
    try:
        found = [decisions.report_forgotten() for _time in range(2)]
    finally:
        signals.invitation_overdue.disconnect("test.hear")

    assert found == [[interview.application_id]] * 2
    assert heard == [{"reason": "unknown"}]
    assert not Invitation.objects.exists() and report.pk
