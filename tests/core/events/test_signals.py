"""Durable signals: what is done, what is owed, in which order, and exactly once."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from core.errors import Refused
from core.events import DurableSignal, effect, note, relay
from core.events.models import Event, Reaction
from core.events.running import MOST_ATTEMPTS
from people.models import Department
from tests.factories import people


@pytest.fixture
def signal() -> Iterator[DurableSignal]:
    """A signal of the test's own, taken off the registry afterwards."""
    yield DurableSignal("test_happened", "Happened", "Something happened in a test.")
    del DurableSignal.registry["test_happened"]


def emit(signal: DurableSignal, subject: Department, **facts: object) -> Event:
    with transaction.atomic():
        return signal.emit(subject=subject, facts=dict(facts))


def rename(name: str) -> Callable[[Event], None]:
    """A receiver that writes a row, so that its effect can be seen or missed."""

    def receiver(event: Event) -> None:
        Department.objects.filter(pk=event.subject_id).update(name_en=name)
        effect(Department.objects.get(pk=event.subject_id), "Renamed to %(name)s", name=name)

    return receiver


def fail(event: Event) -> None:
    Department.objects.filter(pk=event.subject_id).update(name="half done")
    raise ValueError("the address of 张三")


def make_due() -> None:
    Reaction.objects.filter(state="pending").update(next_try_at=timezone.now())


def states() -> list[tuple[str, str, int]]:
    return list(Reaction.objects.order_by("event", "name").values_list("name", "state", "attempts"))


@pytest.mark.django_db
def test_emit_outside_a_transaction_is_a_mistake(signal: DurableSignal, transactional_db: None) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        signal.emit(subject=people.department())
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_effects_and_receipt_commit_together(signal: DurableSignal) -> None:
    department = people.department()
    signal.connect(rename("A"), name="test.rename")

    event = emit(signal, department, cause="network")

    department.refresh_from_db()
    reaction = Reaction.objects.get()
    assert (department.name_en, reaction.state, reaction.attempts) == ("A", "done", 1)
    assert reaction.effects == [
        {
            "label": "Renamed to %(name)s",
            "params": {"name": "A"},
            "type": "people.department",
            "id": department.pk,
        }
    ]
    assert (event.subject_type, event.subject_id, event.origin_id, event.facts) == (
        "people.department", department.pk, department.pk, {"cause": "network"},
    )  # fmt: skip


@pytest.mark.django_db
def test_a_failing_receiver_costs_only_its_own_rows(
    signal: DurableSignal, caplog: pytest.LogCaptureFixture
) -> None:
    department = people.department(name="总部")
    signal.connect(fail, name="test.fail")
    signal.connect(rename("B"), name="test.rename")

    emit(signal, department)

    department.refresh_from_db()
    assert (department.name, department.name_en) == ("总部", "B")
    assert states() == [("test.fail", "pending", 1), ("test.rename", "done", 1)]
    assert Reaction.objects.get(name="test.fail").error == "ValueError"
    assert "张三" not in caplog.text


@pytest.mark.django_db
def test_a_database_error_in_a_receiver_does_not_break_the_change(signal: DurableSignal) -> None:
    def breaks(event: Event) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    signal.connect(breaks, name="test.break")
    department = people.department()

    with transaction.atomic():
        signal.emit(subject=department)
        department.name = "still here"
        department.save()

    assert Department.objects.get(pk=department.pk).name == "still here"
    assert states() == [("test.break", "pending", 1)]


@pytest.mark.django_db
def test_the_pump_tries_again_and_the_effect_happens_once(signal: DurableSignal) -> None:
    department, runs = people.department(), []

    def at_second_try(event: Event) -> None:
        runs.append(event.pk)
        if len(runs) <= 2:  # together with the others, and then alone
            raise OSError
        Department.objects.create(name="made by the receiver")

    signal.connect(at_second_try, name="test.second")
    emit(signal, department)
    assert relay.run_due() == 0, "its time has not come"
    make_due()

    assert (relay.run_due(), relay.run_due()) == (1, 0)
    assert states() == [("test.second", "done", 2)]
    assert Department.objects.filter(name="made by the receiver").count() == 1


