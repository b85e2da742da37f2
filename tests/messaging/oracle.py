"""What is asked after every fault, whichever it was.

Every message has exactly one end. What counts as sent is in the provider's ledger. Nothing is shown twice that the
provider knows by a key. No secret, address, name or sentence of a provider stands in logs or in what is kept of a call.
"""

from collections import Counter
from datetime import timedelta

import time_machine
from django.db.models import Min
from django.utils import timezone

from messaging import receipts
from messaging.callbacks import handling
from messaging.delivery import deliver_due
from messaging.enums import MessageState
from messaging.models import Attempt, Callback, Delivery, Message
from tools.wecom.emulator import WeComEmulator

HOURS = 72
ENDS = set(MessageState.values) - set(MessageState.under_way)
# What refusals of the emulators quote, as WeCom's own do.
WORDS = "10.9.8.7"


def to_the_end() -> None:
    """Everything that falls due, for HOURS of our clock."""
    start = now = timezone.now()
    while now < start + timedelta(hours=HOURS):
        with time_machine.travel(now, tick=True):
            while deliver_due():
                pass
            receipts.ask_due()
            while handling.act_on_due():
                pass
        waiting = Delivery.objects.filter(state="pending").aggregate(at=Min("due_at"))["at"]
        told = Callback.objects.filter(state="waiting").aggregate(at=Min("due_at"))["at"]
        following = min((at for at in (waiting, told) if at is not None), default=None)
        if following is None:
            break
        now = max(now + timedelta(seconds=1), following + timedelta(milliseconds=1))


def written() -> str:
    """All that is kept of the calls."""
    calls = Attempt.objects.values_list("outcome", "code")
    ways = Delivery.objects.values_list("state", "last_code", "provider_id")
    return f"{list(calls)} {list(ways)} {list(Message.objects.values_list('cancelled_reason', 'state'))}"


def asked_every_time(log: str, *hidden: str) -> None:
    """What holds after every fault, whoever the provider is."""
    assert set(Message.objects.values_list("state", flat=True)) <= ENDS
    assert not Delivery.objects.filter(state__in=("pending", "leased")).exists()
    accepted = Counter(Delivery.objects.filter(state="accepted").values_list("message", flat=True))
    assert not accepted or max(accepted.values()) == 1
    said = Message.objects.filter(state="accepted").values_list("pk", flat=True)
    assert set(said) == set(accepted)
    assert not Attempt.objects.filter(outcome="calling").exists()
    for word in (*hidden, WORDS):
        assert word not in log and word not in written()


def asked_of_phones(wecom: WeComEmulator, log: str) -> None:
    """To the end, and then: what WeCom told us ended, each card and each answer was shown once under its name, and what
    counts as sent is there."""
    to_the_end()
    asked_every_time(log, *(one.secret for one in wecom.applications), "-of-1000002-")
    assert not Callback.objects.filter(state="waiting").exists()
    shown = [one for one in wecom.messages if one.shown]
    cards = Counter(one.card["task_id"] for one in shown if "template_card" in one.body)
    answers = Counter(one.body["msgid"] for one in wecom.kf.sent if one.shown and one.body.get("msgid"))
    assert max([0, *cards.values(), *answers.values()]) <= 1
    by_number = {one.msgid for one in wecom.messages} | {one.msgid for one in wecom.kf.sent}
    sent = Delivery.objects.filter(state="accepted", channel__in=("wecom", "kf")).exclude(provider_id="")
    assert set(sent.values_list("provider_id", flat=True)) <= by_number
