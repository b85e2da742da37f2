"""What telling costs in a whole chain: read once at its end, written together. `pytest -s` prints the figures."""

from collections.abc import Callable
from typing import Any

import pytest

from core.events import relay
from core.events.models import Reaction
from messaging.models import Message
from recruitment.services import interviews, scheduling
from tests.chains.conftest import NOW, Story
from tests.chains.conftest import story as story  # noqa: PLC0414 -- a fixture
from tests.chains.costs import counted
from tests.chains.test_interview_exit import announce, come_back
from tests.factories import recruitment as make

# The most statements of messages in the chain of each step.
BOUNDS = {"exit": 10, "return": 9, "reschedule": 10, "completion": 5}


def reschedule(story: Story) -> None:
    scheduling.reschedule(
        interview_id=story.interview.pk,
        opens_at=NOW,
        closes_at=NOW.replace(day=30),
        by=make.specialist_of(story.interview),
    )


def complete(story: Story) -> None:
    make.saved_stage(story.interview, 3)
    interviews.complete_if_finished(story.interview.__class__.objects.select_for_update().get())


STEPS: list[tuple[str, list[Callable[[Story], Any]], set[str]]] = [
    ("exit", [announce], {"interrupted", "follow_up", "start_changed", "training_plan_changed"}),
    ("return", [announce, come_back], {"resumed", "start_restored"}),
    ("reschedule", [announce, reschedule], {"rescheduled", "guide", "start_changed"}),
    ("completion", [complete], {"completed"}),
]


@pytest.mark.parametrize(("name", "steps", "told"), STEPS, ids=[name for name, _steps, _told in STEPS])
def test_a_chain_tells_all_with_few_statements(
    name: str, steps: list[Callable[[Story], Any]], told: set[str], story: Story
) -> None:
    *before, last = steps
    for step in before:
        step(story)
    known = set(Message.objects.values_list("pk", flat=True))

    with counted() as statements:
        last(story)

    new = Message.objects.exclude(pk__in=known)
    print(f"\n{name}: {statements.of('notifications')} statements, {new.count()} messages")
    assert told <= set(new.values_list("kind", flat=True))
    assert statements.of("notifications") <= BOUNDS[name]
    assert sum('INTO "messaging_message"' in sql for _name, sql in statements.all) == 1
    assert sum('INTO "messaging_delivery"' in sql for _name, sql in statements.all) == 1


def test_a_late_reaction_reads_under_locks_of_its_own(story: Story) -> None:
    """In the pump nobody holds anything: each record is locked before what is said of it is read."""
    announce(story)
    for reaction in Reaction.objects.filter(name="notifications.tell_staff").order_by("event"):
        before = list(Message.objects.order_by("pk").values_list("pk", "state"))
        with counted() as statements:
            relay.run_again(reaction_id=reaction.pk)
        reaction.refresh_from_db()
        locks = [sql for _name, sql in statements.all if "FOR NO KEY UPDATE" in sql]
        assert reaction.state == "done"
        if reaction.subject_type != "recruitment.assessment":
            assert any(reaction.subject_type.replace(".", "_") in sql for sql in locks)
        assert list(Message.objects.order_by("pk").values_list("pk", "state")) == before
