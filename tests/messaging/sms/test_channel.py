"""Text messages through both providers: what is sent, what each answer means, and that nothing is sent twice."""

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from messaging.channels import Outcome, channel
from messaging.channels.codes import explain
from messaging.models import SmsConnection, SmsTemplate
from tests.messaging.sms.conftest import NUMBERS, PHONE, outgoing
from tools.sms.emulator import SECRET, SmsEmulator
from tools.wecom.faults import Fault, html, http_status, raw, reset

AT_PHONE = {"aliyun": "13800138000", "tencent": PHONE}


def send(**changes: Any) -> Outcome:
    return channel("sms").send(outgoing(**changes))


def refused(sms: SmsEmulator, aliyun: str, tencent: str) -> Fault:
    """A refusal whose sentence quotes the phone, as theirs do."""
    if sms.provider == "aliyun":
        return raw(b'{"Code": "%s", "Message": "13800138000"}' % aliyun.encode(), status=400)
    row = b'{"Code": "%s", "Message": "13800138000", "SerialNo": ""}' % tencent.encode()
    return raw(b'{"Response": {"SendStatusSet": [%s]}}' % row)


def test_the_approved_text_goes_out_with_its_variables(sms: SmsEmulator) -> None:
    sent = send()

    assert sent == Outcome(state="accepted", provider_id="sms-1", receipted=True, segments=1)
    (text,) = sms.texts
    provider = sms.provider
    assert (text.phone, text.number, text.key) == (AT_PHONE[provider], NUMBERS[provider], "delivery-17")
    link = "https://hr.example.com/i/abc-DEF_1"
    by_name = {"name": "张三", "subject": "面试中断,进度已保存", "link": link}
    assert text.values == (by_name if provider == "aliyun" else list(by_name.values()))


@pytest.mark.parametrize(
    ("codes", "state", "code"),
    [
        (("SignatureDoesNotMatch", "AuthFailure.SignatureFailure"), "paused", "sms_secret"),
        (("InvalidAccessKeyId.NotFound", "AuthFailure.SecretIdNotFound"), "paused", "sms_key"),
        (("isv.AMOUNT_NOT_ENOUGH", "FailedOperation.InsufficientBalanceInSmsPackage"), "paused", "sms_money"),
        (("isv.SMS_SIGNATURE_ILLEGAL", "FailedOperation.MissingSignature"), "paused", "sms_signature"),
        (("isv.DAY_LIMIT_CONTROL", "LimitExceeded.AppDailyLimit"), "paused", "sms_quota"),
        (("isv.BUSINESS_LIMIT_CONTROL", "LimitExceeded.PhoneNumberDailyLimit"), "failed", "sms_often"),
        (("isv.MOBILE_NUMBER_ILLEGAL", "InvalidParameterValue.IncorrectPhoneNumber"), "failed", "sms_phone"),
        (("isv.BLACK_KEY_CONTROL_LIMIT", "FailedOperation.ContainSensitiveWord"), "failed", "sms_content"),
        (("Throttling.User", "RequestLimitExceeded.UinLimitExceeded"), "retry", "sms_busy"),
        (("isp.SYSTEM_ERROR", "InternalError.Timeout"), "retry", "sms_busy"),
        (("isv.NEVER_HEARD_OF", "FailedOperation.NeverHeardOf"), "retry", "sms_refused"),
    ],
)
def test_what_each_refusal_means(
    sms: SmsEmulator, codes: tuple[str, str], state: str, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    sms.fail("SendSms", refused(sms, *codes))

    outcome = send()

    assert (outcome.state, outcome.code, outcome.unconfirmed) == (state, code, False)
    assert explain(code) != code
    assert sms.texts == [] and "13800138000" not in caplog.text + repr(outcome)


def test_a_wrong_secret_pauses_the_account_and_the_next_message_makes_no_call(sms: SmsEmulator) -> None:
    row = SmsConnection.objects.get()
    row.secret = "another"
    row.save()

    assert send().code == "sms_secret"
    again = send(provider_key="delivery-18")

    assert (again.state, again.code, again.try_next_channel, again.burns_attempt) == (
        "paused",
        "sms_secret",
        True,
        False,
    )
    assert sms.count("SendSms") == 1


def test_a_clock_that_is_wrong_is_said(sms: SmsEmulator) -> None:
    sms.seconds_behind = 3600

    assert send().code == "sms_clock"


@pytest.mark.parametrize("lost", [reset(takes_it=True), html(takes_it=True), http_status(502)])
def test_after_a_lost_answer_the_list_is_looked_through_before_another(sms: SmsEmulator, lost: Fault) -> None:
    began = timezone.now()
    sms.fail("SendSms", lost)
    first = send()
    assert (first.state, first.unconfirmed, first.try_next_channel) == ("retry", True, False)
    taken = len(sms.texts)
    for text in sms.texts:
        text.arrived = True

    again = send(unconfirmed=True, first_tried_at=began, attempt_number=2)

    if taken:
        assert (again.state, again.provider_id, again.repeated) == ("accepted", "sms-1", False)
    else:
        assert (again.state, again.code, again.burns_attempt) == ("retry", "sms_not_listed", False)
        long_ago = timezone.now() - timedelta(minutes=6)
        last = send(unconfirmed=True, first_tried_at=long_ago, attempt_number=3)
        assert (last.state, last.repeated) == ("accepted", True)
    assert len(sms.texts) == 1


@pytest.mark.parametrize("day", ["2026-11-30", "2026-12-31", "2028-02-28", "2028-02-29"])
@pytest.mark.parametrize("ahead", [5, -5])
def test_around_midnight_what_was_taken_is_found_under_the_providers_day(
    sms: SmsEmulator, day: str, ahead: int
) -> None:
    """The end of a month, of a year, and a leap day: asked for on one side of midnight, taken on the other."""
    midnight = datetime.fromisoformat(f"{day}T00:00:00+08:00") + timedelta(days=1)
    began = midnight - timedelta(seconds=1 if ahead > 0 else -1)
    sms.seconds_behind = -ahead
    sms.fail("SendSms", reset(takes_it=True))
    with time_machine.travel(began):
        assert send().unconfirmed
    sms.texts[0].arrived = True
    with time_machine.travel(began + timedelta(minutes=6)):
        again = send(unconfirmed=True, first_tried_at=began, attempt_number=2)

    assert (again.state, again.provider_id, len(sms.texts)) == ("accepted", "sms-1", 1)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "http://nobody.invalid/", "https"])
