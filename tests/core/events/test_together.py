"""A chain in one savepoint: undone as a whole when one receiver fails, and run again each for itself, exactly once."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.events import DurableSignal, effect, note, relay
from core.events.models import Event, Reaction
from core.events.reading import once_per_chain
from core.events.running import shared_step
from tests.core.events.together import emit, fail, made, make, receipts, row, statements
from tests.factories import people


@pytest.mark.django_db
def test_a_whole_chain_takes_one_savepoint_and_writes_its_receipts_at_once(
    signals: tuple[DurableSignal, DurableSignal],
) -> None:
    first, second = signals
    department = people.department(name="总部")

    def goes_on(event: Event) -> None:
        with shared_step():
            second.emit(subject=department)

    first.connect(goes_on, name="test.go_on")
    first.connect(make("A"), name="test.make_a")
    second.connect(make("B"), name="test.make_b")
    second.connect(make("C"), name="test.make_c")

    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        first.emit(subject=department)

    found = statements(captured)
    assert sum(sql.startswith("SAVEPOINT") for sql in found) == 1
    assert sum('INSERT INTO "events_reaction"' in sql for sql in found) <= 2
    assert receipts() == [
        ("test_first", "test.go_on", "done", 1, 0, ""),
        ("test_first", "test.make_a", "done", 1, 1, "A"),
        ("test_second", "test.make_b", "done", 1, 1, "B"),
        ("test_second", "test.make_c", "done", 1, 1, "C"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("broken", ["first", "middle", "last"])
def test_one_failure_costs_nobody_else_anything_and_doubles_nothing(
    signals: tuple[DurableSignal, DurableSignal], broken: str
) -> None:
    first, second = signals
    department = people.department(name="总部")

    def goes_on(event: Event) -> None:
        second.emit(subject=department)
        effect(department, "Went on")

    order = {"first": fail, "go_on": goes_on, "make": make("A")}
    names = {"first": ["first", "go_on", "make"], "middle": ["go_on", "first", "make"],
             "last": ["go_on", "make", "first"]}[broken]  # fmt: skip
    for name in names:
        first.connect(order[name], name=f"test.{name}")
    second.connect(make("B"), name="test.follow")

    emit(first, department)

    assert made() == ["A", "B"]
    assert [event.kind for event in Event.objects.order_by("id")] == ["test_first", "test_second"]
    assert list(
        Reaction.objects.filter(event__kind="test_first").order_by("id").values_list("name", flat=True)
    ) == [f"test.{name}" for name in names]
    assert set(receipts()) == {
        ("test_first", "test.first", "pending", 1, 0, ""),
        ("test_first", "test.go_on", "done", 1, 1, ""),
        ("test_first", "test.make", "done", 1, 1, "A"),
        ("test_second", "test.follow", "done", 1, 1, "B"),
    }


@pytest.mark.django_db
def test_a_receiver_of_a_following_event_fails_alone(signals: tuple[DurableSignal, DurableSignal]) -> None:
    first, second = signals
    department = people.department(name="总部")

    def goes_on(event: Event) -> None:
        row("before")
        second.emit(subject=department)

    first.connect(goes_on, name="test.go_on")
    first.connect(make("A"), name="test.make")
    second.connect(fail, name="test.fail")
    second.connect(make("B"), name="test.follow")

    emit(first, department)

    assert made() == ["A", "B", "before"]
    assert Event.objects.count() == 2
    assert set(receipts()) == {
        ("test_first", "test.go_on", "done", 1, 0, ""),
        ("test_first", "test.make", "done", 1, 1, "A"),
        ("test_second", "test.fail", "pending", 1, 0, ""),
        ("test_second", "test.follow", "done", 1, 1, "B"),
    }


@pytest.mark.django_db
def test_a_failure_that_a_receiver_hides_is_seen_all_the_same(
    signals: tuple[DurableSignal, DurableSignal],
) -> None:
    first, second = signals
    department = people.department(name="总部")

    def hides(event: Event) -> None:
        try:
            second.emit(subject=department)
        except ValueError:
            note("hidden")

    first.connect(hides, name="test.hide")
    second.connect(fail, name="test.fail")

    emit(first, department)

    assert made() == []
    assert set(receipts()) == {
        ("test_first", "test.hide", "done", 1, 0, ""),
        ("test_second", "test.fail", "pending", 1, 0, ""),
    }


@pytest.mark.django_db
def test_a_database_error_undoes_and_the_others_are_done(
    signals: tuple[DurableSignal, DurableSignal],
) -> None:
    first, _second = signals

    def breaks(event: Event) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    first.connect(make("A"), name="test.make_a")
    first.connect(breaks, name="test.break")
    first.connect(make("B"), name="test.make_b")

    emit(first, people.department(name="总部"))

    assert made() == ["A", "B"]
    assert [row[:4] for row in receipts()] == [
        ("test_first", "test.make_a", "done", 1),
        ("test_first", "test.break", "pending", 1),
        ("test_first", "test.make_b", "done", 1),
    ]
    assert Reaction.objects.get(name="test.break").error == "DataError"


@pytest.mark.django_db
def test_what_was_read_before_a_failure_is_read_anew(signals: tuple[DurableSignal, DurableSignal]) -> None:
    first, _second = signals
    department = people.department(name="总部")

    @once_per_chain
    def count(of: int) -> int:
        return len(made())

    seen: list[int] = []

    def writes_and_fails(event: Event) -> None:
        row("half done")
        count(1)
        raise ValueError("a bug")

    first.connect(writes_and_fails, name="test.fail")
    first.connect(lambda event: seen.append(count(1)), name="test.see")

    emit(first, department)

    assert seen == [0]


@pytest.mark.django_db
def test_on_commit_and_jobs_of_an_undone_run_are_undone_with_it(
    signals: tuple[DurableSignal, DurableSignal], django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    first, _second = signals
    said: list[str] = []
    first.connect(lambda event: transaction.on_commit(lambda: said.append("once")), name="test.say")
    first.connect(fail, name="test.fail")

    with django_capture_on_commit_callbacks(execute=True):
        emit(first, people.department(name="总部"))

    assert said == ["once"]


@pytest.mark.django_db
def test_the_pump_runs_what_follows_together_too(signals: tuple[DurableSignal, DurableSignal]) -> None:
    first, second = signals
    department = people.department(name="总部")
    first.connect(fail, name="test.go_on")
    second.connect(make("B"), name="test.follow")
    second.connect(fail, name="test.fail")
    emit(first, department)
    first.disconnect("test.go_on")
    first.connect(lambda event: second.emit(subject=department) and None, name="test.go_on")
    Reaction.objects.update(next_try_at=timezone.now())

    assert relay.run_due(limit=1) == 1

    assert made() == ["B"]
    assert {row[:4] for row in receipts()} == {
        ("test_first", "test.go_on", "done", 2),
        ("test_second", "test.follow", "done", 1),
        ("test_second", "test.fail", "pending", 1),
    }


@pytest.mark.django_db
def test_the_signal_keeps_one_list_of_its_receivers(signals: tuple[DurableSignal, DurableSignal]) -> None:
    first, _second = signals
    seen: list[int] = []
    first.connect(make("A"), name="test.a")
    first.connect(lambda event: seen.append(event.pk), name="test.b")

    assert (
        list(first.durable)
        == [wire.name for _key, wire, _is_async in first.receivers]
        == ["test.a", "test.b"]
    )
    first.disconnect("test.a")
    assert list(first.durable) == ["test.b"]

    event = emit(first, people.department(name="总部"))
    assert seen == [event.pk]
    assert [row[1] for row in receipts()] == ["test.b"]
