"""Any sequence of steps by anybody: the interview stays explainable, and what hangs on it agrees with its state."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.errors import DomainError
from core.events.models import Event, Reaction
from onboarding.models import OnboardingDelay
from people.actors import Party
from recruitment.evaluation.services import scoring
from recruitment.models import Answer, Assessment, Checkpoint, FollowUp, Interview, InterviewExit, Lease
from recruitment.services import answers, deadlines, endings, follow_ups, interviews, leases, scheduling
from tests.factories import onboarding, people
from tests.factories import recruitment as make

# What each event must have been preceded by: the state that the events before it lead to.
AFTER = {
    "interview_started": ({"scheduled"}, "in_progress"),
    "interview_interrupted": ({"in_progress"}, "interrupted"),
    "interview_resumed": ({"interrupted"}, "in_progress"),
    "interview_completed": ({"in_progress", "interrupted"}, "completed"),
    "interview_abandoned": ({"interrupted"}, "abandoned"),
    "interview_missed": ({"scheduled"}, "missed"),
    "interview_cancelled": ({"scheduled", "in_progress", "interrupted"}, "cancelled"),
    "interview_rescheduled": ({"scheduled", "interrupted", "missed", "abandoned", "cancelled"}, "scheduled"),
}


class InterviewMachine(RuleBasedStateMachine):
    """Candidate, HR, pump and jobs take steps in any order; refusals are part of the game."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        application = make.application(make.opening(), stage="screening")
        make.written_test(application)
        self.interview_id = make.interview(application).pk
        onboarding.case(Interview.objects.get(pk=self.interview_id))
        self.hr = people.recruiter()
        self.epoch = 0
        self.acknowledged: dict[tuple[int, int], str] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @property
    def interview(self) -> Interview:
        return Interview.objects.select_related("version", "lease").get(pk=self.interview_id)

    def _try(self, call: Any, **arguments: Any) -> Any:
        """Take a step as the edge would: a refusal rolls its own work back and changes nothing."""
        before = Interview.objects.filter(pk=self.interview_id).values().get()
        try:
            with transaction.atomic():
                return call(**arguments)
        except (DomainError, TransitionNotAllowed):
            assert Interview.objects.filter(pk=self.interview_id).values().get() == before
            return None

    @rule()
    def enter(self) -> None:
        entered = self._try(
            interviews.enter, interview_id=self.interview_id, by=Party.CANDIDATE, consents=["ai_evaluation"]
        )
        if entered:
            assert entered.epoch > self.epoch
            self.epoch = entered.epoch

    @rule(stale=st.booleans(), choice=st.sampled_from(["leave", "leave", "leave", "give_up", "withdraw"]))
    def leave(self, stale: bool, choice: str) -> None:
        epoch = self.epoch - 1 if stale else self.epoch
        left = self._try(
            interviews.leave, interview_id=self.interview_id, epoch=epoch, choice=choice, cause="network", note="",
            by=Party.CANDIDATE,
        )  # fmt: skip
        assert not (left and stale)

    @rule(visible=st.booleans(), outage=st.booleans())
    def fall_silent(self, visible: bool, outage: bool) -> None:
        Lease.objects.filter(pk=self.interview_id, live=True).update(
            expires_at=timezone.now() - timedelta(seconds=1), visible=visible, in_outage=outage
        )
        leases.interrupt_lapsed()

    @rule(data=st.data(), stage=st.integers(1, 3))
    def answer(self, data: st.DataObject, stage: int) -> None:
        question = data.draw(
            st.sampled_from(list(self.interview.version.stages.get(number=stage).questions.all()))
        )
        text = data.draw(st.sampled_from(["我负责团队", "透视表、抽样、定位", "倾听,找同事"]))
        attempt = self.interview.attempt
        saved = Answer.objects.filter(interview=self.interview_id, attempt=attempt, question=question).first()
        done = self._try(
            answers.save_text, interview_id=self.interview_id, question_id=question.pk, epoch=self.epoch,
            revision=(saved.revision if saved else 0) + 1, text=text,
        )  # fmt: skip
        if done:
            self.acknowledged[attempt, question.pk] = text

    @rule(stage=st.integers(1, 3))
    def finish_stage(self, stage: int) -> None:
        self._try(answers.finish_stage, interview_id=self.interview_id, stage_number=stage, epoch=self.epoch)

    @rule()
    def score(self) -> None:
        for checkpoint in Checkpoint.objects.filter(interview=self.interview_id, scored_at__isnull=True):
            scoring.score_checkpoint(checkpoint_id=checkpoint.pk)

    @rule(keep=st.booleans())
    def reschedule(self, keep: bool) -> None:
        now = timezone.now()
        self._try(
            scheduling.reschedule, interview_id=self.interview_id, opens_at=now - timedelta(minutes=1),
            closes_at=now + timedelta(days=2), by=self.hr, keep_checkpoints=keep,
        )  # fmt: skip

    @rule()
    def cancel(self) -> None:
        self._try(endings.cancel, interview_id=self.interview_id, by=self.hr)

    @precondition(lambda self: self.interview.state in ("scheduled", "interrupted"))
    @rule()
    def time_runs_out(self) -> None:
        past = timezone.now() - timedelta(minutes=1)
        Interview.objects.filter(pk=self.interview_id).update(
            window_opens_at=past - timedelta(days=1), window_closes_at=past
        )
        Interview.objects.filter(pk=self.interview_id, resume_until__isnull=False).update(resume_until=past)
        deadlines.end_windows()

    @rule()
    def hr_calls(self) -> None:
        follow_up = FollowUp.objects.filter(interview=self.interview_id).exclude(state="closed").first()
        if follow_up:
            follow_ups.record_contact(follow_up_id=follow_up.pk, by=self.hr, channel="phone", reached=False)

    @rule(outcome=st.sampled_from(["reached", "unreachable"]))
    def hr_closes(self, outcome: str) -> None:
        follow_up = FollowUp.objects.filter(interview=self.interview_id).exclude(state="closed").first()
        if follow_up:
            self._try(follow_ups.close, follow_up_id=follow_up.pk, outcome=outcome, by=self.hr)

    @invariant()
    def the_events_tell_the_state(self) -> None:
        state = "scheduled"
        kinds = Event.objects.filter(subject_type="recruitment.interview", subject_id=self.interview_id)
        for kind in kinds.order_by("pk").values_list("kind", flat=True):
            if kind in AFTER:
                allowed, following = AFTER[kind]
                assert state in allowed, f"{kind} after {state}"
                state = following
        assert self.interview.state == state

    @invariant()
    def in_progress_and_a_live_lease_are_the_same(self) -> None:
        interview = self.interview
        assert interview.lease.live == (interview.state == "in_progress")
        assert interview.lease.epoch >= self.epoch

    @invariant()
    def nothing_acknowledged_is_lost(self) -> None:
        held = {
            (a.attempt, a.question_id): a.text for a in Answer.objects.filter(interview=self.interview_id)
        }
        assert {key: held.get(key) for key in self.acknowledged} == self.acknowledged

    @invariant()
    def everything_around_agrees(self) -> None:
        interview = self.interview
        open_exits = InterviewExit.objects.filter(
            interview=interview, attempt=interview.attempt, returned_at=None
        )
        follow_up = FollowUp.objects.filter(interview=interview, kind="exit").exclude(state="closed")
        delayed = OnboardingDelay.objects.filter(interview=interview, lifted_at=None).exists()
        current = set(
            Assessment.objects.filter(interview=interview, status="current").values_list("basis", flat=True)
        )
        assert open_exits.count() == (interview.state in ("interrupted", "abandoned"))
        assert follow_up.count() <= 1
        if interview.state in ("in_progress", "completed", "scheduled", "cancelled"):
            assert not follow_up.exists()
        if interview.state in ("interrupted", "abandoned", "missed"):
            assert delayed
        if interview.state in ("in_progress", "completed", "cancelled"):
            assert not delayed
        if interview.state == "interrupted":
            assert "fallback" in current
        if interview.state == "cancelled":
            assert current == set()
        if "full" in current:
            assert current == {"full"}

    @invariant()
    def every_reaction_is_done(self) -> None:
        assert not Reaction.objects.filter(~Q(state="done")).exists()


@pytest.mark.django_db
@pytest.mark.slow
def test_interview_machine() -> None:
    run_state_machine_as_test(
        InterviewMachine,
        settings=settings(
            max_examples=25, stateful_step_count=18, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
