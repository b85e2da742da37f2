"""Results, reviews and the candidate's own end, and the whole set of messages that each makes."""

import pytest
from django.db import transaction

from core.errors import Refused
from messaging.models import Message
from people.actors import Party
from recruitment import signals
from recruitment.evaluation.services import scoring
from recruitment.models import RubricScore
from recruitment.services import interviews
from tests.factories import notifications as make
from tests.factories import people, recruitment
from tests.factories.notifications import told
from tests.notifications.happening import all_reactions_done, leave, score

pytestmark = pytest.mark.django_db


def test_a_full_score_above_the_line_is_told_and_invites() -> None:
    interview = make.house()

    score(interview)

    assert told(interview) == [
        ("candidate", "completed", "planned"),
        ("candidate", "evaluated", "planned"),
        ("candidate", "second_round", "planned"),
        ("manager", "evaluated", "planned"),
        ("manager", "second_round", "planned"),
        ("training", "training_plan_changed", "planned"),
    ]
    words = {row.kind: row.body for row in Message.objects.filter(audience="candidate")}
    assert "您已进入复试" in words["evaluated"]
    interview.application.refresh_from_db()
    promised = interview.application.promised_by
    assert f"{promised.year}年{promised.month}月{promised.day}日" in words["second_round"]
    assert "综合得分 100" in Message.objects.get(audience="manager", kind="evaluated").body
    assert all("100" not in body for body in words.values())
    all_reactions_done()


def test_a_review_is_told_once_when_the_reviewer_is_done() -> None:
    interview, reviewer = make.house(), people.recruiter(username="reviewer")

    def manager() -> list[str]:
        rows = Message.objects.filter(audience="manager", kind="evaluated").order_by("pk")
        return [row.body for row in rows]

    score(interview)
    with pytest.raises(Refused) as raised:
        scoring.finish_review(interview_id=interview.pk, by=reviewer)
    assert raised.value.code == "nothing_reviewed"
    for part in RubricScore.objects.filter(checkpoint__interview=interview):
        scoring.override(score_id=part.pk, value="60", reason="只会背", by=reviewer)
    assert len(manager()) == 1

    scoring.finish_review(interview_id=interview.pk, by=reviewer)

    first, corrected = manager()
    assert "已有完整评估，综合得分 100" in first
    assert "评分已由同事复核完毕，报告有更正，综合得分 60" in corrected
    with pytest.raises(Refused):
        scoring.finish_review(interview_id=interview.pk, by=reviewer)
    assert len(manager()) == 2
    all_reactions_done()


def test_a_full_score_below_the_line_says_by_when_the_candidate_hears() -> None:
    interview = make.house()

    score(interview, text="嗯。")

    assert [row for row in told(interview) if row[1] in ("evaluated", "second_round")] == [
        ("candidate", "evaluated", "planned"),
        ("manager", "evaluated", "planned"),
    ]
    interview.application.refresh_from_db()
    promised = interview.application.promised_by
    body = Message.objects.get(audience="candidate", kind="evaluated").body
    assert f"我们会在{promised.year}年{promised.month}月{promised.day}日" in body
    assert "不合格" not in body


def test_an_estimate_is_told_to_nobody_as_a_result() -> None:
    interview = make.house()
    recruitment.written_test(interview.application)
    recruitment.saved_stage(interview, 1)

    leave(interview)

    assert interview.assessments.exists()
    assert {row[1] for row in told(interview)} == {"interrupted", "follow_up", "training_plan_changed"}


def test_a_forgotten_invitation_is_told_once_a_day() -> None:
    interview = make.house("completed")
    application = interview.application
    with transaction.atomic():
        for _time in range(2):
            signals.invitation_overdue.emit(
                subject=application, origin=interview, facts={"reason": "reaction_failed"}
            )

    assert told(interview) == [
        ("lead", "invitation_overdue", "planned"),
        ("specialist", "invitation_overdue", "planned"),
    ]
    assert "晋级规则运行失败" in Message.objects.get(audience="lead").body


def test_withdrawn_is_told_as_the_candidates_wish() -> None:
    interview = make.house()

    interviews.leave(
        interview_id=interview.pk, epoch=1, choice="withdraw", cause="unwilling", note="", by=Party.CANDIDATE
    )

    assert told(interview) == [
        ("candidate", "withdrawn", "planned"),
        ("manager", "withdrawn", "planned"),
        ("specialist", "cancelled", "planned"),
    ]
    assert "已为您撤回" in Message.objects.get(audience="candidate").body
    all_reactions_done()
