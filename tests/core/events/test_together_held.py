"""A chain that meets a lock, a deadlock or a connection that is gone."""

import threading
from datetime import date

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from core.events import DurableSignal, relay
from core.events.models import Event, Reaction
from people.models import CalendarDay, Department
from tests.core.events.together import emit, held, made, make, receipts
from tests.factories import people


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
    met.already = True
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
