"""The outbox where a process dies, is too slow, or meets another: nothing lost, nothing twice."""

import threading

import pytest
from django.db import connection

from messaging import delivery, outbox
from messaging.channels import Outcome, Outgoing
from messaging.models import Attempt, Delivery, Message
from messaging.services import messages
from tests.factories import notifications as make
from tests.factories import people
from tests.factories.notifications import Provider
from tests.messaging.outbox import INTERVIEW_1, calls, deliveries, later, state

pytestmark = pytest.mark.django_db


def test_a_process_that_dies_before_the_call_loses_nothing(mail: Provider) -> None:
    message = make.message()
    outbox.claim()

    assert delivery.deliver_due() == 0
    with later(seconds=61):
        assert delivery.deliver_due() == 1

    assert state(message) == "accepted"
    assert calls(message) == [(1, "lost", ""), (2, "accepted", "")]
    assert [one.unconfirmed for one in mail.sent] == [True]


def test_a_process_that_dies_after_the_call_repeats_with_the_same_key_and_says_so(mail: Provider) -> None:
    def die(outgoing: Outgoing) -> None:
        raise SystemExit

    message = make.message()
    mail.during = die
    with pytest.raises(SystemExit):
        delivery.deliver_due()
    mail.during = None

    with later(seconds=61):
        delivery.deliver_due()

    assert [(one.provider_key, one.unconfirmed) for one in mail.sent] == [
        (message.deliveries.get().provider_key, False),
        (message.deliveries.get().provider_key, True),
    ]
    assert (state(message), message.deliveries.get().is_unconfirmed) == ("accepted", True)


def test_a_message_that_kills_its_process_is_not_tried_for_ever(mail: Provider) -> None:
    def die(outgoing: Outgoing) -> None:
        raise SystemExit

    message = make.message()
    mail.during = die
    with pytest.raises(SystemExit):
        delivery.deliver_due()
    Delivery.objects.update(counted=outbox.MOST_TRIES - 1)
    mail.during, mail.outcomes = None, [Outcome(state="retry", code="connection")]
    with later(seconds=61):
        delivery.deliver_due()

    assert (state(message), deliveries(message)) == ("ambiguous", [("email", 1, "ambiguous", "connection")])


def test_who_was_too_slow_writes_nothing_over_who_took_over(mail: Provider) -> None:
    message = make.message()
    slow = outbox.claim()
    assert slow is not None
    with later(seconds=61):
        delivery.deliver_due()

    assert outbox.finish(slow, Outcome(state="failed", code="late")) is False

    assert (state(message), deliveries(message)) == ("accepted", [("email", 1, "accepted", "lease_ran_out")])


def test_a_defect_in_a_channel_stops_nobody_else(mail: Provider, caplog: pytest.LogCaptureFixture) -> None:
    def break_once(outgoing: Outgoing) -> None:
        mail.during = None
        raise RuntimeError(outgoing.body)

    first, second = make.message(key="first"), make.message(key="second")
    mail.during = break_once

    delivery.deliver_due()

    assert [state(first), state(second)] == ["planned", "accepted"]
    assert calls(first) == [(1, "retry", "RuntimeError")]
    assert first.body not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_call_is_made_outside_any_transaction_and_after_the_try_is_on_record(mail: Provider) -> None:
    seen: list[tuple[bool, str]] = []

    def look(outgoing: Outgoing) -> None:
        seen.append((connection.in_atomic_block, Attempt.objects.values_list("outcome", flat=True).get()))

    make.message()
    mail.during = look
    delivery.deliver_due()

    assert seen == [(False, "calling")]


@pytest.mark.django_db(transaction=True)
def test_two_pumps_send_each_message_once(mail: Provider) -> None:
    for number in range(12):
        make.message(people.recruiter(email=f"r{number}@example.com", wecom_userid=""), key=f"{number}")
    start = threading.Barrier(3)

    def pump() -> None:
        try:
            start.wait()
            while delivery.deliver_due(limit=3):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=pump) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    sent = [one.recipient_address for one in mail.sent]
    assert sorted(sent) == sorted(f"r{number}@example.com" for number in range(12))
    assert set(Message.objects.values_list("state", flat=True)) == {"accepted"}


@pytest.mark.django_db(transaction=True)
def test_called_off_while_it_is_being_sent_stays_sent(mail: Provider) -> None:
    message = make.message(topic=INTERVIEW_1)

    def call_off(outgoing: Outgoing) -> None:
        done = messages.cancel(topic=INTERVIEW_1, kinds=["completed"], audiences=["candidate"], reason="late")
        assert done == 0

    mail.during = call_off
    delivery.deliver_due()

    assert state(message) == "accepted"
