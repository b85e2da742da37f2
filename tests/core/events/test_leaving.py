"""What a chain's receivers leave for its end is done once, for all of them, and noted on each one's receipt."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from core.events import DurableSignal, effect, note, relay
from core.events.models import Event, Reaction
from core.events.running import Left, leave, on_receipt_of
from people.models import CalendarDay, Department
from tests.core.events.together import emit, fail, made, row
from tests.factories import people

pytestmark = pytest.mark.django_db(transaction=True)
CALLS: list[list[str]] = []


def settle(left: list[Left]) -> None:
    """A row for each, and a line on each receipt."""
    CALLS.append([one.what for one in left])
    for one in left:
        row(one.what)
        with on_receipt_of(one.reaction):
            effect(Department.objects.get(), "Settled %(name)s", name=one.what)
            note(f"held: {one.is_held}")


def leaving(name: str):
    def receiver(event: Event) -> None:
        leave(settle, name)

    return receiver


@pytest.fixture
def signals() -> Iterator[tuple[DurableSignal, DurableSignal]]:
    CALLS.clear()
    yield (
        DurableSignal("test_first", "First", "Something happened in a test."),
        DurableSignal("test_second", "Second", "Something followed from it."),
    )
    del DurableSignal.registry["test_first"], DurableSignal.registry["test_second"]


def receipts() -> dict[str, tuple[str, list[str], str, int]]:
    return {
        reaction.name: (
            reaction.state,
            [one["params"]["name"] for one in reaction.effects],
            reaction.note,
            reaction.attempts,
        )
        for reaction in Reaction.objects.order_by("id")
    }


def test_all_of_a_chain_at_once_and_each_on_its_own_receipt(
    signals: tuple[DurableSignal, DurableSignal],
) -> None:
    first, second = signals

    def goes_on(event: Event) -> None:
        second.emit(subject=Department.objects.get(pk=event.subject_id))

    first.connect(leaving("one"), name="people.one")
    first.connect(goes_on, name="people.goes_on")
    second.connect(leaving("two"), name="people.two")

    emit(first, people.department())

    assert CALLS == [["one", "two"]]
    assert made() == ["one", "two"]
    assert receipts() == {
        "people.one": ("done", ["one"], "held: True", 1),
        "people.goes_on": ("done", [], "", 1),
        "people.two": ("done", ["two"], "held: True", 1),
    }


def test_where_one_receiver_fails_each_settles_for_itself(
    signals: tuple[DurableSignal, DurableSignal],
) -> None:
    first, _second = signals
    first.connect(leaving("one"), name="people.one")
    first.connect(fail, name="people.fail")
    first.connect(leaving("two"), name="people.two")

    emit(first, people.department())

    assert CALLS == [["one"], ["two"]]
    assert made() == ["one", "two"]
    assert {name: receipt[0] for name, receipt in receipts().items()} == {
        "people.one": "done",
        "people.fail": "pending",
        "people.two": "done",
    }


def test_what_cannot_be_settled_costs_only_who_left_it(
    signals: tuple[DurableSignal, DurableSignal], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _second = signals

    def breaks_on_two(left: list[Left]) -> None:
        settle(left)
        if any(one.what == "two" for one in left):
            raise ValueError("a bug")

    def left_to_it(name: str):
        return lambda event: leave(breaks_on_two, name)

    first.connect(left_to_it("one"), name="people.one")
    first.connect(left_to_it("two"), name="people.two")

    event = emit(first, people.department())

    assert made() == ["one"]
    assert receipts() == {
        "people.one": ("done", ["one"], "held: True", 1),
        "people.two": ("pending", [], "", 1),
    }
    # The pump tries it again, once for each time that it is due.
    Reaction.objects.filter(name="people.two").update(next_try_at=event.at)
    relay.run_due()
    assert receipts()["people.two"] == ("pending", [], "", 2)
    assert made() == ["one"]


def test_the_pump_settles_what_it_runs(signals: tuple[DurableSignal, DurableSignal]) -> None:
    first, _second = signals
    first.connect(leaving("one"), name="people.one")
    emit(first, people.department())
    CalendarDay.objects.filter(date__year=2099).delete()

    relay.run_again(reaction_id=Reaction.objects.get().pk)

    assert CALLS == [["one"], ["one"]]
    assert receipts() == {"people.one": ("done", ["one"], "held: False", 1)}


def test_what_a_person_asks_for_is_done_at_once(signals: tuple[DurableSignal, DurableSignal]) -> None:
    people.department()
    with transaction.atomic():
        leave(settle, "now")
        assert made() == ["now"]
    assert not Reaction.objects.exists()
