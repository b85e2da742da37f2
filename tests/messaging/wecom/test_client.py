"""What a client of WeCom sends, and what it makes of every answer."""

import json
import logging
from typing import Any

import pytest
from django.db import transaction

from messaging.wecom import errors
from messaging.wecom.client import Accepted, WeComClient
from tests.messaging.wecom.conftest import SECRET, make_client
from tools.wecom import faults
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import Fault, errcode


def send(client: WeComClient, **changes: Any) -> Accepted:
    return client.send_text(
        **{"userid": "zhang.san", "content": "面试中断", "provider_key": "d-1", **changes}
    )


def problem(client: WeComClient, **changes: Any) -> errors.ProviderError:
    with pytest.raises(errors.ProviderError) as caught:
        send(client, **changes)
    return caught.value


def test_a_text_arrives_as_documented(client: WeComClient, emulator: WeComEmulator) -> None:
    accepted = send(client)

    assert [call.endpoint for call in emulator.calls] == ["gettoken", "message/send"]
    assert emulator.calls[1].json == {
        "touser": "zhang.san",
        "msgtype": "text",
        "agentid": 1000002,
        "text": {"content": "面试中断\n#A5A2GI"},
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 14400,
    }
    assert [message.msgid for message in emulator.messages] == [accepted.msgid]


def test_a_card_arrives_as_documented_and_within_its_limits(
    client: WeComClient, emulator: WeComEmulator
) -> None:
    accepted = client.send_card(
        userid="zhang.san",
        title="面" * 100,
        description="<b>试</b>" * 100,
        url="https://hr.example.com/i/abc",
        button="立即查看详情",
        provider_key="d-1",
    )

    card = emulator.calls[1].json["textcard"]
    assert accepted.msgid == emulator.messages[0].msgid
    assert card["title"] == "面" * 41 + "…"
    assert len(card["description"].encode()) <= 512
    assert "<" not in card["description"]
    assert card["description"].endswith("…\n#A5A2GI")
    assert (card["url"], card["btntxt"]) == ("https://hr.example.com/i/abc", "立即查看")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "https://hr.example.com/" + "a" * 2048])
def test_a_card_with_a_bad_address_is_not_sent(
    client: WeComClient, emulator: WeComEmulator, url: str
) -> None:
    with pytest.raises(errors.ContentProblem):
        client.send_card(userid="zhang.san", title="t", description="d", url=url, button="b")

    assert emulator.calls == []


@pytest.mark.parametrize("userid", ["", "@all", "a|b", "a b", "a\nb", "a" * 65, "张三"])
def test_only_one_person_can_be_addressed(client: WeComClient, emulator: WeComEmulator, userid: str) -> None:
    assert type(problem(client, userid=userid)) is errors.RecipientProblem
    assert emulator.calls == []


def test_a_long_text_is_cut_at_a_letter(client: WeComClient, emulator: WeComEmulator) -> None:
    send(client, content="面试👩‍💻" * 500)

    content = emulator.messages[0].text
    assert 2040 <= len(content.encode()) <= 2048
    assert content.endswith("…\n#A5A2GI")


def test_a_message_is_recalled(client: WeComClient, emulator: WeComEmulator) -> None:
    accepted = send(client)

    client.recall(accepted.msgid)

    assert emulator.recalled == [accepted.msgid]
    assert emulator.count("gettoken") == 1


def test_a_message_older_than_a_day_is_not_recalled(client: WeComClient, emulator: WeComEmulator) -> None:
    accepted = send(client)
    emulator.advance(24 * 3600 + 1)

    with pytest.raises(errors.ProviderError) as caught:
        client.recall(accepted.msgid)

    assert caught.value.errcode == 45032
    assert emulator.recalled == []


