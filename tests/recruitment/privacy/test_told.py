"""Whoever asked to be erased hears that it is done, before the name and the addresses go; then these go, too."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from core.backups import erased
from core.persons import ANONYMOUS, LAST, parts
from messaging import channels, delivery
from messaging.channels import Outcome
from messaging.models import Message
from people.actors import Party
from people.models import User
from recruitment.models import Candidate, Erasure, Interview, PersonRequest
from recruitment.privacy.services import asking, erasing
from tests.core.admin.pages import address_of
from tests.factories import notifications as messages
from tests.factories import people
from tests.factories.notifications import Provider
from tests.recruitment.privacy import whole

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november", "own_files")]


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Provider:
    provider = Provider("email")
    monkeypatch.setitem(channels.CHANNELS, "email", provider)
    return provider


@pytest.fixture
def lead() -> User:
    return people.lead()


def granted(lead: User, *, by: Any = Party.CANDIDATE) -> Interview:
    """Asked for, granted, told that it will be, and due."""
    interview = whole.somebody(lead)
    row = asking.ask(candidate_id=interview.application.candidate_id, kind="erasure", by=by)
    asking.grant(request_id=row.pk, by=lead)
    delivery.deliver_due()
    Erasure.objects.update(begins_at=timezone.now())
    return interview


def last_word() -> Message | None:
    return Message.objects.filter(kind="data_erased").first()


def test_it_is_told_when_all_else_is_gone_and_then_the_addresses_go(
    lead: User, mail: Provider, client: Client
) -> None:
    interview = granted(lead)
    assert [sent.subject for sent in mail.sent if sent.subject.startswith("您的个人信息")] == [
        "您的个人信息将被删除"
    ]

    erasing.go_on()
    row = Erasure.objects.get()
    assert (row.state, row.failing) == ("running", "")
    assert set(row.done) == {part.code for part in parts() if part.order < LAST}
    went = row.done
    kept = {name for name in whole.traces() if not name.startswith(("history", "messaging_message"))}
    assert kept <= {f"recruitment_candidate.{name}" for name in (
        "name", "name_key", "search_key", "phone", "email", "other_contacts"
    )} | {"history_change.before", "history_change.after"}  # fmt: skip
    assert erasing.go_on() == 0, "it waits for the message"
    client.force_login(lead)
    assert "通知发出后删除姓名和联系方式" in client.get(address_of(row.candidate)).content.decode()

    delivery.deliver_due()
    [word] = [sent for sent in mail.sent if sent.subject == "您的个人信息已删除"]
    assert (
        word.recipient_address == whole.MAIL
        and whole.NAME in word.body
        and "{" not in word.body
        and "/i/" not in word.body
    )
    # What came up meanwhile, by that name.
    digest = messages.message(lead, key="meanwhile")
    Message.objects.filter(pk=digest.pk).update(kind="digest", body=f"请联系{whole.NAME}")

    erasing.go_on()
    row.refresh_from_db()
    assert (row.state, set(row.done) & {part.code for part in parts()}) == (
        "done",
        {part.code for part in parts()},
    )
    assert (
        row.done["recordings"] >= went["recordings"] > 0
    )  # another turn finds none: what went is said all the same
    assert whole.traces() == {} and whole.files() == set()
    said = last_word()
    assert said is not None and (said.state, said.body, said.recipient_name) == ("accepted", "", ANONYMOUS)
    digest.refresh_from_db()
    assert digest.body == f"请联系{ANONYMOUS}"
    assert erasing.go_on() == 0
    assert Candidate.objects.get(pk=interview.application.candidate_id).erased_at is not None


def test_no_channel_takes_it_and_a_day_later_it_goes_all_the_same(lead: User, mail: Provider) -> None:
    granted(lead)
    mail.outcomes = [Outcome(state="retry", code="server_busy")] * 9
    erasing.go_on()
    delivery.deliver_due()
    assert erasing.go_on() == 0
    with time_machine.travel(timezone.now() + erasing.PATIENCE + timedelta(minutes=1)):
        erasing.go_on()
        said = last_word()
        assert said is not None and (said.state, said.cancelled_reason) == ("cancelled", "person_erased")
    assert Erasure.objects.get().state == "done" and whole.traces() == {}


def test_who_cannot_be_reached_is_not_waited_for(lead: User, mail: Provider) -> None:
    granted(lead)
    mail.outcomes = [Outcome(state="failed", code="address_refused")]
    erasing.go_on()
    delivery.deliver_due()
    erasing.go_on()
    said = last_word()
    assert said is not None and said.state == "failed"
    assert Erasure.objects.get().state == "done" and whole.traces() == {}


def test_at_night_it_waits_for_the_morning(lead: User, mail: Provider) -> None:
    granted(lead)
    with time_machine.travel(datetime(2026, 11, 25, 2, tzinfo=ZoneInfo("Asia/Shanghai"))):
        erasing.go_on()
        delivery.deliver_due()
        assert erasing.go_on() == 0 and Erasure.objects.get().state == "running"
    with time_machine.travel(datetime(2026, 11, 25, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))):
        delivery.deliver_due()
        assert mail.sent[-1].subject == "您的个人信息已删除"
        erasing.go_on()
    assert Erasure.objects.get().state == "done" and whole.traces() == {}


def test_who_did_not_ask_by_the_own_link_is_told_nothing(lead: User, mail: Provider) -> None:
    granted(lead, by=lead)
    erasing.go_on()
    assert Erasure.objects.get().state == "done" and last_word() is None


def test_nobody_is_told_again_after_a_backup_was_brought_back(lead: User, mail: Provider) -> None:
    interview = granted(lead)
    candidate = Candidate.objects.get(pk=interview.application.candidate_id)
    Erasure.objects.all().delete()  # as the backup had it: granted, and not begun
    erased.note(candidate.pk, candidate.created_at.isoformat())
    assert erasing.again() == 1
    erasing.go_on()
    assert Erasure.objects.get().state == "done" and last_word() is None and whole.traces() == {}
    assert PersonRequest.objects.get().state == "granted"


def test_nothing_is_said_that_is_not_true_any_more(lead: User, mail: Provider) -> None:
    granted(lead)
    erasing.go_on()
    said = last_word()
    assert said is not None
    Erasure.objects.update(state="done")
    delivery.deliver_due()
    assert [sent for sent in mail.sent if sent.subject == "您的个人信息已删除"] == []
