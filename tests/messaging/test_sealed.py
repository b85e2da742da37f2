"""What messages say is sealed in the ledger, and read there, sent and erased as before."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from core.persons import Person
from core.sealed import resealing, ring
from messaging import delivery, erasing
from messaging.models import Message
from notifications.kinds import digests
from people.models import User
from recruitment.models import Candidate
from tests.core.sealed.test_columns import stored
from tests.factories import notifications as make
from tests.factories import people
from tests.factories.notifications import Provider

pytestmark = pytest.mark.django_db


def test_the_ledger_holds_nothing_that_can_be_read_and_reads_it(mail: Provider, client: Client) -> None:
    message = make.message()
    delivery.deliver_due()
    message.refresh_from_db()
    [line] = [each for each in message.body.splitlines() if "面试" in each][:1]
    assert ring.is_sealed(*stored(message, "body"))
    assert line not in stored(message, "to_jsonb(messaging_message)::text")[0]
    assert [sent.body for sent in mail.sent] == [message.body]
    lead = people.lead()
    client.force_login(lead)
    page = client.get(reverse("admin:messaging_message_change", args=[message.pk])).content.decode()
    assert line in page and f":{ring.ring().present}:" not in page
    api = APIClient()
    api.force_authenticate(User.objects.with_grid().get(pk=lead.pk))
    assert [each["body"] for each in api.get("/api/v1/messages/").json()["results"]] == [message.body]


def test_sealed_anew_no_message_has_changed() -> None:
    """Whoever asks for what is new (`updated_since`) is not sent the whole ledger after an upgrade or another key."""
    message = make.message()
    was = Message.objects.get(pk=message.pk).updated_at
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE messaging_message DROP CONSTRAINT message_body_is_sealed")
        cursor.execute("ALTER TABLE messaging_message DISABLE TRIGGER USER")
        cursor.execute("UPDATE messaging_message SET body = 's: 我认为'")
        cursor.execute("ALTER TABLE messaging_message ENABLE TRIGGER USER")
    assert resealing.seal(Message, resealing.sealed_columns(Message)) == 1
    message.refresh_from_db()
    assert (message.body, message.updated_at) == ("s: 我认为", was)
    assert ring.is_sealed(*stored(message, "body"))
    Message.objects.filter(pk=message.pk).update(body="另一句")
    assert Message.objects.get(pk=message.pk).updated_at > was, "what says something else has changed"


def test_the_words_of_others_messages_lose_an_erased_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "SET", 2)
    candidate = Candidate.objects.create(name="欧阳青青")
    texts = ["请联系欧阳青青", "没有提到", "欧阳青青：欧阳青青", "一切照旧", ""]
    rows = [make.message(people.user(username=f"u{n}"), key=f"k{n}") for n in range(len(texts))]
    for row, text in zip(rows, texts, strict=True):
        Message.objects.filter(pk=row.pk).update(kind=digests.DIGEST.code, body=text, subject="一行")
    Message.objects.filter(pk=rows[3].pk).update(subject="欧阳青青的面试")
    own = Message._meta.label_lower
    person = Person(Candidate, {Candidate._meta.label_lower: [candidate.pk], own: [rows[0].pk]}, "欧阳青青")

    assert erasing._messages(person) == 2, "what is the person's own loses all of its words elsewhere"

    said = list(Message.objects.order_by("pk").values_list("body", "subject"))
    assert said == [
        ("请联系欧阳青青", "一行"), ("没有提到", "一行"), ("已匿名：已匿名", "一行"), ("一切照旧", "已匿名的面试"),
        ("", "一行"),
    ]  # fmt: skip
