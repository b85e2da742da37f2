"""What was promised, begun, written or recorded under one setting is neither judged nor rewritten by a later one."""

from datetime import timedelta

import pytest

from core.events.models import Reaction
from core.events.relay import run_again
from messaging import delivery
from messaging.models import Message
from notifications.models import WaitBeforeTelling
from onboarding.models import OnboardingCase, OnboardingStep
from onboarding.models.templates import TemplateStep
from people.actors import Party
from recruitment.models import AdvanceRule, Application, Candidate, Opening
from recruitment.services import applications, interviews
from tests.chains.conftest import Story
from tests.chains.test_interview_exit import finish
from tests.factories import people
from training.models import Course, PlanItem
from training.services import items, plans

pytestmark = pytest.mark.django_db


def everything_again() -> None:
    """Every receiver looks at the present once more, as after a fault."""
    for pk in Reaction.objects.order_by("pk").values_list("pk", flat=True):
        run_again(reaction_id=pk)


def test_a_promised_day_stands_when_the_rule_promises_more_time_to_others(story: Story) -> None:
    finish(story, 1)
    application = Application.objects.get(pk=story.interview.application_id)
    told = Message.objects.get(kind="completed", audience="candidate").body
    assert application.promised_by is not None
    AdvanceRule.objects.update(second_round_within=20)
    story.clock.shift(timedelta(hours=2))
    everything_again()
    assert Application.objects.get(pk=application.pk).promised_by == application.promised_by
    assert Message.objects.get(kind="completed", audience="candidate").body == told


def test_a_case_keeps_the_steps_that_it_was_opened_with(story: Story) -> None:
    def steps() -> list[tuple[int, str, str, int]]:
        rows = OnboardingStep.objects.order_by("number")
        return list(rows.values_list("number", "kind", "title", "offset_working_days"))

    before, first = steps(), TemplateStep.objects.earliest("number")
    TemplateStep.objects.filter(pk=first.pk).update(title="别的审批", offset_working_days=-60)
    TemplateStep.objects.exclude(pk=first.pk).delete()
    interviews.interrupt(
        interview_id=story.interview.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
    )
    everything_again()
    assert steps() == before
    # The start moved by three days, and every due date with it: by the case's own steps.
    case = OnboardingCase.objects.get()
    assert case.forecast_start > case.planned_start
    assert case.steps.get(kind="first_day").due_on == case.forecast_start


def test_a_course_that_was_taken_stays_as_it_was_planned(story: Story) -> None:
    interviews.interrupt(
        interview_id=story.interview.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
    )
    taken, planned = PlanItem.objects.order_by("pk")[:2]
    items.mark_done(item_id=taken.pk, by=people.trainer(username="t2"))
    kept = PlanItem.objects.filter(pk=taken.pk).values().get()
    Course.objects.update(offset_working_days=40)
    story.interview.application.opening.skills.update(required_level=5)
    plans.align(application_id=story.interview.application_id)
    assert PlanItem.objects.filter(pk=taken.pk).values().get() == kept
    # What lies ahead follows what is offered now.
    assert PlanItem.objects.get(pk=planned.pk).offset_working_days == 40


def test_a_message_keeps_its_words_and_its_time(story: Story) -> None:
    WaitBeforeTelling.objects.filter(kind="rejected").update(hours=30)
    applications.take_step(
        application_id=story.interview.application_id,
        step="reject",
        by=people.lead(username="l2"),
        reason="x",
    )
    rejected = Message.objects.filter(kind="rejected").order_by("pk")
    before = list(rejected.values_list("pk", "subject", "body", "due_at"))
    assert before
    WaitBeforeTelling.objects.update(hours=0)
    Opening.objects.update(title="别的岗位")
    Candidate.objects.update(name="别的名字")
    everything_again()
    story.clock.shift(timedelta(hours=1))
    delivery.deliver_due()
    assert list(rejected.values_list("pk", "subject", "body", "due_at")) == before
    assert set(rejected.values_list("state", flat=True)) == {"planned"}
