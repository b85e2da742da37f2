"""Receivers that fail: the exit stands, the rest is done, what is owed is done once, and no ghost appears."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from core.events import relay
from core.events.models import Event, Reaction
from core.events.signal import DurableSignal
from onboarding.models import OnboardingDelay
from people.actors import Party
from recruitment.models import FollowUp, Interview
from recruitment.services import interviews
from tests.chains.conftest import NOW, Story, tell
from tests.chains.test_interview_exit import AFTER_EXIT, announce, come_back


@contextmanager
def replaced(name: str, receiver: Callable[[Event], None]) -> Iterator[None]:
    """Put another receiver under the name, everywhere it is connected, the way broken code would be deployed."""
    wires = [signal.wires[name] for signal in DurableSignal.registry.values() if name in signal.wires]
    real = [wire.receiver for wire in wires]
    for wire in wires:
        wire.receiver = receiver
    try:
        yield
    finally:
        for wire, before in zip(wires, real, strict=True):
            wire.receiver = before


def broken(event: Event) -> None:
    OnboardingDelay.objects.all().delete()
    raise RuntimeError("a bug")


def make_due() -> None:
    Reaction.objects.filter(state="pending").update(next_try_at=timezone.now())


@pytest.mark.parametrize(
    "name",
    [
        "recruitment.align_follow_up", "recruitment.align_assessments", "onboarding.align_delay",
        "training.align_plan", "notifications.tell_candidate", "notifications.tell_staff",
    ],
)  # fmt: skip
def test_any_receiver_may_fail_and_the_chain_is_whole_after_the_pump(story: Story, name: str) -> None:
    with replaced(name, broken):
        announce(story)
        assert story.state() == "interrupted"
        assert {row[0] for row in story.rows()["unfinished"]} == {name}
    make_due()

    relay.run_due()

    assert story.rows() == {
        **AFTER_EXIT, "exits": [("time_conflict", True)], "delays": [(3, "time_conflict", False, False)],
    }  # fmt: skip
    assert {
        ("candidate", "interrupted", "planned"),
        ("specialist", "interrupted", "planned"),
    } <= story.messages()
    assert relay.run_due() == 0


@pytest.mark.parametrize("name", ["recruitment.align_follow_up", "recruitment.align_assessments",
                                  "onboarding.align_delay", "notifications.tell_staff"])  # fmt: skip
def test_a_reaction_that_the_return_overtook_raises_no_ghost(story: Story, name: str) -> None:
    with replaced(name, broken):
        announce(story)
    come_back(story)
    before, told = story.rows(), story.messages()
    make_due()

    relay.run_due()

    after = story.rows()
    assert after["unfinished"] == set()
    assert [row for row in after["follow_ups"] if row[1] != "closed"] == []
    assert [row for row in after["delays"] if not row[3]] == []
    assert after["forecast"] == (before["forecast"][0], before["forecast"][0])
    late = {(audience, kind) for audience, kind, _state in story.messages() - told}
    assert not late & {
        ("candidate", "interrupted"),
        ("specialist", "interrupted"),
        ("manager", "interrupted"),
    }


def test_running_every_reaction_again_changes_nothing(story: Story) -> None:
    announce(story)
    before, messages = story.rows(), story.messages()

    for reaction in Reaction.objects.order_by("pk"):
        relay.run_again(reaction_id=reaction.pk)

    assert (story.rows(), story.messages()) == (before, messages)


def test_running_every_reaction_again_after_the_return_changes_nothing(story: Story) -> None:
    announce(story)
    come_back(story)
    before, messages = story.rows(), story.messages()

    for reaction in Reaction.objects.order_by("pk"):
        relay.run_again(reaction_id=reaction.pk)

    assert (story.rows(), story.messages()) == (before, messages)


@pytest.mark.django_db(transaction=True)
def test_two_pumps_finish_a_chain_once() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        story = tell(clock)
        with replaced("onboarding.align_delay", broken), replaced("recruitment.align_follow_up", broken):
            announce(story)
        make_due()

        def pump() -> None:
            relay.run_due()
            connection.close()

        threads = [threading.Thread(target=pump) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # One of them may have met the other's lock and given its reaction back for a second try.
        make_due()
        relay.run_due()

        assert story.rows() == {
            **AFTER_EXIT, "exits": [("time_conflict", True)], "delays": [(3, "time_conflict", False, False)],
        }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_exits_at_the_same_instant_are_one() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        story = tell(clock)
        ready = threading.Barrier(2)

        def leave(call: Callable[[], object]) -> None:
            ready.wait()
            try:
                call()
            finally:
                connection.close()

        def silently() -> None:
            try:
                interviews.interrupt(
                    interview_id=story.interview.pk, cause="network", evidence={}, by=Party.SYSTEM
                )
            except Exception as error:  # noqa: BLE001 -- whoever comes second is refused, in its own words
                assert getattr(error, "code", "") == "step_not_allowed"  # noqa: PT017

        threads = [
            threading.Thread(target=leave, args=(call,)) for call in (silently, lambda: announce(story))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert Interview.objects.get(pk=story.interview.pk).state == "interrupted"
        assert story.interview.exits.count() == 1
        assert FollowUp.objects.count() == 1
        assert OnboardingDelay.objects.filter(lifted_at__isnull=True).count() == 1
