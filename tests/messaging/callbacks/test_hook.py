"""The door: what WeCom says is kept once, whatever else comes is refused with a code, and nothing is done about it."""

import time
from typing import Any
from unittest.mock import ANY

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from messaging.models import Callback, WeComConnection
from tests.emulators.connected import AES_KEY, TOKEN
from tests.messaging.callbacks.conftest import post, told
from tools.wecom.cipher import Box
from tools.wecom.emulator import WeComEmulator
from tools.wecom.people import Envelope, xml_of

pytestmark = pytest.mark.django_db(transaction=True)
DAY = 24 * 3600


def kept() -> list[tuple[str, str, int]]:
    return list(Callback.objects.order_by("id").values_list("event", "state", "tries"))


def sealed(wecom: WeComEmulator, text: str, *, at: float | None = None, box: Box | None = None) -> Envelope:
    """An envelope around any text, as somebody with these keys would make it."""
    wecom.callbacks.box = box or wecom.callbacks.box
    return wecom.callbacks.envelope(text, timestamp=int(at or wecom.now()), nonce="n")


def test_the_console_reads_back_what_it_sent(wecom: WeComEmulator) -> None:
    box = Box(TOKEN, AES_KEY, "ww-demo")
    asked = {"timestamp": str(int(time.time())), "nonce": "n", "echostr": box.encrypt("1616140317555161061")}
    asked["msg_signature"] = box.sign(timestamp=asked["timestamp"], nonce="n", encrypted=asked["echostr"])

    answer = Client().get("/hooks/wecom", asked)

    assert (answer.status_code, answer.content) == (200, b"1616140317555161061")
    assert Client().get("/hooks/wecom", {**asked, "nonce": "m"}).json()["code"] == "signature_wrong"
    assert Client().get("/hooks/wecom").status_code == 401
    assert kept() == []


def test_what_wecom_says_is_kept_once_and_answered_with_nothing(wecom: WeComEmulator) -> None:
    envelope = told(wecom)

    answers = [post(envelope) for _number in range(3)]
    # WeCom tries again in a new envelope around the same words.
    again = wecom.callbacks.envelope(
        Callback.objects.get().content, timestamp=int(wecom.now()), nonce="another"
    )
    assert again.body != envelope.body
    answers.append(post(again))

    assert [(each.status_code, each.content) for each in answers] == [(200, b"")] * 4
    assert kept() == [("something", "waiting", 0)]
    assert wecom.calls == []


def test_two_events_of_one_person_in_one_second_are_two(wecom: WeComEmulator) -> None:
    for change in ("create_user", "update_user"):
        assert post(told(wecom, Event="change_contact", ChangeType=change)).status_code == 200
    assert kept() == [("change_contact", "waiting", 0)] * 2


def test_the_door_costs_one_statement_and_is_quick(wecom: WeComEmulator) -> None:
    post(told(wecom))
    envelopes = [told(wecom, EventKey=str(number)) for number in range(20)]
    with CaptureQueriesContext(connection) as statements:
        began = time.monotonic()
        for envelope in envelopes:
            post(envelope)
        took = time.monotonic() - began
    assert len([one for one in statements if "messaging_callback" in one["sql"]]) == 20
    assert took / 20 < 0.3


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"msg_signature": "0" * 40}, 401, "signature_wrong"),
        ({"msg_signature": ""}, 401, "signature_wrong"),
        ({"msg_signature": "é"}, 401, "signature_wrong"),
        ({"nonce": "other"}, 401, "signature_wrong"),
        ({"timestamp": "1"}, 401, "signature_wrong"),
    ],
)
def test_what_wecom_did_not_sign_is_refused(
    wecom: WeComEmulator, changed: dict[str, str], status: int, code: str
) -> None:
    answer = post(told(wecom), **changed)
    assert (answer.status_code, answer.json()) == (status, {"code": code, "message": ANY})
    assert kept() == []


