"""What the bench of messages stands on: where they arrive, how many in a minute, beside how many rows it claims."""

import pytest
from django.core.cache import cache

from messaging import connected as known
from messaging.models import Delivery, Message, WeComConnection
from messaging.wecom.client import WeComClient
from tests.factories import notifications as make
from tests.factories import people
from tools.bench import told, wecom


def test_the_most_to_one_reader_in_any_minute() -> None:
    assert told._most_in_a_minute([]) == 0
    assert told._most_in_a_minute([("a", 0.0), ("a", 59.0), ("b", 60.0), ("a", 61.0)]) == 2


@pytest.mark.django_db(transaction=True)
def test_what_is_sent_meanwhile_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    cache.clear()
    with wecom.connected() as emulator:
        WeComClient(**known.wecom()).send_text(userid="li", content="您好")
        assert [one.text for one in emulator.messages] == ["您好"]
    assert WeComConnection.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_claims_are_measured_beside_as_many_rows_as_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "CLAIMS", 3)
    monkeypatch.setattr(told, "DUE", 20)
    message = make.message(people.recruiter())
    Delivery.objects.filter(message=message).update(state="accepted")
    assert told._claims(60) > 0
    assert (Delivery.objects.count(), Message.objects.count()) == (60, 60)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"accepted"}