def test_where_no_provider_is_reached_nothing_was_sent_and_nothing_is_said(
    sms: SmsEmulator, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody listens, a name that nobody knows, no TLS."""
    SmsConnection.objects.update(base_url=address if "/" in address else sms.url.replace("http:", "https:"))
    with caplog.at_level(logging.DEBUG):
        outcome = send()

    assert (outcome.state, outcome.unconfirmed, sms.texts) == ("retry", address == "https", [])
    assert not any(word in caplog.text for word in ("13800138000", SECRET, "张三"))


def test_an_unanswered_look_keeps_the_doubt(sms: SmsEmulator) -> None:
    look = "QuerySendDetails" if sms.provider == "aliyun" else "PullSmsSendStatusByPhoneNumber"
    sms.fail(look, html())

    outcome = send(unconfirmed=True, first_tried_at=timezone.now() - timedelta(hours=1))

    assert (outcome.state, outcome.unconfirmed, sms.texts) == ("retry", True, [])


@pytest.mark.parametrize(
    "address", ["", "13800138000", "+8613800138000;ext=801", "+861012345678", "+442079460018"]
)
def test_only_mobile_numbers_of_the_mainland_are_written_to(sms: SmsEmulator, address: str) -> None:
    outcome = send(recipient_address=address)

    assert (outcome.state, outcome.code, outcome.try_next_channel, sms.calls) == (
        "failed",
        "address",
        True,
        [],
    )


def test_the_text_of_the_kind_goes_before_the_one_for_all(sms: SmsEmulator) -> None:
    number = {"aliyun": "SMS_2", "tencent": "2"}[sms.provider]
    SmsTemplate.objects.create(
        connection=SmsConnection.objects.get(), kind="interrupted", number=number, text="您的面试中断了"
    )
    sms.templates[number] = ("approved", "您的面试中断了")

    send()
    send(kind="rejected", provider_key="delivery-18")

    assert [text.number for text in sms.texts] == [number, NUMBERS[sms.provider]]


def test_a_message_without_what_the_text_needs_goes_another_way(sms: SmsEmulator) -> None:
    outcome = send(body="没有链接")

    assert (outcome.state, outcome.code, outcome.try_next_channel) == ("failed", "sms_no_template", True)
    assert sms.calls == []


def test_without_an_account_in_use_the_channel_is_shut(sms: SmsEmulator) -> None:
    row = SmsConnection.objects.get()
    row.is_active = False
    row.save()

    assert not channel("sms").is_connected()
    assert send().code == "not_connected"


def test_no_text_of_ours_shows_the_secret(sms: SmsEmulator) -> None:
    row = SmsConnection.objects.get()

    assert row.secret == "the-secret-of-ours" and "the-secret-of-ours" not in repr(outgoing()) + str(row)
