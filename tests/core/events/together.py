"""Receivers that make a row or fail, and what a chain of them left."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.events import DurableSignal, effect, note
from core.events.models import Event, Reaction
from people.models import CalendarDay, Department


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
