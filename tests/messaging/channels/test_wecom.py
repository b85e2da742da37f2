"""What each of WeCom's answers means for a delivery, over a real socket."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from messaging.channels import Outcome, channel
from tests.messaging.channels.conftest import outgoing
from tools.wecom import faults
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import Fault, errcode

SEND = "message/send"


def send(**changes: Any) -> Outcome:
    return channel("wecom").send(outgoing(**{"recipient_address": "zhang.san", **changes}))


def retry(code: str, **more: Any) -> Outcome:
    return Outcome(state="retry", code=code, **more)


def paused(code: str, seconds: int, **more: Any) -> Outcome:
    return Outcome(
        state="paused",
        code=code,
        retry_after_seconds=seconds,
        burns_attempt=False,
        **{"try_next_channel": seconds > 60, **more},
    )


def failed(code: str) -> Outcome:
    return Outcome(state="failed", code=code, try_next_channel=True)


def test_subject_and_body_arrive_as_one_text(wecom: WeComEmulator) -> None:
    outcome = send()

    assert outcome == Outcome(state="accepted", provider_id=wecom.messages[0].msgid)
    assert wecom.messages[0].userid == "zhang.san"
    assert wecom.messages[0].text.startswith("面试中断\n李雷的面试中断了，请在24小时内联系。\n#")


def test_without_a_subject_the_body_stands_alone(wecom: WeComEmulator) -> None:
    send(subject="")

    assert wecom.messages[0].text.startswith("李雷的面试中断了")


FAULTS: dict[str, tuple[Fault, Outcome]] = {
    "busy": (errcode(-1), retry("busy_-1")),
    "concurrent": (errcode(45033), retry("concurrent_45033")),
    "gateway": (faults.http_status(502), retry("http_502")),
    "quota": (errcode(45009), paused("quota_45009", 60)),
    "recipient": (errcode(81013), failed("recipient_81013")),
    "invaliduser": (faults.success_without(invaliduser="zhang.san"), failed("invaliduser")),
    "unlicensed": (faults.success_without(unlicenseduser="zhang.san"), failed("unlicenseduser")),
    "window": (errcode(95018), failed("window_95018")),
    "address": (errcode(60020), paused("address_60020", 300)),
    "forbidden": (errcode(48002), paused("forbidden_48002", 300)),
    "content": (errcode(45002), failed("content_45002")),
    "done": (errcode(42014), Outcome(state="accepted")),
    "html": (faults.html(), retry("answer", retry_after_seconds=15, unconfirmed=True)),
    "half": (faults.half_an_answer(), retry("answer", retry_after_seconds=15, unconfirmed=True)),
    "reset": (faults.reset(takes_it=True), retry("connection", retry_after_seconds=15, unconfirmed=True)),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_answer_has_its_outcome(
    wecom: WeComEmulator, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    fault, expected = FAULTS[name]
    wecom.fail(SEND, fault)

    with caplog.at_level(logging.DEBUG):
        outcome = send()

    assert outcome == expected
    assert wecom.count(SEND) == 1
    for hidden in [wecom.applications[0].secret, "zhang.san", "李雷", "10.9.8.7"]:
        assert hidden not in caplog.text
        assert hidden not in repr(outcome)


@pytest.mark.parametrize("number", [40014, 42001])
def test_a_token_refused_for_ever(wecom: WeComEmulator, number: int) -> None:
    wecom.fail(SEND, errcode(number), times=None)

    assert send() == retry(f"token_{number}", retry_after_seconds=60)
    assert (wecom.count("gettoken"), wecom.count(SEND)) == (2, 2)


def test_an_address_that_is_no_user_id_calls_nobody(wecom: WeComEmulator) -> None:
    assert send(recipient_address="@all") == failed("userid")
    assert wecom.calls == []


def test_a_lost_answer_is_repeated_and_seen_once(wecom: WeComEmulator) -> None:
    wecom.fail(SEND, faults.reset(takes_it=True), times=2)
    began = timezone.now()

    first = send()
    second = send(first_tried_at=began, attempt_number=2, unconfirmed=first.unconfirmed)
    third = send(first_tried_at=began, attempt_number=3, unconfirmed=second.unconfirmed)

    assert [one.state for one in (first, second, third)] == ["retry", "retry", "accepted"]
    assert (first.retry_after_seconds, second.retry_after_seconds) == (15, 30)
    assert wecom.count(SEND) == 3
    assert len(wecom.messages) == 1


def test_the_repeats_end_before_wecom_forgets(wecom: WeComEmulator) -> None:
    began = timezone.now()
    wecom.fail(SEND, faults.reset(takes_it=True), times=None)
    at, attempts, outcome = began, 0, None
    while outcome is None or outcome.state == "retry":
        attempts += 1
        with time_machine.travel(at, tick=False):
            outcome = send(
                first_tried_at=began if attempts > 1 else None,
                attempt_number=attempts,
                unconfirmed=attempts > 1,
            )
        at += timedelta(seconds=outcome.retry_after_seconds or 0)

    assert outcome == Outcome(state="ambiguous", code="connection", unconfirmed=True)
    assert timedelta(hours=3) < at - began < timedelta(hours=4)
    assert wecom.count(SEND) == attempts


def test_too_late_to_repeat_means_nothing_is_sent(wecom: WeComEmulator) -> None:
    late = timezone.now() - timedelta(hours=4)

    outcome = send(first_tried_at=late, attempt_number=2, unconfirmed=True)

    assert outcome == Outcome(
        state="ambiguous", code="repeat_too_late", unconfirmed=True, burns_attempt=False
    )
    assert wecom.calls == []


def test_a_try_that_was_surely_not_taken_may_be_repeated_whenever(wecom: WeComEmulator) -> None:
    late = timezone.now() - timedelta(hours=30)

    assert send(first_tried_at=late, attempt_number=9).state == "accepted"


def test_doubt_is_not_forgotten_on_the_way(wecom: WeComEmulator) -> None:
    wecom.fail(SEND, errcode(-1))
    wecom.fail(SEND, errcode(60020))
    doubtful = {"first_tried_at": timezone.now(), "attempt_number": 2, "unconfirmed": True}

    assert send(**doubtful) == retry("busy_-1", unconfirmed=True)
    assert send(**doubtful) == paused("address_60020", 300, unconfirmed=True, try_next_channel=False)


def test_while_paused_nobody_calls(wecom: WeComEmulator) -> None:
    wecom.fail(SEND, errcode(60020))
    began = timezone.now()
    with time_machine.travel(began, tick=False):
        send()
    with time_machine.travel(began + timedelta(seconds=100), tick=False):
        assert send(provider_key="another") == paused("address_60020", 200)
    assert wecom.count(SEND) == 1

    with time_machine.travel(began + timedelta(seconds=301), tick=False):
        assert send().state == "accepted"


@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-30", "2026-12-31", "2028-02-28", "2028-02-29"])
def test_a_limit_met_again_is_a_longer_one(wecom: WeComEmulator, day: str) -> None:
    """The third lasts until the count begins anew: after midnight in China, at the end of a month, of a year and on a
    leap day, too."""
    wecom.fail(SEND, errcode(45009), times=None)
    noon = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    pauses = []
    at = noon
    for _ in range(3):
        with time_machine.travel(at, tick=False):
            pauses.append(send().retry_after_seconds or 0)
            at += timedelta(seconds=pauses[-1] + 2)

    assert pauses[:2] == [60, 3600]
    next_day = noon.date() + timedelta(days=1)
    assert at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M") == f"{next_day} 00:05"

    # Much later it begins with a minute again.
    with time_machine.travel(at + timedelta(hours=3), tick=False):
        assert send().retry_after_seconds == 60


@pytest.mark.django_db(transaction=True)
def test_a_limit_met_by_many_at_once_is_one_limit(wecom: WeComEmulator) -> None:
    wecom.fail(SEND, errcode(45009), times=None)
    barrier = threading.Barrier(10)

    def work(number: int) -> int | None:
        try:
            barrier.wait()
            return send(provider_key=str(number)).retry_after_seconds
        finally:
            connections.close_all()

    with time_machine.travel(timezone.now(), tick=False), ThreadPoolExecutor(10) as pool:
        seconds = list(pool.map(work, range(10)))

    assert seconds == [60] * 10


def test_another_application_is_not_paused(wecom: WeComEmulator, settings: Settings) -> None:
    wecom.fail(SEND, errcode(60020))
    send()
    other = type(wecom.applications[0])(agent_id=1000003, secret="another-secret")
    wecom.applications.append(other)

    settings.WECOM = other.settings(wecom.base_url)

    assert send().state == "accepted"


def test_a_wrong_secret_pauses_the_channel(wecom: WeComEmulator, settings: Settings) -> None:
    settings.WECOM = {**settings.WECOM, "secret": "wrong-secret-of-somebody"}

    first, second = send(), send()

    assert first == paused("secret_40001", 300)
    assert (second.state, second.code) == ("paused", "secret_40001")
    assert wecom.count("gettoken") == 1


def test_the_clock_of_a_first_try_need_not_be_known(wecom: WeComEmulator) -> None:
    assert send(first_tried_at=None, attempt_number=2, unconfirmed=True).state == "accepted"
    assert timezone.now().tzinfo is UTC
