"""Each fault of WeCom, its tokens, the network and SMS, met by real messages until nothing more is tried; then the same
questions every time (`tests.messaging.oracle`)."""

import logging
from collections import Counter
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from messaging.delivery import deliver_due
from messaging.models import Delivery, Message
from messaging.wecom.client import WeComClient
from messaging.wecom.text import reference
from tests.emulators.connected import connected_wecom
from tests.factories import notifications as make
from tests.factories import people
from tests.messaging.oracle import asked_every_time, to_the_end
from tests.messaging.sms.conftest import SECRET as SMS_SECRET
from tests.messaging.sms.conftest import sms  # noqa: F401 -- a fixture
from tests.messaging.sms.test_channel import refused
from tests.messaging.wecom.test_client import SEND_FAULTS
from tools.sms.emulator import SmsEmulator
from tools.wecom import faults
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import Fault, errcode

pytestmark = pytest.mark.django_db(transaction=True)
SEND = "message/send"
FOR_EVER = 99
USERID, PHONE, NAME = "zhang.secret", "13800138000", "欧阳无名"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Time-outs of tenths of seconds, and messages at any hour of the day."""
    monkeypatch.setitem(WeComClient.__init__.__kwdefaults__, "timeout", (0.5, 0.4))
    monkeypatch.setattr("messaging.quiet.held", lambda due_at: due_at)


@pytest.fixture
def wecom(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[WeComEmulator]:
    with connected_wecom(monkeypatch) as emulator:
        yield emulator


def two_messages() -> list[Message]:
    """To one colleague, the same words: WeCom tells them apart by what we add."""
    interview = make.house("interrupted")
    candidate = interview.application.candidate
    candidate.name = NAME
    candidate.save()
    colleague = people.recruiter(name=NAME, wecom_userid=USERID, email="")
    rows = [make.message(to=colleague, interview=interview, key="one")]
    rows.append(make.message(to=colleague, interview=interview, key="another"))
    return rows


WECOM: dict[str, tuple[str, Fault, int | None]] = {
    **{f"{code} {number}": (SEND, fault, 1) for number, (fault, _kind, code) in enumerate(SEND_FAULTS)},
    **{
        f"{code} for ever {number}": (SEND, fault, None)
        for number, (fault, _kind, code) in enumerate(SEND_FAULTS)
        if not fault.hang_seconds and not fault.trickle
    },
    "busy three times": (SEND, errcode(-1), 3),
    "token 40014 once": (SEND, errcode(40014), 1),
    "token 42001 once": (SEND, errcode(42001), 1),
    "token 40014 for ever": (SEND, errcode(40014), None),
    "token 42001 for ever": (SEND, errcode(42001), None),
    "gettoken hangs": ("gettoken", faults.hang(0.6), 2),
    "gettoken 45009": ("gettoken", errcode(45009), None),
    "gettoken wrong secret": ("gettoken", errcode(40001), None),
    "gettoken html": ("gettoken", faults.html(), 3),
    "gettoken 503": ("gettoken", faults.http_status(503), None),
    "gettoken reset": ("gettoken", faults.reset(), 2),
    "GBK": (SEND, faults.raw('{"errcode": 0, "errmsg": "成功"}'.encode("gbk")), 2),
    "GBK for ever": (SEND, faults.raw('{"errcode": 60011, "errmsg": "无权限"}'.encode("gbk")), None),
}


@pytest.mark.parametrize("name", WECOM)
def test_wecom(wecom: WeComEmulator, caplog: pytest.LogCaptureFixture, name: str) -> None:
    endpoint, fault, times = WECOM[name]
    two_messages()
    wecom.fail(endpoint, fault, times=times)
    with caplog.at_level(logging.DEBUG):
        to_the_end()

    asked_every_time(caplog.text, NAME, wecom.applications[0].secret, USERID, "token-1-of")
    shown = Counter(one.text for one in wecom.messages if one.shown)
    assert all(times == 1 for times in shown.values())
    # What WeCom says it had before (42014, 41051) is the one thing that is believed without being in its ledger.
    by_wecom = Delivery.objects.filter(state="accepted", channel="wecom").exclude(provider_id="")
    assert all(any(reference(one.provider_key) in text for text in shown) for one in by_wecom)
    if times is not None:
        assert set(Message.objects.values_list("state", flat=True)) == {"accepted"}


def test_tokens_taken_back_in_the_middle(wecom: WeComEmulator, caplog: pytest.LogCaptureFixture) -> None:
    (first, _second) = two_messages()
    deliver_due(limit=1)
    wecom.invalidate_tokens()
    to_the_end()
    asked_every_time(caplog.text, NAME, wecom.applications[0].secret, USERID)
    assert len(wecom.messages) == 2 and first.pk


@pytest.mark.parametrize("minutes", [-10, 10])
def test_clocks_ten_minutes_apart(
    wecom: WeComEmulator, caplog: pytest.LogCaptureFixture, minutes: int
) -> None:
    two_messages()
    wecom.advance(minutes * 60)
    to_the_end()
    asked_every_time(caplog.text, NAME, USERID)
    assert {one.channel for one in Delivery.objects.filter(state="accepted")} == {"wecom"}


def test_a_colleague_who_leaves_wecom_meanwhile(
    wecom: WeComEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    two_messages()
    wecom.fail(SEND, errcode(-1), times=2)
    deliver_due()
    wecom.unknown_users.add(USERID)
    to_the_end()
    asked_every_time(caplog.text, NAME, USERID)
    assert wecom.messages == []
    assert {one.channel for one in Delivery.objects.filter(state="accepted")} == {"inbox"}


SMS: dict[str, tuple[tuple[str, str] | Fault, int | None]] = {
    "secret": (("SignatureDoesNotMatch", "AuthFailure.SignatureFailure"), None),
    "money": (("isv.AMOUNT_NOT_ENOUGH", "FailedOperation.InsufficientBalanceInSmsPackage"), 2),
    "quota of a day, twice": (("isv.DAY_LIMIT_CONTROL", "LimitExceeded.AppDailyLimit"), 2),
    "often": (("isv.BUSINESS_LIMIT_CONTROL", "LimitExceeded.PhoneNumberDailyLimit"), 1),
    "phone": (("isv.MOBILE_NUMBER_ILLEGAL", "InvalidParameterValue.IncorrectPhoneNumber"), 1),
    "content": (("isv.BLACK_KEY_CONTROL_LIMIT", "FailedOperation.ContainSensitiveWord"), 1),
    "busy": (("Throttling.User", "RequestLimitExceeded.UinLimitExceeded"), 3),
    "busy for ever": (("isp.SYSTEM_ERROR", "InternalError.Timeout"), None),
    "unknown": (("isv.NEVER_HEARD_OF", "FailedOperation.NeverHeardOf"), None),
    "reset": (faults.reset(), 1),
    "reset after it was taken": (faults.reset(takes_it=True), 1),
    "html after it was taken": (faults.html(takes_it=True), 1),
    "half": (faults.half_an_answer(), 1),
    "gateway": (faults.http_status(502), 2),
    "proxy": (faults.http_status(407), None),
    "hang after it was taken": (faults.hang(0.6, takes_it=True), 1),
    "GBK": (faults.raw("成功".encode("gbk"), takes_it=True), 1),
}


@pytest.mark.parametrize("name", SMS)
def test_sms(sms: SmsEmulator, caplog: pytest.LogCaptureFixture, name: str) -> None:  # noqa: F811
    given, times = SMS[name]
    fault = given if isinstance(given, Fault) else refused(sms, *given)
    interview = make.house("interrupted")
    candidate = interview.application.candidate
    candidate.name, candidate.phone, candidate.email = NAME, f"+86{PHONE}", ""
    candidate.save()
    make.message(candidate, kind="interrupted", interview=interview, topic=None)
    sms.arrives = True
    sms.fail("SendSms", fault, times=times or FOR_EVER)
    with caplog.at_level(logging.DEBUG):
        to_the_end()

    asked_every_time(caplog.text, NAME, SMS_SECRET, PHONE)
    assert max(Counter(one.key for one in sms.texts).values(), default=0) <= 1
    taken = Delivery.objects.filter(state="accepted", channel="sms").values_list("provider_id", flat=True)
    assert len(taken) <= len(sms.texts)
