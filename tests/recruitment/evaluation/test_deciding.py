"""The rule and the people who decide: estimates decide nothing."""

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse

from core.errors import DomainError, Forbidden, Invalid, Refused
from people.actors import Party
from recruitment import signals
from recruitment.evaluation.services import scoring
from recruitment.models import (
    AdvanceRule,
    Application,
    Assessment,
    AssessmentScore,
    Checkpoint,
    Decision,
    Interview,
    Invitation,
    RubricScore,
    RuleVersion,
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


def asks_for(interview: Interview, **least: int) -> RuleVersion:
    """The opening's rule asks for so much of these competencies, and the interview was begun under it."""
    rule = AdvanceRule.objects.get(opening=interview.application.opening)
    rule.version = RuleVersion.objects.following(
        rule.opening_id,
        threshold=rule.threshold,
        least={make.competency(code).pk: Decimal(figure) for code, figure in least.items()},
    )
    rule.save()
    Interview.objects.filter(pk=interview.pk).update(rule=rule.version)
    interview.refresh_from_db()
    return rule.version


def reported(interview: Interview, value: int, **scores: int | None) -> Assessment:
    """A full report with these scores; the rule has not run."""
    report = Assessment.objects.create(
        interview=interview, attempt=1, basis="full", value=value, low=value, high=value, method="test"
    )
    for code, score in scores.items():
        AssessmentScore.objects.create(
            assessment=report, competency=make.competency(code), value=score, low=score, high=score
        )
    return report


def judged(interview: Interview, value: int, **scores: int | None) -> Decision:
    """What the rule made of a full report with these scores."""
    report = reported(interview, value, **scores)
    decisions.apply_rule(assessment_id=report.pk)
    return Decision.objects.get(assessment=report)


def finished() -> Interview:
    opening = make.opening(threshold=75)
    return make.interview(make.application(opening, stage="evaluating"), state="completed")


@pytest.mark.parametrize(
    ("value", "communication", "outcome"),
    [(75, 70, "invited"), (90, 69, "below"), (74, 90, "below"), (90, None, "asked"), (74, None, "below")],
)
def test_a_rule_asks_for_competencies_too(value: int, communication: int | None, outcome: str) -> None:
    interview = finished()
    rule = asks_for(interview, communication=70)

    decision = judged(interview, value, communication=communication, expertise=10)

    assert (decision.outcome, decision.rule, decision.threshold) == (outcome, rule, 75)
    assert Invitation.objects.count() == (outcome == "invited")
    moved = Application.objects.get(pk=interview.application_id).stage
    assert moved == ("second_round" if outcome == "invited" else "evaluating")


def test_a_competency_that_the_report_does_not_know_asks_a_person() -> None:
    interview = finished()
    asks_for(interview, communication=70)
    assert judged(interview, 99, expertise=99).outcome == "asked"


def test_a_later_version_judges_nothing_that_had_begun() -> None:
    before, after = finished(), finished()
    first = asks_for(before, communication=70)
    asks_for(after, communication=95)
    rule = AdvanceRule.objects.get(opening=before.application.opening)
    rule.threshold = 95
    rule.save()

    decision = judged(before, 80, communication=75)
    rule.threshold = 99
    rule.save()

    assert (decision.outcome, judged(after, 80, communication=75).outcome) == ("invited", "below")
    assert Decision.objects.get(pk=decision.pk).rule == first


def test_whoever_enters_is_judged_by_the_rule_of_that_moment() -> None:
    application = make.application(make.opening(threshold=75), stage="interviewing")
    interview = make.interview(application)
    rule = AdvanceRule.objects.get(opening=application.opening)
    interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)
    first = rule.version
    rule.threshold = 60
    rule.save()
    interview.refresh_from_db()
    assert (interview.rule, interview.threshold, rule.version == first) == (first, 75, False)


def test_an_estimate_meets_no_condition() -> None:
    interview = in_progress(threshold=1)
    asks_for(interview, communication=1)
    saved(interview, 1, 2)
    interrupt(interview)
    assert set(Decision.objects.values_list("outcome", flat=True)) == {"asked", "overtaken"}
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(("communication", "found"), [(70, 1), (69, 0), (None, 0)])
def test_nobody_counts_as_forgotten_whom_a_competency_held_back(
    communication: int | None, found: int
) -> None:
    interview = finished()
    asks_for(interview, communication=70)
    report = reported(interview, 90, communication=communication)
    Assessment.objects.filter(pk=report.pk).update(issued_at=interview.created_at.replace(year=2025))
    assert decisions.report_forgotten()[0] == found


def test_the_application_says_by_which_rule_and_takes_the_invitation_back(as_hr: Any) -> None:
    interview = finished()
    asks_for(interview, communication=70)
    judged(interview, 82, communication=74)
    page = reverse("admin:recruitment_application_change", args=[interview.application_id])

    said = " ".join(as_hr.get(page).content.decode().split())

    assert f"规则第 2 版：总分 ≥ 75，且{make.competency('communication')} ≥ 70" in said
    assert f"总分 82 · {make.competency('communication')} 74" in said
    assert "全部条件都满足，系统自动邀请复试。" in said
    back = reverse(
        "admin:recruitment_application_step", args=[interview.application_id, "return_to_evaluation"]
    )
    assert back in said
    assert as_hr.post(back, {"reason": "录音与评分不符"}).status_code == 302
    assert list(Decision.objects.values_list("outcome", flat=True)) == ["asked"]
    assert Application.objects.get(pk=interview.application_id).stage == "evaluating"
    said = as_hr.get(page).content.decode()
    assert back not in said.split("hs-list")[1].split("</section>")[0]
    assert "曾邀请复试，李招聘" in said and "撤回了邀请，由人决定。" in said


def test_whoever_was_held_back_is_told_so_on_the_page(as_hr: Any) -> None:
    interview = finished()
    asks_for(interview, communication=70)
    judged(interview, 82, communication=60)
    page = reverse("admin:recruitment_application_change", args=[interview.application_id])
    assert "有条件未满足：系统没有自动邀请，也没有淘汰。" in as_hr.get(page).content.decode()