SEND_FAULTS: list[tuple[Fault, type[errors.ProviderError], str]] = [
    (errcode(-1), errors.Transient, "busy_-1"),
    (errcode(45033), errors.Transient, "concurrent_45033"),
    (errcode(45009), errors.Quota, "quota_45009"),
    (errcode(81013), errors.RecipientProblem, "recipient_81013"),
    (errcode(60111), errors.RecipientProblem, "recipient_60111"),
    (errcode(95018), errors.WindowClosed, "window_95018"),
    (errcode(60020), errors.ConfigurationProblem, "address_60020"),
    (errcode(48002), errors.ConfigurationProblem, "forbidden_48002"),
    (errcode(301002), errors.ConfigurationProblem, "agent_301002"),
    (errcode(45002), errors.ContentProblem, "content_45002"),
    (errcode(777777), errors.Transient, "refused_777777"),
    (faults.success_without(invaliduser="zhang.san"), errors.RecipientProblem, "invaliduser"),
    (faults.success_without(unlicenseduser="zhang.san"), errors.RecipientProblem, "unlicenseduser"),
    (faults.http_status(500), errors.Transient, "http_500"),
    (faults.http_status(502), errors.Transient, "http_502"),
    (faults.http_status(429), errors.Transient, "http_429"),
    (faults.http_status(404), errors.ConfigurationProblem, "http_404"),
    (faults.http_status(407), errors.ConfigurationProblem, "http_407"),
    (
        faults.raw(b"", status=302, Location="http://127.0.0.1:9/login"),
        errors.ConfigurationProblem,
        "http_302",
    ),
    (faults.html(), errors.Ambiguous, "answer"),
    (faults.html(takes_it=True), errors.Ambiguous, "answer"),
    (faults.half_an_answer(), errors.Ambiguous, "answer"),
    (faults.raw(b""), errors.Ambiguous, "answer"),
    (faults.raw(b"[]"), errors.Ambiguous, "answer"),
    (faults.raw(b"{}"), errors.Ambiguous, "answer"),
    (faults.raw(b'{"errcode": "0"}'), errors.Ambiguous, "answer"),
    (faults.raw(b'{"errcode": true}'), errors.Ambiguous, "answer"),
    (faults.raw(b'{"base_resp": 1}'), errors.Ambiguous, "answer"),
    (faults.raw(b"[" * 60_000), errors.Ambiguous, "answer"),
    (faults.raw(b" " * 70_000 + b'{"errcode": 0}'), errors.Ambiguous, "answer"),
    (faults.raw(b"\xff\xfe{"), errors.Ambiguous, "answer"),
    (faults.raw(b"garbage", Content_Encoding="gzip"), errors.Ambiguous, "connection"),
    (faults.hang(1.0), errors.Ambiguous, "read_timeout"),
    (faults.hang(1.0, takes_it=True), errors.Ambiguous, "read_timeout"),
    (faults.reset(), errors.Ambiguous, "connection"),
    (faults.reset(takes_it=True), errors.Ambiguous, "connection"),
    (faults.trickle(pause=0.05, seconds=3.0), errors.Ambiguous, "answer"),
]


@pytest.mark.parametrize(("fault", "kind", "code"), SEND_FAULTS, ids=[one[2] for one in SEND_FAULTS])
def test_each_answer_means_one_thing_and_is_not_repeated(
    hasty: WeComClient, emulator: WeComEmulator, fault: Fault, kind: type[errors.ProviderError], code: str
) -> None:
    emulator.fail("message/send", fault)

    error = problem(hasty)

    assert (type(error), error.code) == (kind, code)
    assert (emulator.count("gettoken"), emulator.count("message/send")) == (1, 1)
    assert len(emulator.messages) == int(fault.takes_it)


def test_a_person_the_server_does_not_know(client: WeComClient, emulator: WeComEmulator) -> None:
    emulator.unknown_users.add("gone")
    emulator.unlicensed_users.add("Li.Si")

    assert problem(client, userid="gone").code == "recipient_81013"
    assert problem(client, userid="Li.Si").code == "unlicenseduser"
    assert emulator.messages == []


@pytest.mark.parametrize("number", [42014, 41051])
def test_already_done_is_a_success(client: WeComClient, emulator: WeComEmulator, number: int) -> None:
    emulator.fail("message/send", errcode(number))

    assert send(client) == Accepted(msgid="")


def test_a_success_without_a_msgid_is_a_success(client: WeComClient, emulator: WeComEmulator) -> None:
    emulator.fail("message/send", faults.raw(b'{"errcode": 0}'))

    assert send(client) == Accepted(msgid="")


