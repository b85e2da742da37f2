"""Acting on what was kept: by whoever declared the event, once, again after a failure, and never for ever."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import Forbidden, Refused
from messaging.callbacks import handling
from messaging.callbacks.handling import Told, act_on_due, register
from messaging.models import Callback
from messaging.providers.errors import Transient
from messaging.services import callbacks as service
from tests.factories import people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def declare() -> Iterator[Callable[..., None]]:
    """Declares an event for one test."""
    before = dict(handling._handlers)
    yield register
    handling._handlers.clear()
    handling._handlers.update(before)


def arrived(number: int = 0, event: str = "something") -> Callback:
    content = f"<xml><Event>{event}</Event><EventKey>{number}</EventKey></xml>"
    return Callback.objects.create(digest=f"{event}{number}", event=event, content=content)


def ends() -> list[tuple[str, str, int]]:
    return list(Callback.objects.order_by("id").values_list("state", "code", "tries"))


def test_what_came_is_acted_on_in_order_and_once(declare: Callable[..., None]) -> None:
    seen: list[str] = []

    def handle(told: Told) -> str:
        seen.append(told.get("EventKey"))
        return ""

    declare("something", handle)
    for number in range(3):
        arrived(number)

    assert (act_on_due(), act_on_due()) == (3, 0)
    assert seen == ["0", "1", "2"]
    assert ends() == [("done", "", 1)] * 3


def test_an_event_that_nobody_knows_ends_with_its_word() -> None:
    arrived(event="never_heard_of")
    assert act_on_due() == 1
    assert ends() == [("done", "unknown_event", 1)]


def test_a_refusal_ends_it_and_a_provider_that_does_not_answer_does_not(declare: Callable[..., None]) -> None:
    def refuse(told: Told) -> str:
        raise Refused("already_claimed", "王芳 has it")

    def wait(told: Told) -> str:
        raise Transient("busy")

    declare("refused", refuse)
    declare("waits", wait)
    arrived(event="refused")
    arrived(event="waits")

    assert act_on_due() == 2
    assert ends() == [("done", "already_claimed", 1), ("waiting", "busy", 1)]
    assert act_on_due() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert act_on_due() == 1


def test_a_defect_is_tried_ten_times_and_named_without_a_word_of_it(
    declare: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(told: Told) -> str:
        raise RuntimeError("13800000000")

    declare("something", break_down)
    arrived()
    moment = timezone.now()
    for _try in range(12):
        with time_machine.travel(moment):
            act_on_due()
        moment += timedelta(hours=1)

    assert ends() == [("failed", "RuntimeError", 10)]
    assert "13800000000" not in caplog.text


def test_who_dies_over_one_leaves_it_to_the_next(declare: Callable[..., None]) -> None:
    declare("something", lambda told: "")
    arrived()
    handling._claim()
    assert act_on_due() == 0
    with time_machine.travel(timezone.now() + handling.LEASE + timedelta(seconds=1)):
        assert act_on_due() == 1
    assert ends() == [("done", "", 2)]


def test_one_that_ends_its_process_each_time_is_not_begun_for_ever(declare: Callable[..., None]) -> None:
    deaths: list[str] = []

    def die(told: Told) -> str:
        deaths.append(told.get("EventKey"))
        raise SystemExit

    declare("something", die)
    arrived()
    moment = timezone.now()
    for _try in range(handling.MOST_TRIES + 3):
        with time_machine.travel(moment), suppress(SystemExit):
            act_on_due()
        moment += handling.LEASE + timedelta(seconds=1)

    assert len(deaths) == handling.MOST_TRIES
    assert ends() == [("failed", "process_ended", handling.MOST_TRIES + 1)]


def test_two_pumps_share_them(declare: Callable[..., None]) -> None:
    seen: list[str] = []
    start = Barrier(4)
    declare("something", lambda told: seen.append(told.get("EventKey")) or "")  # type: ignore[func-returns-value]
    for number in range(20):
        arrived(number)

    def pump() -> None:
        start.wait()
        act_on_due()
        connection.close()

    threads = [Thread(target=pump) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    act_on_due()

    assert sorted(map(int, seen)) == list(range(20))
    assert set(ends()) == {("done", "", 1)}


def test_one_event_has_one_who_acts(declare: Callable[..., None]) -> None:
    declare("something", lambda told: "")
    with pytest.raises(ValueError, match="declared twice"):
        declare("something", lambda told: "")


def test_what_failed_is_taken_up_again_by_whoever_keeps_the_house(client: Client) -> None:
    row = arrived()
    with pytest.raises(Refused, match="callback_not_failed"):
        service.again(callback_id=row.pk, by=people.lead())
    Callback.objects.update(state="failed", done_at=timezone.now(), tries=10, code="busy")
    with pytest.raises(Forbidden):
        service.again(callback_id=row.pk, by=people.recruiter())

    client.force_login(people.lead())
    page = reverse("admin:messaging_callback_change", args=[row.pk])
    assert "something" in client.get(page).content.decode()
    client.post(f"{page.removesuffix('change/')}steps/again/")

    assert ends() == [("waiting", "", 0)]
