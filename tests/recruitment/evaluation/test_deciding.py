"""The rule and the people who decide: estimates decide nothing."""

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from core.errors import DomainError, Forbidden, Invalid, Refused
from people.actors import Party
from recruitment import signals
from recruitment.evaluation.services import scoring
from recruitment.models import (
    Application,
    Assessment,
    Checkpoint,
    Decision,
    Invitation,
    RubricScore,
)
from recruitment.services import applications, decisions, endings, interviews
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.evaluation.scored import _asked, complete, in_progress, interrupt, saved

pytestmark = pytest.mark.django_db


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
     ("nan", "x", "score_out_of_range"), ("1e1", "x", "score_out_of_range"), ("9_0", "x", "score_out_of_range"),
     ("90", " ", "reason_missing")],
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

    assert found == [(1, [interview.application_id])] * 2
    assert heard == [{"reason": "unknown"}]
    assert not Invitation.objects.exists() and report.pk
