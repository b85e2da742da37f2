"""What one colleague is sent: never more than WeCom shows."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from messaging.channels import channel
from messaging.delivery import deliver_due
from messaging.models import Message
from messaging.told import Told, telling_now
from messaging.wecom.budget import EACH_HOUR, EACH_MINUTE, Budget
from tests.factories import notifications as make
from tests.factories import people
from tests.messaging.channels.conftest import outgoing, wecom  # noqa: F401 -- a fixture
from tools.wecom.emulator import WeComEmulator


@pytest.fixture
def budget(db: None) -> Budget:
    cache.clear()
    return Budget("one")


def test_a_crowd_of_messages_to_one_colleague_is_shown_to_the_last(wecom: WeComEmulator) -> None:  # noqa: F811
    began = timezone.now()
    waiting = [f"delivery-{number}" for number in range(40)]
    with time_machine.travel(began, tick=False) as clock:
        while waiting:
            outcome = channel("wecom").send(
                outgoing(recipient_address="zhang.san", provider_key=waiting[0], body=waiting[0])
            )
            if outcome.state == "accepted":
                waiting.pop(0)
                continue
            assert (outcome.state, outcome.code, outcome.burns_attempt) == ("retry", "member_budget", False)
            assert outcome.try_next_channel is False and 0 < outcome.retry_after_seconds <= 60
            clock.shift(timedelta(seconds=outcome.retry_after_seconds))

    assert len(wecom.messages) == 40 and all(message.shown for message in wecom.messages)
    assert timezone.now() - began < timedelta(seconds=60), "the test's own clock"


def test_each_colleague_has_an_own_budget_whatever_the_letters(budget: Budget) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        assert [budget.take("Zhang.San") for _ in range(EACH_MINUTE)] == [0] * EACH_MINUTE
        assert budget.take("zhang.san") == 60
        assert budget.take("li.si") == 0 and Budget("other").take("zhang.san") == 0


def test_the_hour_is_counted_too(budget: Budget) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        taken = 0
        while budget.take("zhang.san") == 0:
            taken += 1
            if taken % EACH_MINUTE == 0:
                clock.shift(timedelta(seconds=60))
        assert taken == EACH_HOUR
        assert budget.take("zhang.san") > 60
        clock.shift(timedelta(hours=1))
        assert budget.take("zhang.san") == 0


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_their_turn_is_not_said_to_be_out_of_reach(
    wecom: WeComEmulator,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """WeCom is not down: we keep it back, and say so."""
    monkeypatch.setattr(Budget, "take", lambda self, userid: 40)
    message = make.message(to=people.recruiter(wecom_userid="zhang.san", email=""))
    deliver_due()
    telling = telling_now(Message.objects.with_telling().get(pk=message.pk))
    assert telling.state in (Told.TRYING, Told.LATER)
    assert str(telling).startswith("尚未发出：近期发给TA的消息较多，")
