"""A chain in one savepoint: undone as a whole when one receiver fails, and run again each for itself, exactly once."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.events import DurableSignal, effect, note, relay
from core.events.models import Event, Reaction
from core.events.reading import once_per_chain
from core.events.running import shared_step
from people.models import CalendarDay, Department
from tests.factories import people


@pytest.fixture
def signals() -> Iterator[tuple[DurableSignal, DurableSignal]]:
    """One signal, and another that its receivers emit."""
    yield (
        DurableSignal("test_first", "First", "Something happened in a test."),
        DurableSignal("test_second", "Second", "Something followed from it."),
    )
    del DurableSignal.registry["test_first"], DurableSignal.registry["test_second"]


def make(name: str) -> Callable[[Event], None]:
    """A receiver that makes a row, so that doing it twice is seen."""

    def receiver(event: Event) -> None:
        row(name)
        effect(Department.objects.get(pk=event.subject_id), "Made %(name)s", name=name)
        note(name)

    return receiver


def row(name: str) -> CalendarDay:
    """A row of nobody else's, with a name."""
    present = CalendarDay.objects.filter(date__year=2099).count()
    return CalendarDay.objects.create(date=date(2099, 1, 1) + timedelta(present), is_working=True, note=name)


def fail(event: Event) -> None:
    row("half done")
    raise ValueError("a bug")


def emit(signal: DurableSignal, subject: Department) -> Event:
    with transaction.atomic():
        return signal.emit(subject=subject)


def made() -> list[str]:
    return sorted(CalendarDay.objects.filter(date__year=2099).values_list("note", flat=True))


def receipts() -> list[tuple[str, str, str, int, int, str]]:
    rows = Reaction.objects.order_by("event", "id").values_list(
        "event__kind", "name", "state", "attempts", "effects", "note"
    )
    return [
        (kind, name, state, attempts, len(effects), said)
        for kind, name, state, attempts, effects, said in rows
    ]


def statements(captured: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in captured.captured_queries]


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


@contextmanager
def held(department: Department) -> Iterator[None]:
    """Another transaction has the row."""
    taken, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Department.objects.select_for_update().get(pk=department.pk)
            taken.set()
            release.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait(10)
    try:
        yield
    finally:
        release.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_who_waits_in_vain_waits_once_and_the_others_are_done(
    signals: tuple[DurableSignal, DurableSignal],
) -> None:
    first, _second = signals
    department = people.department(name="总部")
    tries: list[int] = []

    def waits(event: Event) -> None:
        tries.append(event.pk)
        Department.objects.select_for_update().get(pk=event.subject_id)

    first.connect(waits, name="test.wait")
    first.connect(make("A"), name="test.make")

    with held(department):
        emit(first, department)

    assert len(tries) == 1
    assert made() == ["A"]
    assert [row[:4] for row in receipts()] == [
        ("test_first", "test.wait", "pending", 1),
        ("test_first", "test.make", "done", 1),
    ]
    assert Reaction.objects.get(name="test.wait").error == OperationalError.__name__


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_costs_one_receiver_and_not_the_change(
    signals: tuple[DurableSignal, DurableSignal],
) -> None:
    """The server ends whoever it chooses; whatever it is, both changes stand and every effect happens once."""
    first, _second = signals
    one, other = people.department(name="总部"), people.department(name="总部 2")
    both = threading.Barrier(2)
    met = threading.local()

    def crosses(event: Event) -> None:
        mine, yours = (one.pk, other.pk) if event.subject_id == one.pk else (other.pk, one.pk)
        CalendarDay.objects.create(date=date(2099, 1, 1 + mine % 28), is_working=True)
        Department.objects.select_for_update().get(pk=mine)
        if not getattr(met, "already", False):
            met.already = True
            both.wait(10)
        Department.objects.select_for_update().get(pk=yours)

    first.connect(crosses, name="test.cross")

    def change(subject: Department) -> None:
        with transaction.atomic():
            first.emit(subject=subject)
        connection.close()

    threads = [threading.Thread(target=change, args=(subject,)) for subject in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Reaction.objects.update(next_try_at=timezone.now())
    relay.run_due()

    assert Event.objects.count() == 2
    assert {row[2] for row in receipts()} == {"done"}
    assert len(made()) == 2


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_gone_takes_the_whole_change_with_it(
    signals: tuple[DurableSignal, DurableSignal],
) -> None:
    first, _second = signals
    department = people.department(name="总部")

    def dies(event: Event) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    first.connect(make("A"), name="test.make")
    first.connect(dies, name="test.die")

    with pytest.raises(OperationalError), transaction.atomic():
        first.emit(subject=department)
    connection.close()

    assert made() == []
    assert (Event.objects.count(), Reaction.objects.count()) == (0, 0)


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