@pytest.mark.django_db
def test_after_the_last_try_it_is_red_and_blocks_only_its_pair(signal: DurableSignal) -> None:
    first, other = people.department(), people.department()
    signal.connect(fail, name="test.fail")
    signal.connect(rename("C"), name="test.rename")
    emit(signal, first)
    for _try in range(MOST_ATTEMPTS):
        make_due()
        relay.run_due()
    emit(signal, first)
    emit(signal, other)
    make_due()

    assert relay.run_due(limit=10) == 1, "the later one of the same pair waits, the other subject's is tried"
    assert list(Reaction.objects.filter(name="test.fail").order_by("id").values_list("state", "attempts")) == [
        ("failed", MOST_ATTEMPTS), ("pending", 1), ("pending", 2),
    ]  # fmt: skip
    assert set(Reaction.objects.filter(name="test.rename").values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db
def test_run_again_runs_at_once_and_respects_the_order(signal: DurableSignal) -> None:
    department = people.department()
    signal.connect(fail, name="test.act")
    emit(signal, department)
    emit(signal, department)
    first, second = Reaction.objects.order_by("id")
    signal.disconnect("test.act")
    signal.connect(rename("D"), name="test.act")

    with pytest.raises(Refused) as refused:
        relay.run_again(reaction_id=second.pk)
    relay.run_again(reaction_id=first.pk)
    relay.run_again(reaction_id=second.pk)

    assert refused.value.code == "earlier_reaction_unfinished"
    assert states() == [("test.act", "done", 1), ("test.act", "done", 1)]
    assert Department.objects.get(pk=department.pk).name_en == "D"


@pytest.mark.django_db
def test_a_receiver_that_is_gone_turns_its_reaction_red(signal: DurableSignal) -> None:
    signal.connect(fail, name="test.gone")
    emit(signal, people.department())
    signal.disconnect("test.gone")
    make_due()

    relay.run_due()

    assert list(Reaction.objects.values_list("state", "error")) == [("failed", "unknown_receiver")]


@pytest.mark.django_db
def test_what_a_receiver_emits_is_linked_to_its_cause(signal: DurableSignal) -> None:
    origin, made = people.department(), people.department()
    second = DurableSignal("test_followed", "Followed", "The consequence.")

    def goes_on(event: Event) -> None:
        second.emit(subject=made)
        note("went on")

    try:
        signal.connect(goes_on, name="test.go_on")
        second.connect(rename("E"), name="test.rename")
        cause = emit(signal, origin)
    finally:
        del DurableSignal.registry["test_followed"]

    follower = Event.objects.get(kind="test_followed")
    assert (follower.caused_by_id, follower.origin_id, follower.subject_id) == (cause.pk, origin.pk, made.pk)
    assert Reaction.objects.get(name="test.go_on").note == "went on"


@pytest.mark.django_db(transaction=True)
def test_a_locked_row_fails_the_reaction_quickly_and_leaves_no_time_out_behind(signal: DurableSignal) -> None:
    department = people.department()
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Department.objects.select_for_update().get(pk=department.pk)
            held.set()
            release.wait(10)
        connection.close()

    def waits(event: Event) -> None:
        Department.objects.select_for_update().get(pk=event.subject_id)

    signal.connect(waits, name="test.wait")
    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    try:
        with transaction.atomic():
            signal.emit(subject=department)
            with connection.cursor() as cursor:
                cursor.execute("SHOW lock_timeout")
                left = cursor.fetchone()[0]
    finally:
        release.set()
        thread.join()

    assert (states(), left) == ([("test.wait", "pending", 1)], "0")
    assert Reaction.objects.get().error == OperationalError.__name__


@pytest.mark.django_db(transaction=True)
def test_two_pumps_share_the_work_without_doing_it_twice(signal: DurableSignal) -> None:
    done: list[int] = []
    lock = threading.Lock()

    def once(event: Event) -> None:
        with lock:
            done.append(event.subject_id)

    departments = [people.department() for _number in range(20)]
    signal.connect(fail, name="test.share")
    for department in departments:
        emit(signal, department)
    signal.disconnect("test.share")
    signal.connect(once, name="test.share")
    make_due()

    def pump() -> None:
        relay.run_due(limit=100)
        connection.close()

    pumps = [threading.Thread(target=pump) for _number in range(2)]
    for thread in pumps:
        thread.start()
    for thread in pumps:
        thread.join()

    assert sorted(done) == sorted(department.pk for department in departments)
    assert set(Reaction.objects.values_list("state", "attempts")) == {("done", 2)}
