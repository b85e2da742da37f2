"""The outbox where a process dies, is too slow, or meets another: nothing lost, nothing twice."""

import threading

import pytest
from django.db import OperationalError, connection

from messaging import delivery, outbox, outcomes
from messaging.addressbook import Entry
from messaging.channels import Outcome, Outgoing
from messaging.models import Attempt, Message
from messaging.services import messages
from tests.chains.costs import counted
from tests.factories import notifications as make
from tests.factories import people
from tests.factories.notifications import Provider
from tests.messaging.oracle import to_the_end
from tests.messaging.outbox import INTERVIEW_1, calls, deliveries, later, state

pytestmark = pytest.mark.django_db


def begun() -> outbox.Claim:
    """What is due longest, taken in hand, its try on record."""
    [held] = outbox.lease(1)
    claim = outbox.begin(held)
    assert claim is not None
    return claim


def test_a_process_that_dies_before_the_call_loses_nothing(mail: Provider) -> None:
    message = make.message()
    begun()

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


def test_what_a_dead_process_had_in_hand_and_never_began_is_due_again_in_seconds_and_in_no_doubt(
    mail: Provider,
) -> None:
    message = make.message()
    assert len(outbox.lease()) == 1

    assert delivery.deliver_due() == 0
    with later(seconds=16):
        assert delivery.deliver_due() == 1

    assert (state(message), calls(message)) == ("accepted", [(1, "accepted", "")])
    assert [(one.unconfirmed, one.attempt_number) for one in mail.sent] == [(False, 1)]


def test_a_call_in_doubt_leaves_the_rest_of_the_set_in_none(mail: Provider) -> None:
    """The process dies in the second of three calls: the first stands, one may have been made, the third was not."""

    def die(outgoing: Outgoing) -> None:
        if len(mail.sent) == 2:
            raise SystemExit

    rows = [make.message(key=f"{number}") for number in range(3)]
    mail.during = die
    with pytest.raises(SystemExit):
        delivery.deliver_due()
    assert [state(row) for row in rows] == ["accepted", "sending", "planned"]
    mail.during = None

    with later(seconds=16):
        assert delivery.deliver_due() == 1
    with later(seconds=61):
        assert delivery.deliver_due() == 1

    assert [calls(row) for row in rows] == [
        [(1, "accepted", "")],
        [(1, "lost", ""), (2, "accepted", "")],
        [(1, "accepted", "")],
    ]
    assert [one.unconfirmed for one in mail.sent] == [False, False, False, True]


def test_what_is_in_hand_and_not_begun_may_be_called_off(mail: Provider) -> None:
    message = make.message(topic=INTERVIEW_1)
    [held] = outbox.lease()

    assert (
        messages.cancel(topic=INTERVIEW_1, kinds=["completed"], audiences=["candidate"], reason="back") == 1
    )

    assert outbox.begin(held) is None
    assert (state(message), deliveries(message), mail.sent) == (
        "cancelled",
        [("email", 1, "cancelled", "back")],
        [],
    )
    with later(seconds=61):
        assert delivery.deliver_due() == 0


def test_a_defect_of_ours_holds_up_no_other_message(mail: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks before its call was not made, and is tried again; the others of its set go out."""
    broken, other = make.message(key="broken"), make.message(key="other")
    look = delivery.address

    def break_on_the_first(person: Entry, channel: str) -> str:
        monkeypatch.setattr(delivery, "address", look)
        raise LookupError(channel)

    monkeypatch.setattr(delivery, "address", break_on_the_first)
    assert delivery.deliver_due() == 2

    assert [calls(broken), calls(other)] == [[(1, "retry", "LookupError")], [(1, "accepted", "")]]
    with later(seconds=11):
        assert delivery.deliver_due() == 1
    assert (state(broken), broken.deliveries.get().is_unconfirmed) == ("accepted", False)


def test_without_a_database_the_rest_of_a_set_is_due_for_whoever_comes(
    mail: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [make.message(key=f"{number}") for number in range(2)]

    def gone(person: Entry, channel: str) -> str:
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(delivery, "address", gone)
        with pytest.raises(OperationalError):
            delivery.deliver_due()
    assert delivery.deliver_due() == 1
    with later(seconds=61):
        assert delivery.deliver_due() == 1
    assert [state(row) for row in rows] == ["accepted"] * 2


def test_a_message_of_a_set_takes_few_statements(mail: Provider) -> None:
    """The try and its end are one statement each, whether it still holds is asked of each; the rest is the set's."""
    interview = make.house("completed")
    for number in range(outbox.SET):
        make.message(interview=interview, key=f"{number}")
    make.message(people.recruiter(), interview=interview, key="colleague")

    with counted() as statements:
        assert delivery.deliver_due() == outbox.SET + 1

    print(f"\n{statements.count / (outbox.SET + 1):.1f} statements a message")
    assert statements.count <= 5 * (outbox.SET + 1)
    assert sum("messaging_attempt (" in sql for _name, sql in statements.all) == outbox.SET + 1


def test_a_message_that_kills_its_process_is_not_tried_for_ever(mail: Provider) -> None:
    def die(outgoing: Outgoing) -> None:
        raise SystemExit

    message, deaths = make.message(), 0
    mail.during = die
    for minute in range(outcomes.MOST_TRIES + 5):
        with later(seconds=61 * minute):
            try:
                delivery.deliver_due()
            except SystemExit:
                deaths += 1

    assert (deaths, len(mail.sent)) == (outcomes.MOST_TRIES, outcomes.MOST_TRIES)
    assert (state(message), deliveries(message)) == (
        "ambiguous",
        [("email", 1, "ambiguous", "process_ended")],
    )


def test_a_kind_that_this_release_does_not_know_ends_like_what_nobody_takes_and_waits_for_one_that_does(
    mail: Provider,
) -> None:
    """A deployment with old and new code: an older pump meets what a newer one wrote, or the other way round."""
    known, unknown = make.message(key="known"), make.message(key="unknown")
    kind = unknown.kind
    Message.objects.filter(pk=unknown.pk).update(kind="of_another_release")
    assert delivery.deliver_due() == 2
    assert [state(known), calls(unknown)] == ["accepted", [(1, "retry", "KeyError")]]
    Message.objects.filter(pk=unknown.pk).update(kind=kind)
    with later(seconds=11):
        delivery.deliver_due()
    assert state(unknown) == "accepted"

    for_ever = make.message(key="for ever")
    Message.objects.filter(pk=for_ever.pk).update(kind="of_another_release")
    to_the_end()
    assert (state(for_ever), for_ever.deliveries.get().state) == ("failed", "failed")
    assert len(mail.sent) == 2


def test_who_was_too_slow_writes_nothing_over_who_took_over(mail: Provider) -> None:
    message = make.message()
    slow = begun()
    with later(seconds=61):
        delivery.deliver_due()

    assert outcomes.finish(slow, Outcome(state="failed", code="late")) is False

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