def test_what_is_meant_for_another_company_or_made_with_another_key_is_refused(wecom: WeComEmulator) -> None:
    text = xml_of({"Event": "x"})
    other = post(sealed(wecom, text, box=Box(TOKEN, AES_KEY, "ww-other")))
    key = post(sealed(wecom, text, box=Box(TOKEN, "b" * 43, "ww-demo")))
    token = post(sealed(wecom, text, box=Box("other", AES_KEY, "ww-demo")))

    assert (other.status_code, other.json()["code"]) == (401, "other_company")
    assert (key.status_code, key.json()["code"]) in [(422, "garbled"), (401, "other_company")]
    assert (token.status_code, token.json()["code"]) == (401, "signature_wrong")
    assert kept() == []


@pytest.mark.parametrize(("drift", "code"), [(-2 * DAY, "timestamp_stale"), (2 * DAY, "timestamp_stale")])
def test_what_was_caught_days_ago_is_refused(wecom: WeComEmulator, drift: int, code: str) -> None:
    answer = post(sealed(wecom, xml_of({"Event": "x"}), at=time.time() + drift))
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert kept() == []


@pytest.mark.parametrize("drift", [-600, 600])
def test_clocks_ten_minutes_apart_are_no_reason(wecom: WeComEmulator, drift: int) -> None:
    assert post(sealed(wecom, xml_of({"Event": "x"}), at=time.time() + drift)).status_code == 200


BOMB = b'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "garbled"),
        (b"\xff\xfe<", 422, "garbled"),
        (b"<xml><Encrypt>", 422, "garbled"),
        (BOMB, 422, "garbled"),
        (b"<xml><Encrypt>?</Encrypt></xml>", 401, "signature_wrong"),
        (b"<xml></xml>", 401, "signature_wrong"),
        (b"x" * 70_000, 413, "too_large"),
    ],
)
def test_a_garbled_body_is_refused(wecom: WeComEmulator, body: bytes, status: int, code: str) -> None:
    answer = post(Envelope(told(wecom).query, body))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert kept() == []


@pytest.mark.parametrize("text", ["", "no xml", "<xml></xml>", BOMB.decode(), "<xml><Event></Event></xml>"])
def test_a_text_that_says_nothing_is_refused_though_it_is_signed(wecom: WeComEmulator, text: str) -> None:
    answer = post(sealed(wecom, text))
    assert (answer.status_code, answer.json()["code"]) == (422, "garbled")
    assert kept() == []


@pytest.mark.parametrize("encrypted", ["", "A", "AAAA", "!!!!", "A" * 64])
def test_what_is_signed_and_not_encrypted_for_us_is_refused(wecom: WeComEmulator, encrypted: str) -> None:
    box = Box(TOKEN, AES_KEY, "ww-demo")
    query = {"timestamp": str(int(time.time())), "nonce": "n"}
    query["msg_signature"] = box.sign(**query, encrypted=encrypted)
    answer = post(Envelope(query, xml_of({"Encrypt": encrypted}).encode()))
    assert answer.status_code in (401, 422) and answer.json()["code"] in ("garbled", "other_company")
    assert kept() == []


def test_before_it_is_set_up_there_is_nothing_here(wecom: WeComEmulator) -> None:
    envelope = told(wecom)
    row = WeComConnection.objects.get()
    row.callback_pair = ""
    row.save()
    answer = post(envelope)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_connected")


def test_without_a_database_wecom_is_asked_to_call_again(
    wecom: WeComEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    envelope = told(wecom)
    client = Client(raise_request_exception=False)

    def gone(*_: Any, **__: Any) -> Any:
        raise OperationalError("gone")

    with connection.execute_wrapper(gone):
        answer = client.post(
            "/hooks/wecom", envelope.body, content_type="text/xml", query_params=envelope.query
        )
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert post(envelope).status_code == 200
    assert kept() == [("something", "waiting", 0)]


def test_both_keys_are_kept_encrypted(wecom: WeComEmulator) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT callback_sealed FROM messaging_wecomconnection")
        (sealed_text,) = cursor.fetchone()
    assert TOKEN not in sealed_text and AES_KEY not in sealed_text
    post(told(wecom))
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM messaging_callback")
        assert "wang.fang" not in cursor.fetchone()[0]
