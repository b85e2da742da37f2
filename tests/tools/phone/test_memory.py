"""What lay on the demo's phones lies there after a restart, with its buttons; and not on those of another company."""

import stat
from pathlib import Path

import pytest
from django.test import Client

from messaging import connected
from messaging.models import ApprovalTemplate
from messaging.wecom.cards import Button, Card
from messaging.wecom.client import WeComClient
from tests.tools.phone.test_approving import asked_for
from tools.phone import place
from tools.phone.__main__ import emulator_of, sms_of
from tools.phone.memory import Memory
from tools.sms.emulator import SmsEmulator
from tools.wecom.emulator import WeComEmulator

pytestmark = pytest.mark.django_db
OUTSIDE = "wm-candidate-1"


def begun_anew(home: Path, *, secret: str = "") -> tuple[WeComEmulator, SmsEmulator]:
    """As the next process begins, on ports of its own."""
    found = place.read(home)
    assert found is not None
    elsewhere = place.Place(**{**vars(found), "port": 0, "sms_port": 0})
    wecom, sms = emulator_of(elsewhere), sms_of(elsewhere)
    wecom.callbacks.url = ""
    Memory(home, secret or found.secret, wecom, sms).recall()
    return wecom, sms


def test_a_restart_forgets_nothing_that_was_shown_or_asked(
    phones: WeComEmulator, home: Path, hr: Client
) -> None:
    found = place.read(home)
    assert found is not None
    client = WeComClient.from_settings(connected.wecom())
    card = Card("跟进", "李雷离开了", (Button("我来联系", key="claim"),))
    client.send_buttons(userid="demo-hr", card=card, task_id="one")
    phones.enter(OUTSIDE)
    phones.say(OUTSIDE, "进度")
    number = asked_for()
    texts = SmsEmulator()
    texts._taken("13800138000", "SMS_1001", {"name": "李雷"}, "key")
    memory = Memory(home, found.secret, phones, texts)
    memory.keep()
    before = (home / place.MEMORY).stat()
    assert stat.S_IMODE(before.st_mode) == 0o600
    memory.keep()
    assert (home / place.MEMORY).stat().st_mtime_ns == before.st_mtime_ns, "nothing new"

    wecom, sms = begun_anew(home)

    [shown] = wecom.messages
    assert [one["text"] for one in shown.card["button_list"]] == ["我来联系"]
    assert wecom.press(shown, "claim") is not None
    assert [entry["text"]["content"] for _at, entry in wecom.kf.log if entry["msgtype"] == "text"] == ["进度"]
    assert wecom.kf.accounts == phones.kf.accounts and wecom.kf.conversations == phones.kf.conversations
    assert [one.number for one in wecom.approvals.requests] == [number]
    assert set(wecom.approvals.templates) == set(ApprovalTemplate.objects.values_list("number", flat=True))
    assert wecom.decide(number, "demo-hr", agrees=True) is not None
    assert [one.key for one in sms.texts] == ["key"]


@pytest.mark.parametrize("written", [b"", b"no pickle", b"\x80\x05}."])
def test_what_cannot_be_read_or_is_another_companys_is_as_good_as_nothing(
    phones: WeComEmulator, home: Path, hr: Client, written: bytes
) -> None:
    found = place.read(home)
    assert found is not None
    phones.say(OUTSIDE, "进度")
    Memory(home, found.secret, phones, SmsEmulator()).keep()
    assert begun_anew(home)[0].kf.log
    assert not begun_anew(home, secret="of a new database")[0].kf.log
    (home / place.MEMORY).write_bytes(written)
    assert not begun_anew(home)[0].kf.log
