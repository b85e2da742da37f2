"""Deciding in sets: whatever the number of records, one reading of the ledger and three writes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from messaging import kinds
from messaging.models import Delivery, Message
from messaging.refs import Ref
from messaging.services.deciding import Brief, Ledger, Need, bring, bring_all, call_off
from notifications import facts
from people.models import User
from tests.factories import notifications as make
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return people.recruiter(email="r@example.com", wecom_userid="")


@pytest.fixture
def context() -> dict[str, Any]:
    interview = make.house("completed")
    return {**facts.of_interview(interview), "withdrawn": False}


def need(to: User, context: dict[str, Any], key: str, **more: Any) -> Need:
    kind = kinds.kind("cancelled")
    return Need(kind=kind, audience="specialist", to=to, key=key, context=context, **more)


def brief(number: int, needs: list[Need], **more: Any) -> Brief:
    return Brief(
        topic=Ref("recruitment.interview", number),
        needs=needs,
        kinds=kinds.family("interview"),
        audiences=["specialist"],
        **more,
    )


def states() -> dict[str, str]:
    rows = Message.objects.values_list("idem_key", "state")
    return {key.split(":")[2]: state for key, state in rows}


@pytest.mark.parametrize("count", [1, 3])
def test_one_reading_and_three_writes_for_any_number_of_records(
    reader: User, context: dict[str, Any], count: int
) -> None:
    numbers = range(1, count + 1)
    later = timezone.now() + timedelta(hours=1)
    for number in numbers:
        bring(brief(number, [need(reader, context, f"old{number}", due_at=later)]))
    entry = [brief(number, [need(reader, context, f"new{number}")]) for number in numbers]

    with CaptureQueriesContext(connection) as queries:
        made = bring_all(entry, Ledger.of([one.topic for one in entry]))

    assert len(queries) == 4
    assert len(made) == count
    assert states() == {
        **{f"old{number}": "cancelled" for number in numbers},
        **{f"new{number}": "planned" for number in numbers},
    }
    assert set(Delivery.objects.values_list("message__state", "state", "last_code")) == {
        ("cancelled", "cancelled", "overtaken"),
        ("planned", "pending", ""),
    }


def test_what_is_answered_already_is_read_and_not_written(reader: User, context: dict[str, Any]) -> None:
    same = brief(1, [need(reader, context, "same")])
    assert len(bring(same)) == 1
    with CaptureQueriesContext(connection) as queries:
        assert bring(same) == []
    assert len(queries) == 1
    assert states() == {"same": "planned"}


def test_nothing_is_asked_for_no_records() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert bring_all([], Ledger.of([])) == []
    assert len(queries) == 0


def test_the_same_need_in_two_briefs_makes_one_message(reader: User, context: dict[str, Any]) -> None:
    twice = [brief(1, [need(reader, context, "same")])] * 2
    assert len(bring_all(twice, Ledger.of([twice[0].topic]))) == 1
    assert states() == {"same": "planned"}


def test_what_is_due_kept_or_of_others_is_not_called_off(reader: User, context: dict[str, Any]) -> None:
    later = timezone.now() + timedelta(hours=1)
    kept = need(reader, context, "kept", due_at=later)
    bring(brief(1, [kept, need(reader, context, "due"), need(reader, context, "future", due_at=later)]))
    bring(brief(2, [need(reader, context, "other", due_at=later)]))

    assert bring(brief(1, [], only_future=True, keep=[kept.idem_key], reason="gone")) == []

    assert states() == {"kept": "planned", "due": "planned", "future": "cancelled", "other": "planned"}
    assert Message.objects.get(state="cancelled").cancelled_reason == "gone"


def test_what_is_with_a_provider_by_now_is_not_called_off(reader: User, context: dict[str, Any]) -> None:
    [message] = bring(brief(1, [need(reader, context, "one")]))
    Message.objects.update(state="sending")
    assert call_off([(message.pk, "late"), (0, "late")]) == 0
    assert call_off([]) == 0
    assert Delivery.objects.get().state == "pending"


def test_what_follows_soon_joins_what_waits_but_not_what_is_called_off_with_it(
    reader: User, context: dict[str, Any]
) -> None:
    notice = kinds.kind("interrupted")
    facts_of_exit = {"left_at": timezone.now(), "call_by": timezone.now(), "cause": "网络", "announced": True}

    def say(key: str, **more: Any) -> Message:
        asked = Need(
            kind=notice, audience="specialist", to=reader, key=key, context={**context, **facts_of_exit}
        )
        [made] = bring(brief(1, [asked], **more))
        return made

    first = say("one")
    # Only what is due later is called off: the first stands, and the second becomes part of it.
    second = say("two", only_future=True)
    assert (second.state, second.coalesced_into) == ("coalesced", first)
    third = say("three")
    assert (third.state, third.coalesced_into) == ("planned", None)
    first.refresh_from_db()
    assert first.state == "cancelled"