def test_nobody_listening_means_nothing_was_sent(client: WeComClient, emulator: WeComEmulator) -> None:
    send(client)
    away = WeComEmulator()
    base_url = away.base_url
    away._server.server_close()
    client.API_BASE_URL = base_url

    error = problem(client)

    assert (type(error), error.code) == (errors.Transient, "connect")


def test_an_address_that_is_none_is_a_configuration_problem(
    emulator: WeComEmulator, client: WeComClient
) -> None:
    send(client)
    client.API_BASE_URL = "qyapi.example.com/cgi-bin/"

    error = problem(client)

    assert (type(error), error.code) == (errors.ConfigurationProblem, "base_url")


def test_repeated_bytes_are_shown_once_for_four_hours(client: WeComClient, emulator: WeComEmulator) -> None:
    emulator.fail("message/send", faults.reset(takes_it=True))
    problem(client)

    send(client)
    emulator.advance(3 * 3600)
    send(client)

    assert emulator.calls[1].body == emulator.calls[2].body == emulator.calls[-1].body
    assert len(emulator.messages) == 1
    emulator.advance(3600)
    send(client)
    assert len(emulator.messages) == 2


def test_equal_words_of_two_deliveries_are_both_shown(client: WeComClient, emulator: WeComEmulator) -> None:
    send(client, provider_key="d-1")
    send(client, provider_key="d-2")

    assert len(emulator.messages) == 2


def test_a_call_inside_a_transaction_is_refused(client: WeComClient, emulator: WeComEmulator) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        send(client)

    assert emulator.calls == []


def test_the_calls_of_wechatpy_itself_are_closed(client: WeComClient, emulator: WeComEmulator) -> None:
    with pytest.raises(AttributeError, match="WeComClient"):
        client.message.send_text(1000002, ["a", "b"], "past our checks")
    with pytest.raises(AttributeError, match="WeComClient"):
        client.fetch_access_token()

    assert emulator.calls == []


FAILURES = {
    "http": faults.http_status(500),
    "html": faults.html(),
    "reset": faults.reset(),
    "hang": faults.hang(1.0),
    "token": errcode(40014),
    "quota": errcode(45009),
    "secret": errcode(40001),
}


@pytest.mark.parametrize("endpoint", ["gettoken", "message/send"])
@pytest.mark.parametrize("name", FAILURES)
def test_no_secret_is_left_anywhere(
    hasty: WeComClient, emulator: WeComEmulator, name: str, endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.fail(endpoint, FAILURES[name], times=2)

    with caplog.at_level(logging.DEBUG):
        error = problem(hasty)

    hidden = [SECRET, "token-1-of", "token-2-of"]
    places = [str(error), repr(error), repr(hasty), caplog.text, *chained(error), *variables(error)]
    assert [place for place in places for word in hidden if word in place] == []
    assert "10.9.8.7" not in str(error)


def chained(error: BaseException) -> list[str]:
    """Everything reachable through causes and contexts, as text."""
    found: list[str] = []
    waiting: list[BaseException | None] = [error.__cause__, error.__context__]
    while waiting:
        one = waiting.pop()
        if one is not None:
            found += [repr(one), repr(vars(one))]
            waiting += [one.__cause__, one.__context__]
    return found


def variables(error: BaseException) -> list[str]:
    """The variables of the traceback, as an error reporter would print them; the test's own frames left
    out.
    """
    found: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        if "tests" not in trace.tb_frame.f_code.co_filename:
            found += [f"{name}={value!r}" for name, value in trace.tb_frame.f_locals.items()]
        trace = trace.tb_next
    return found


def test_the_body_is_utf8_json(client: WeComClient, emulator: WeComEmulator) -> None:
    send(client, content="张三 👩‍💻")

    assert "张三 👩‍💻" in emulator.calls[1].body.decode()
    assert json.loads(emulator.calls[1].body)["text"]["content"].startswith("张三 👩‍💻\n#")


def test_base_url_with_and_without_slash(client: WeComClient, emulator: WeComEmulator) -> None:
    application = emulator.applications[0]
    bare = application.settings(emulator.base_url.rstrip("/"))

    WeComClient(**bare).send_text(userid="a", content="b")
    make_client(emulator).send_text(userid="a", content="c")

    assert len(emulator.messages) == 2
    assert emulator.count("gettoken") == 1
