"""The oracle sees: a clean run has no difference, and each kind of damage is named."""

from collections.abc import Callable

import pytest
from django.db.models import F
from django.utils import timezone

from core.events.models import Reaction
from messaging import delivery
from messaging.models import Message
from onboarding.models import OnboardingCase, OnboardingDelay
from people.actors import Party
from recruitment.evaluation.services import scoring
from recruitment.models import (
    Answer,
    Assessment,
    Checkpoint,
    FollowUp,
    Interview,
    InterviewExit,
    Lease,
    Opening,
)  # fmt: skip
from recruitment.services import answers, interviews
from tests.factories import onboarding
from tests.factories import recruitment as make
from tests.factories import training as teach
from tools.simulate.compare import compare
from tools.simulate.journal import Journal
from training.models import TrainingPlan

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def opening() -> Opening:
    teach.course()
    return make.opening(skills={"excel": 3})


@pytest.fixture
def journal() -> Journal:
    """Somebody who saved a stage, typed on, and left with a word; everything that follows is done and sent."""
    interview = make.interview(make.application(opening()))
    make.written_test(interview.application)
    onboarding.case(interview)
    journal = Journal()
    journal.note("candidate", interview.pk, number=0)
    epoch = interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE, consents=["ai_evaluation"]).epoch
    journal.note("entered", interview.pk, epoch=epoch)
    first, second = interview.version.stages.order_by("number")[:2]
    for stage in (first, second):
        question = stage.questions.order_by("number")[0]
        text = f"我负责 {question.pk} 🙂"
        answers.save_text(
            interview_id=interview.pk, question_id=question.pk, epoch=epoch, revision=1, text=text
        )
        journal.note("text_sent", interview.pk, question=question.pk, revision=1, text=text)
        journal.note("text_acknowledged", interview.pk, question=question.pk, revision=1)
        if stage == first:
            answers.finish_stage(interview_id=interview.pk, stage_number=stage.number, epoch=epoch)
            journal.note("answer_finished", interview.pk, question=question.pk)
            journal.note("stage_sent", interview.pk, stage=stage.number)
            journal.note("stage_saved", interview.pk, stage=stage.number)
    scoring.score_checkpoint(checkpoint_id=Checkpoint.objects.get().pk)
    interviews.leave(
        interview_id=interview.pk, epoch=epoch, choice="leave", cause="device", note="", by=Party.CANDIDATE
    )
    now = timezone.now().timestamp()
    journal.note(
        "left", interview.pk, way="leave", cause="device", left_at=now, last_sign=now, leave_acknowledged=True
    )
    journal.note("ended", interview.pk, how="away")
    delivery.deliver_due()
    return journal


def test_what_is_as_it_should_be_has_no_difference(journal: Journal) -> None:
    found = compare(journal, disturbed=False)

    assert found.differences == []
    assert found.is_settled
    assert (found.counts["exits"], found.counts["delays active"], found.counts["answers"]["held"]) == (
        1,
        1,
        2,
    )
    assert len(found.seconds["told"]) == len(found.seconds["noticed leave"]) == 1


DAMAGE: dict[str, tuple[Callable[[], object], set[str]]] = {
    "a lost answer": (
        lambda: Answer.objects.filter(pk=Answer.objects.order_by("-pk")[0].pk).delete(),
        {"answer missing"},
    ),
    "an older answer": (lambda: Answer.objects.update(revision=0), {"answer missing"}),
    "another text": (lambda: Answer.objects.update(text="他"), {"answer different"}),
    "an answer reopened": (lambda: Answer.objects.update(finished_at=None), {"answer not finished"}),
    "a lost stage": (lambda: Checkpoint.objects.all().delete(), {"checkpoint missing", "reports"}),
    "an exit of another kind": (lambda: InterviewExit.objects.update(cause="network"), {"cause"}),
    "no follow-up": (lambda: FollowUp.objects.all().delete(), {"follow-ups of an exit", "open follow-ups"}),
    "a lifted delay": (lambda: OnboardingDelay.objects.update(lifted_at=timezone.now()), {"delays"}),
    "a forecast put back": (
        lambda: OnboardingCase.objects.update(forecast_start=F("planned_start")),
        {"forecast"},
    ),
    "no estimate": (lambda: Assessment.objects.filter(basis="fallback").delete(), {"reports"}),
    "no training plan": (lambda: TrainingPlan.objects.all().delete(), {"training plan"}),
    "an untold candidate": (lambda: Message.objects.all().delete(), {"message about an exit"}),
    "a red reaction": (
        lambda: Reaction.objects.filter(
            pk=Reaction.objects.filter(event__origin_type=Interview._meta.label_lower).order_by("pk")[0].pk
        ).update(state="failed"),
        {"reactions red"},
    ),
    "a lease that goes on": (lambda: Lease.objects.update(live=True), {"lease outlives the interview"}),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_each_damage_is_named(journal: Journal, what: str) -> None:
    damage, named = DAMAGE[what]

    damage()

    found = compare(journal, disturbed=True)
    assert {difference.what for difference in found.differences} >= named
    assert not found.is_settled


def test_who_stayed_and_is_counted_as_gone_is_named_unless_the_outage_was_ours(journal: Journal) -> None:
    stayed = Interview.objects.get()
    journal.told[stayed.pk].way = None
    journal.told[stayed.pk].ended = None

    assert compare(journal, disturbed=True).counts["stayed and counted as gone"] == 1
    journal.told[stayed.pk].ended = "away"
    assert "exit of who stayed" in {each.what for each in compare(journal, disturbed=True).differences}
    InterviewExit.objects.update(cause="our_outage")
    assert "exit of who stayed" not in {each.what for each in compare(journal, disturbed=True).differences}


def test_one_query_more_for_nobody(
    journal: Journal, django_assert_max_num_queries: Callable[..., object]
) -> None:
    with django_assert_max_num_queries(25):
        compare(journal, disturbed=True)
