"""Silent exits by twenties: one chain for all of them, the same rows and receipts as one by one, few statements."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.events.models import Event, Reaction
from core.events.signal import DurableSignal
from messaging.models import Message
from onboarding.models import OnboardingCase, OnboardingDelay
from recruitment.evaluation.services import scoring
from recruitment.models import Assessment, Decision, FollowUp, Interview, InterviewExit, Lease, Opening
from recruitment.services import interviews, leases
from tests.chains.conftest import START, Story, story
from tests.factories import onboarding, recruitment
from training.models import PlanItem, TrainingPlan

__all__ = ["story"]
pytestmark = pytest.mark.django_db(transaction=True)


def fallen_silent(story: Story, count: int) -> list[Interview]:
    """Candidates of one opening, a stage saved and scored each, whose lease has run out."""
    Lease.objects.filter(pk=story.interview.pk).update(live=False)
    found = []
    for _number in range(count):
        application = recruitment.application(
            Opening.objects.first(), stage="interviewing", planned_start=START
        )
        recruitment.written_test(application, "excel", 45)
        recruitment.project(application)
        row = recruitment.interview(application, state="in_progress")
        onboarding.case(row, start=START)
        scoring.score_checkpoint(checkpoint_id=recruitment.saved_stage(row, 1).pk)
        found.append(row)
    lapse(found)
    return found


def lapse(rows: list[Interview]) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Lease.objects.filter(pk__in=[row.pk for row in rows]).update(live=True, expires_at=past)


def hangs_on(row: Interview) -> dict[str, Any]:
    """What one exit left behind, without numbers: the same for each."""
    plan = TrainingPlan.objects.get(application=row.application_id)
    case = OnboardingCase.objects.get(application=row.application_id)
    chain = Event.objects.filter(origin_type="recruitment.interview", origin_id=row.pk)
    reactions = Reaction.objects.filter(event__in=chain)
    return {
        "state": Interview.objects.get(pk=row.pk).state,
        "live": Lease.objects.get(pk=row.pk).live,
        "exits": list(InterviewExit.objects.filter(interview=row).values_list("cause", "is_announced")),
        "calls": list(FollowUp.objects.filter(interview=row).values_list("kind", "state", "exit__interview")),
        "reports": set(Assessment.objects.filter(interview=row).values_list("basis", "status", "value")),
        "decisions": set(
            Decision.objects.filter(application=row.application_id).values_list("assessment__basis", "outcome")
        ),
        "delays": list(OnboardingDelay.objects.filter(case=case).values_list("days", "interview")),
        "forecast": case.forecast_start,
        "plan": set(PlanItem.objects.filter(plan=plan).values_list("course__code", "state")),
        "version": plan.version,
        "messages": sorted(
            Message.objects.filter(event__in=chain).values_list("audience", "kind", "state", "recipient_name")
        ),
        "chain": sorted(chain.values_list("kind", "caused_by__kind", "caused_by__subject_type")),
        "receipts": sorted(
            (each.event.kind, each.name, each.state, each.attempts, each.note, tuple(
                effect["label"] for effect in each.effects
            ))
            for each in reactions.select_related("event")
        ),
    }  # fmt: skip


def same(left: dict[str, Any], row: Interview) -> dict[str, Any]:
    """With the numbers of the interview and names of the candidate taken out."""
    name = row.application.candidate.name
    taken = {
        **left,
        "calls": [(*call[:2], call[2] == row.pk) for call in left["calls"]],
        "delays": [(days, interview == row.pk) for days, interview in left["delays"]],
        "messages": [(*one[:3], "candidate" if one[3] == name else one[3]) for one in left["messages"]],
    }
    taken["messages"].sort()
    return taken


def test_twenty_at_once_leave_what_each_would_leave_alone(story: Story) -> None:
    alone, *together = fallen_silent(story, 5)
    Lease.objects.filter(pk__in=[row.pk for row in together]).update(expires_at="2099-01-01T00:00:00Z")
    assert leases.interrupt_lapsed() == 1
    lapse(together)

    assert leases.interrupt_lapsed() == 4

    expected = same(hangs_on(alone), alone)
    assert expected["state"] == "interrupted"
    assert {name for name, *_rest in expected["decisions"]} == {"partial", "fallback"}
    for row in together:
        assert same(hangs_on(row), row) == expected
    assert set(Reaction.objects.values_list("state", "attempts")) == {("done", 1)}


def test_a_set_takes_as_many_statements_for_six_as_for_three(story: Story) -> None:
    fallen_silent(story, 2)
    leases.interrupt_lapsed()  # what is looked up once a process is known from here on
    counts = []
    for count in (3, 6):
        fallen_silent(story, count)
        with CaptureQueriesContext(connection) as queries:
            assert leases.interrupt_lapsed() == count
        counts.append(len(queries))
    assert counts[0] == counts[1], "\n".join(query["sql"][:200] for query in queries)
    assert counts[0] <= 75


def test_what_breaks_with_one_costs_that_one_alone(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = fallen_silent(story, 4)
    broken = rows[1].pk
    take = interviews._broken_off

    def breaks(interview: Interview, lease: Lease, **more: Any) -> InterviewExit:
        if interview.pk == broken:
            raise ValueError("a bug")
        return take(interview, lease, **more)

    monkeypatch.setattr(interviews, "_broken_off", breaks)

    assert leases.interrupt_lapsed() == 3

    states = dict(Interview.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "state"))
    assert states == {row.pk: "in_progress" if row.pk == broken else "interrupted" for row in rows}
    monkeypatch.undo()
    assert leases.interrupt_lapsed() == 1


def test_a_receiver_that_fails_for_one_leaves_the_others_whole(story: Story) -> None:
    rows = fallen_silent(story, 3)
    signal = DurableSignal.registry["interview_interrupted"]

    def fails_for_one(event: Event) -> None:
        if event.subject_id == rows[1].pk:
            raise ValueError("a bug")

    signal.connect(fails_for_one, name="people.fails_for_one")
    try:
        assert leases.interrupt_lapsed() == 3
    finally:
        signal.disconnect("people.fails_for_one")

    undone = Reaction.objects.exclude(state="done").values_list("name", "subject_id")
    assert list(undone) == [("people.fails_for_one", rows[1].pk)]
    left = [same(hangs_on(row), row) for row in rows]
    for one in left:
        one["receipts"] = [each for each in one["receipts"] if each[1] != "people.fails_for_one"]
    assert left[0] == left[1] == left[2]


def test_two_pumps_share_them_and_neither_waits(story: Story) -> None:
    rows = fallen_silent(story, 3)
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(Interview.objects.select_for_update().filter(pk=rows[0].pk))
            is_held.set()
            may_go.wait(10)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert is_held.wait(10)
        assert leases.interrupt_lapsed() == 2
        assert Interview.objects.get(pk=rows[0].pk).state == "in_progress"
    finally:
        may_go.set()
        other.join()
    assert leases.interrupt_lapsed() == 1
