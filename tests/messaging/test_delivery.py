"""The outbox: nothing lost, nothing twice, whatever a channel answers and wherever a process dies."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging import delivery, health, outcomes
from messaging.channels import Outcome
from messaging.models import ChannelPause, Delivery, Message
from messaging.services import messages
from notifications.services import guides
from people.actors import Party
from recruitment.models import RoomLink
from recruitment.services import applications, follow_ups, links
from tests.factories import clocks, people, recruitment
from tests.factories import notifications as make
from tests.factories.notifications import Provider
from tests.messaging.outbox import INTERVIEW_1, SHUT, calls, deliveries, later, state

pytestmark = pytest.mark.django_db


def test_accepted_is_written_down_with_time_and_number(mail: Provider) -> None:
    message = make.message()

    assert delivery.deliver_due() == 1
    assert delivery.deliver_due() == 0

    message.refresh_from_db()
    assert (message.state, message.accepted_at is not None) == ("accepted", True)
    assert deliveries(message) == [("email", 1, "accepted", "")]
    assert calls(message) == [(1, "accepted", "")]
    [sent] = mail.sent
    assert sent.recipient_address == make.candidate_of(message).email
    assert (sent.subject, sent.body) == (message.subject, message.body)
    assert (sent.attempt_number, sent.first_tried_at) == (1, None)


def test_a_candidate_who_writes_the_links_place_gets_no_link_to_a_colleague(mail: Provider) -> None:
    interview = recruitment.interview(state="interrupted")
    follow_ups.ask(interview_id=interview.pk, note="请打我电话 {room_link}")

    delivery.deliver_due()

    [sent] = [one for one in mail.sent if "请打我电话" in one.body]
    assert "{room_link}" in sent.body and "/i/" not in sent.body
    assert not RoomLink.objects.exists()


def test_not_before_its_time(mail: Provider) -> None:
    make.message(due_at=timezone.now() + timedelta(minutes=5))

    assert delivery.deliver_due() == 0
    with later(minutes=5, seconds=1):
        assert delivery.deliver_due() == 1


def test_a_refused_try_is_repeated_with_the_same_words_and_key_after_a_growing_wait(mail: Provider) -> None:
    mail.outcomes = [Outcome(state="retry", code="connection"), Outcome(state="retry", code="connection")]
    message = make.message()

    waits = []
    for _time in range(3):
        delivery.deliver_due()
        due_at = message.deliveries.get().due_at
        if state(message) == "planned":
            waits.append(round((due_at - timezone.now()).total_seconds()))
            Delivery.objects.update(due_at=timezone.now())

    assert waits == [10, 20]
    assert calls(message) == [(1, "retry", "connection"), (2, "retry", "connection"), (3, "accepted", "")]
    assert len({(one.body, one.provider_key) for one in mail.sent}) == 1
    assert [one.attempt_number for one in mail.sent] == [1, 2, 3]
    assert mail.sent[1].first_tried_at == mail.sent[2].first_tried_at is not None


def test_a_candidate_whose_address_is_refused_shows_as_failed_and_can_be_sent_again(mail: Provider) -> None:
    mail.outcomes = [Outcome(state="failed", code="address", try_next_channel=True)]
    message = make.message()

    delivery.deliver_due()
    assert (state(message), deliveries(message)) == ("failed", [("email", 1, "failed", "address")])

    messages.send_again(message_id=message.pk, by=people.recruiter())
    delivery.deliver_due()
    assert (state(message), deliveries(message)) == (
        "accepted",
        [("email", 1, "failed", "address"), ("email", 2, "accepted", "")],
    )


def test_tries_end_and_then_it_shows(mail: Provider) -> None:
    mail.outcomes = [Outcome(state="retry", code="connection")] * 100
    message = make.message()

    for _time in range(50):
        Delivery.objects.filter(state="pending").update(due_at=timezone.now())
        delivery.deliver_due()

    tried = [one for one in mail.sent if one.subject == message.subject]
    assert (state(message), len(tried)) == ("failed", outcomes.MOST_TRIES)


@pytest.mark.parametrize(
    ("outcome", "first"),
    [
        (
            Outcome(state="failed", code="recipient", try_next_channel=True),
            ("wecom", 1, "failed", "recipient"),
        ),
        (replace(SHUT, code="address_60020"), ("wecom", 1, "cancelled", "address_60020")),
    ],
)
def test_a_colleague_is_reached_on_the_next_channel(
    wecom: Provider, mail: Provider, outcome: Outcome, first: tuple[str, int, str, str]
) -> None:
    wecom.outcomes = [outcome]
    message = make.message(people.recruiter())

    delivery.deliver_due()

    assert deliveries(message) == [first, ("email", 2, "accepted", "")]
    assert (state(message), len(wecom.sent), len(mail.sent)) == ("accepted", 1, 1)


def test_a_colleague_without_address_is_reached_in_the_inbox(mail: Provider) -> None:
    message = make.message(people.recruiter(email="", wecom_userid=""))

    delivery.deliver_due()

    assert deliveries(message) == [("inbox", 1, "accepted", "")]


def test_wecom_is_given_three_tries_before_mail(wecom: Provider, mail: Provider) -> None:
    wecom.outcomes = [Outcome(state="retry", code="busy_-1")] * 5
    message = make.message(people.recruiter())

    for _time in range(4):
        Delivery.objects.filter(state="pending").update(due_at=timezone.now())
        delivery.deliver_due()

    assert deliveries(message) == [("wecom", 1, "failed", "busy_-1"), ("email", 2, "accepted", "")]
    assert len(wecom.sent) == 3


def test_perhaps_sent_goes_nowhere_else_and_waits_for_a_person(wecom: Provider, mail: Provider) -> None:
    wecom.outcomes = [Outcome(state="ambiguous", code="timeout", unconfirmed=True)]
    message = make.message(people.recruiter())

    delivery.deliver_due()

    assert (state(message), deliveries(message), mail.sent) == (
        "ambiguous",
        [("wecom", 1, "ambiguous", "timeout")],
        [],
    )
    assert health.figures()["deliveries_ambiguous"] == 1


def test_what_was_perhaps_sent_stands_on_the_first_page_until_a_person_has_decided(
    wecom: Provider, client: Client
) -> None:
    lead = people.lead()
    client.force_login(lead)
    assert "可能已发出的消息" not in client.get(reverse("admin:index")).content.decode()
    wecom.outcomes = [Outcome(state="ambiguous", code="timeout", unconfirmed=True)]
    message = make.message(people.recruiter(username="wang"))
    delivery.deliver_due()
    page = reverse("admin:messaging_message_change", args=[message.pk])
    listed = reverse("admin:messaging_message_changelist")

    start = client.get(reverse("admin:index")).content.decode()

    assert "可能已发出的消息" in start and f"{listed}?reached=doubt" in start
    assert page in client.get(listed, {"reached": "doubt"}).content.decode()
    assert health.figures()["messages_not_reached"] == 0, "perhaps is not: not told"
    client.post(page.replace("change/", "steps/called/"))
    assert Message.objects.values_list("settled_how", "state").get(pk=message.pk) == ("called", "ambiguous")
    assert page not in client.get(listed, {"reached": "doubt"}).content.decode()
    assert "可能已发出的消息" not in client.get(reverse("admin:index")).content.decode()


def test_an_unconfirmed_try_is_passed_on_to_the_next(wecom: Provider) -> None:
    wecom.outcomes = [Outcome(state="retry", code="timeout", retry_after_seconds=15, unconfirmed=True)]
    message = make.message(people.recruiter())

    delivery.deliver_due()
    with later(seconds=16):
        delivery.deliver_due()

    assert [one.unconfirmed for one in wecom.sent] == [False, True]
    assert state(message) == "accepted"


def test_what_is_repeated_where_no_key_tells_a_repeat_is_counted_and_shown(
    mail: Provider, client: Client
) -> None:
    """For a month; by WeCom, which knows a repeat, nothing is counted, though its first answer got lost as well."""
    lost = Outcome(state="retry", code="connection_lost", retry_after_seconds=15, unconfirmed=True)
    mail.outcomes = [lost, Outcome(state="accepted", provider_id="1", repeated=True)]
    twice, once = (
        make.message(key="twice"),
        make.message(key="once", due_at=timezone.now() + timedelta(hours=1)),
    )
    delivery.deliver_due()
    assert health.figures()["deliveries_perhaps_twice"] == 0
    with later(seconds=16):
        delivery.deliver_due()
    with later(hours=2):
        delivery.deliver_due()

    assert (state(twice), state(once), health.figures()["deliveries_perhaps_twice"]) == (
        "accepted",
        "accepted",
        1,
    )
    assert list(Delivery.objects.filter(is_repeated=True).values_list("message", flat=True)) == [twice.pk]
    client.force_login(people.lead())
    listed = client.get(reverse("admin:messaging_message_changelist"), {"reached": "twice"}).content.decode()
    pages = [reverse("admin:messaging_message_change", args=[one.pk]) for one in (twice, once)]
    assert [page in listed for page in pages] == [True, False]
    with later(days=31):
        assert health.figures()["deliveries_perhaps_twice"] == 0


def test_a_shut_channel_burns_no_try_and_is_not_called_until_it_opens(mail: Provider) -> None:
    mail.outcomes = [SHUT]
    first, second = make.message(key="first"), make.message(key="second")

    delivery.deliver_due()

    assert len(mail.sent) == 1
    assert [state(first), state(second)] == ["planned", "planned"]
    assert set(Delivery.objects.values_list("counted", flat=True)) == {0}
    assert ChannelPause.objects.get().code == "login_535"
    assert health.figures()["channels_paused"] == ["email"]

    with later(seconds=301):
        delivery.deliver_due()
    assert [state(first), state(second), len(mail.sent)] == ["accepted", "accepted", 3]


def test_what_was_called_off_or_is_too_late_is_not_sent(mail: Provider) -> None:
    off = make.message(key="off", topic=INTERVIEW_1)
    late = make.message(key="late", expires_at=timezone.now() - timedelta(seconds=1))
    messages.cancel(topic=INTERVIEW_1, kinds=["completed"], audiences=["candidate"], reason="overtaken")

    delivery.deliver_due()

    assert (state(off), state(late), mail.sent) == ("cancelled", "expired", [])
    assert [deliveries(off), deliveries(late)] == [
        [("email", 1, "cancelled", "overtaken")],
        [("email", 1, "cancelled", "expired")],
    ]
    with pytest.raises(Exception, match="message_not_stuck"):
        messages.send_again(message_id=off.pk, by=Party.SYSTEM)


def test_too_late_by_a_clock_that_was_set_forward_is_not_too_late(mail: Provider) -> None:
    early = make.message(key="early", expires_at=timezone.now() + timedelta(hours=1))
    with clocks.set_forward(timedelta(days=1)):
        delivery.deliver_due()
    assert (state(early), len(mail.sent)) == ("accepted", 1)


def test_the_link_is_in_the_mail_alone(mail: Provider) -> None:
    interview = make.house("scheduled")
    guides.align(interview_id=interview.pk)
    delivery.deliver_due()

    message = Message.objects.get(kind="guide")
    [sent] = mail.sent
    token = sent.body.partition("/i/")[2].split()[0]
    assert links.find(token).interview_id == interview.pk
    assert RoomLink.objects.count() == 1
    assert message.shown_body.count("/i/••••") == 1
    with connection.cursor() as cursor:
        for table in (
            "messaging_message",
            "messaging_delivery",
            "messaging_attempt",
            "events_event",
        ):
            cursor.execute(f"SELECT count(*) FROM {table} row WHERE row::text LIKE %s", [f"%{token}%"])
            assert cursor.fetchone() == (0,)


def test_what_is_no_longer_true_is_not_said_to_a_candidate(mail: Provider) -> None:
    interview = make.house("interrupted")
    message = make.message(
        kind="interrupted",
        interview=interview,
        context={"left_at": timezone.now(), "call_by": timezone.now()},
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE recruitment_interview SET state = 'abandoned' WHERE id = %s", [interview.pk])

    delivery.deliver_due()

    assert (state(message), mail.sent) == ("cancelled", [])


@pytest.mark.parametrize("step", ["reject", "withdraw"])
@pytest.mark.parametrize("kind", ["second_round", "start_changed", "start_restored", "evaluated"])
def test_what_comes_next_is_not_said_of_an_application_that_ended(
    mail: Provider, kind: str, step: str
) -> None:
    interview = make.house("completed")
    today = timezone.localdate()
    message = make.message(
        kind=kind,
        interview=interview,
        context={"planned": today, "forecast": today, "days": 3, "promised_by": today, "invited": True},
    )
    applications.take_step(
        application_id=interview.application_id, step=step, by=people.recruiter(), reason="名额已满"
    )

    delivery.deliver_due()

    assert (
        state(message),
        [one.subject for one in mail.sent if one.recipient_address == make.candidate_of(message).email],
    ) == (
        "cancelled",
        [],
    )
