"""One token per application, fetched once, renewed early, replaced once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, connections

from messaging.wecom import errors
from messaging.wecom.client import WeComClient
from tests.messaging.wecom.conftest import make_client
from tools.wecom import faults
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import errcode
from tools.wecom.world import Application

# Seconds count in it, as WeCom counts them: nothing runs beside it.
pytestmark = pytest.mark.slow


def in_threads(count: int, client_of: list[WeComClient]) -> list[str]:
    """Send at the same instant from `count` threads; answers the msgids or the codes of the errors."""
    barrier = threading.Barrier(count)

    def work(number: int) -> str:
        try:
            barrier.wait()
            one = client_of[number % len(client_of)]
            return one.send_text(userid=f"user{number}", content="x", provider_key=str(number)).msgid
        except errors.ProviderError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


@pytest.mark.django_db(transaction=True)
def test_twenty_cold_threads_fetch_one_token(client: WeComClient, emulator: WeComEmulator) -> None:
    emulator.token_delay = 0.2
    processes = [client, make_client(emulator), make_client(emulator)]

    results = in_threads(20, processes)

    assert emulator.count("gettoken") == 1
    assert sorted(results) == sorted(message.msgid for message in emulator.messages)
    assert len(emulator.messages) == 20


@pytest.mark.django_db(transaction=True)
def test_twenty_threads_with_a_refused_token_fetch_one(client: WeComClient, emulator: WeComEmulator) -> None:
    client.send_text(userid="a", content="warm")
    emulator.invalidate_tokens()
    emulator.token_delay = 0.2

    in_threads(20, [client, make_client(emulator)])

    assert emulator.count("gettoken") == 2
    assert len(emulator.messages) == 21


@pytest.mark.parametrize("number", [40014, 42001, 41001])
def test_a_refused_token_is_replaced_once(client: WeComClient, emulator: WeComEmulator, number: int) -> None:
    emulator.fail("message/send", errcode(number))

    client.send_text(userid="a", content="b")

    assert [call.endpoint for call in emulator.calls] == ["gettoken", "message/send"] * 2
    assert emulator.calls[1].query != emulator.calls[3].query
    assert emulator.calls[1].body == emulator.calls[3].body
    assert len(emulator.messages) == 1


def test_a_token_refused_for_ever_ends(client: WeComClient, emulator: WeComEmulator) -> None:
    emulator.fail("message/send", errcode(40014), times=None)

    with pytest.raises(errors.TokenProblem):
        client.send_text(userid="a", content="b")

    assert (emulator.count("gettoken"), emulator.count("message/send")) == (2, 2)


def test_two_applications_do_not_share_a_token(client: WeComClient, emulator: WeComEmulator) -> None:
    other = Application(agent_id=1000003, secret="SECRET-of-agent-1000003-long-enough")
    emulator.applications.append(other)
    second = make_client(emulator, other)

    client.send_text(userid="a", content="first")
    second.send_text(userid="a", content="second")
    client.send_text(userid="a", content="third")

    assert [message.agent_id for message in emulator.messages] == [1000002, 1000003, 1000002]
    assert emulator.count("gettoken") == 2
    emulator.invalidate_tokens()
    second.send_text(userid="a", content="fourth")
    client.send_text(userid="a", content="fifth")
    assert emulator.count("gettoken") == 4


def test_a_token_is_renewed_at_four_fifths_of_its_life(client: WeComClient, emulator: WeComEmulator) -> None:
    start = time.time()
    for hours, fetched in [(0, 1), (1.55, 1), (1.65, 2), (3.1, 2), (3.3, 3)]:
        with time_machine.travel(start + hours * 3600, tick=True):
            client.send_text(userid="a", content=str(hours))
        assert emulator.count("gettoken") == fetched, hours


@pytest.mark.django_db(transaction=True)
def test_while_one_renews_the_others_use_the_old_token(client: WeComClient, emulator: WeComEmulator) -> None:
    start = time.time()
    client.send_text(userid="a", content="warm")
    emulator.token_delay = 0.25
    with time_machine.travel(start + 1.7 * 3600, tick=True):
        in_threads(10, [client])

    assert emulator.count("gettoken") == 2
    used = {call.query["access_token"] for call in emulator.calls if call.endpoint == "message/send"}
    assert len(used) == 2
    assert len(emulator.messages) == 11


def test_a_failed_early_renewal_costs_nobody_a_message(client: WeComClient, emulator: WeComEmulator) -> None:
    start = time.time()
    client.send_text(userid="a", content="warm")
    emulator.fail("gettoken", errcode(45009), times=None)

    with time_machine.travel(start + 1.7 * 3600, tick=True):
        client.send_text(userid="a", content="first")
        client.send_text(userid="a", content="second")
    with time_machine.travel(start + 1.75 * 3600, tick=True):
        client.send_text(userid="a", content="third")

    assert emulator.count("gettoken") == 3
    assert len(emulator.messages) == 4


def test_another_secret_does_not_use_the_old_token(client: WeComClient, emulator: WeComEmulator) -> None:
    client.send_text(userid="a", content="old")
    renewed = Application(secret="SECRET-after-it-was-reset-in-the-console")
    emulator.applications[0] = renewed

    make_client(emulator, renewed).send_text(userid="a", content="new")

    assert emulator.count("gettoken") == 2


def test_a_wrong_secret_is_a_configuration_problem(client: WeComClient, emulator: WeComEmulator) -> None:
    with pytest.raises(errors.ConfigurationProblem) as caught:
        make_client(emulator, Application(secret="wrong")).send_text(userid="a", content="b")

    assert caught.value.code == "secret_40001"
    assert emulator.count("message/send") == 0


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (faults.html(), "token_answer"),
        (faults.raw(b'{"errcode": 0}'), "token_answer"),
        (faults.raw(b'{"errcode": 0, "access_token": "", "expires_in": 7200}'), "token_answer"),
        (faults.raw(b'{"errcode": 0, "access_token": "t", "expires_in": "soon"}'), "token_answer"),
        (faults.reset(), "token_connection"),
        (faults.http_status(503), "http_503"),
    ],
)
def test_a_token_that_does_not_come_sends_nothing(
    client: WeComClient, emulator: WeComEmulator, fault: faults.Fault, code: str
) -> None:
    emulator.fail("gettoken", fault)

    with pytest.raises(errors.Transient) as caught:
        client.send_text(userid="a", content="b")

    assert caught.value.code == code
    assert emulator.count("message/send") == 0
    client.send_text(userid="a", content="b")
    assert len(emulator.messages) == 1


def test_a_hanging_gettoken_is_given_up_after_the_read_timeout(
    hasty: WeComClient, emulator: WeComEmulator
) -> None:
    emulator.fail("gettoken", faults.hang(3.0))
    began = time.monotonic()

    with pytest.raises(errors.Transient, match="token_read_timeout"):
        hasty.send_text(userid="a", content="b")

    assert time.monotonic() - began < 2.5


@pytest.mark.django_db(transaction=True)
def test_waiting_for_another_process_ends(client: WeComClient, emulator: WeComEmulator) -> None:
    number = client._tokens._lock
    client._tokens._wait_seconds = 0.3
    held = connection.copy()
    try:
        with held.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [number])
        with pytest.raises(errors.Transient, match="token_wait"):
            client.send_text(userid="a", content="b")
    finally:
        held.close()  # as when that process is killed

    client.send_text(userid="a", content="b")
    assert len(emulator.messages) == 1


def test_the_lock_is_given_back_after_a_failure(client: WeComClient, emulator: WeComEmulator) -> None:
    emulator.fail("gettoken", faults.reset())
    with pytest.raises(errors.Transient):
        client.send_text(userid="a", content="b")

    # The connection that held it is closed; the server lets go a moment later.
    until = time.monotonic() + 10
    while _advisory_locks() and time.monotonic() < until:
        time.sleep(0.05)
    assert _advisory_locks() == 0


def _advisory_locks() -> int:
    """Of this database alone: other tests run beside this one on the same server."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])


def test_a_lost_cache_costs_one_fetch(client: WeComClient, emulator: WeComEmulator) -> None:
    client.send_text(userid="a", content="b")
    cache.clear()
    client.send_text(userid="a", content="c")

    assert emulator.count("gettoken") == 2


def test_neither_key_nor_value_holds_the_secret(client: WeComClient, emulator: WeComEmulator) -> None:
    client.send_text(userid="a", content="b")

    stored = cache.get(client._tokens._key)
    assert set(stored) == {"mark", "value", "serial", "renew_at", "expires_at"}
    assert emulator.applications[0].secret[:6] not in f"{client._tokens._key} {stored}"
