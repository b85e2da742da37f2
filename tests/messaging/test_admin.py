"""The ledger in the back office: read, filter, send again; and the messages on an interview's page."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from messaging.models import Delivery, Message
from people.models import User
from tests.factories import notifications as make
from tests.factories import people

pytestmark = pytest.mark.django_db
LIST = "admin:messaging_message_changelist"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(message: Message) -> str:
    return reverse("admin:messaging_message_change", args=[message.pk])


def test_the_list_shows_who_was_told_what_and_how_far_it_came() -> None:
    message = make.message()

    text = signed_in(people.recruiter()).get(reverse(LIST)).content.decode()

    assert message.subject in text
    assert "张三" in text


def test_the_list_asks_as_much_for_three_as_for_one(django_assert_max_num_queries: Any) -> None:
    client = signed_in(people.lead())
    client.get(reverse(LIST))
    for keys in (("1",), ("2", "3")):
        for key in keys:
            make.message(key=key)
        with django_assert_max_num_queries(8):
            client.get(reverse(LIST))


def test_filters_and_search() -> None:
    make.message(key="1")
    make.message(people.recruiter(name="李四"), key="2")
    client = signed_in(people.lead())

    def found(**query: str) -> int:
        answer = client.get(reverse(LIST), query)
        assert answer.status_code == 200
        return len(answer.context["cl"].result_list)

    assert found() == 2
    assert found(audience__exact="specialist") == 1
    assert found(kind__exact="completed") == 1
    assert found(state__exact="failed") == 0
    assert found(q="李四") == 1


def test_the_page_shows_the_words_as_sent_and_every_call() -> None:
    message = make.message()
    Message.objects.update(body="请回来：\n{room_link}\n")
    Delivery.objects.get().attempts.create(number=1, outcome="retry", code="server_451")

    text = signed_in(people.recruiter()).get(page_of(message)).content.decode()

    assert "/i/••••" in text
    assert "{room_link}" not in text
    assert "server_451" in text


def test_nothing_is_edited_added_or_deleted() -> None:
    message = make.message()
    before = list(Message.objects.values())
    client = signed_in(people.lead())

    client.post(page_of(message), {"subject": "别的", "body": "别的"})
    assert client.get(reverse("admin:messaging_message_add")).status_code == 403
    delete = reverse("admin:messaging_message_delete", args=[message.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403

    assert list(Message.objects.values()) == before


def test_send_again_from_the_page_and_from_the_list() -> None:
    one, two, planned = make.message(key="1"), make.message(key="2"), make.message(key="3")
    Message.objects.exclude(pk=planned.pk).update(state="failed")
    Delivery.objects.exclude(message=planned).update(state="failed")
    client = signed_in(people.recruiter())

    client.post(reverse("admin:messaging_message_step", args=[one.pk, "send-again"]))
    client.post(reverse(LIST), {"action": "send_chosen_again", "_selected_action": [two.pk, planned.pk]})

    assert set(Message.objects.values_list("state", flat=True)) == {"planned"}
    assert sorted(Delivery.objects.values_list("message", "seq")) == sorted(
        [(one.pk, 1), (one.pk, 2), (two.pk, 1), (two.pk, 2), (planned.pk, 1)]
    )


def test_a_get_sends_nothing_again() -> None:
    message = make.message()
    Message.objects.update(state="failed")
    client = signed_in(people.recruiter())

    assert (
        client.get(reverse("admin:messaging_message_step", args=[message.pk, "send-again"])).status_code
        == 405
    )
    assert Message.objects.get().state == "failed"


def test_managers_do_not_enter() -> None:
    message = make.message()
    client = signed_in(people.manager())
    for address in (reverse(LIST), page_of(message)):
        assert client.get(address).status_code == 302
