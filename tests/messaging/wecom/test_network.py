"""A network that fails before anything was sent: it is known that nothing was, and tried again."""

import socket
import threading

import pytest

from messaging.wecom import errors, tokens
from messaging.wecom.client import WeComClient
from tests.messaging.wecom.test_client import problem, send
from tools.wecom.emulator import WeComEmulator


def test_a_name_that_nobody_knows(client: WeComClient, emulator: WeComEmulator) -> None:
    send(client)
    client.API_BASE_URL = "http://qyapi.nowhere.invalid/cgi-bin/"
    error = problem(client)
    assert (type(error), error.code) == (errors.Transient, "connect")


def test_a_server_that_speaks_no_tls_may_have_heard_nothing_and_says_no_secret(
    client: WeComClient, emulator: WeComEmulator
) -> None:
    send(client)
    client.API_BASE_URL = emulator.base_url.replace("http://", "https://")
    error = problem(client)
    assert isinstance(error, errors.Transient | errors.Ambiguous)
    assert client.secret not in repr(error) and len(emulator.messages) == 1


def test_a_server_that_never_takes_the_connection(client: WeComClient, emulator: WeComEmulator) -> None:
    """Its queue is full: nothing was sent, or nothing was answered, within the time-outs."""
    send(client)
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        place = full.getsockname()
        waiting = [socket.create_connection(place, timeout=2) for _number in range(1)]
        client.API_BASE_URL = f"http://127.0.0.1:{place[1]}/cgi-bin/"
        error = problem(client)
        for one in waiting:
            one.close()
    assert error.code in ("connect_timeout", "read_timeout", "connection")


def test_a_cache_that_is_away_costs_a_token_for_each_call_and_no_message(
    client: WeComClient, emulator: WeComEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away:
        def get(self, key: str) -> None:
            return None

        def set(self, *_args: object, **_more: object) -> None:
            return None

        def delete(self, key: str) -> None:
            return None

    monkeypatch.setattr(tokens, "cache", Away())
    for number in range(3):
        send(client, provider_key=f"d-{number}")
    assert len(emulator.messages) == 3 and emulator.count("gettoken") <= 3


@pytest.mark.django_db(transaction=True)
def test_fifty_threads_without_a_token_fetch_one(client: WeComClient, emulator: WeComEmulator) -> None:
    emulator.token_delay = 0.1
    start, wrong = threading.Barrier(50), []

    def work(number: int) -> None:
        from django.db import connection

        start.wait()
        try:
            send(client, provider_key=f"d-{number}")
        except errors.ProviderError as error:
            wrong.append(error.code)
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert emulator.count("gettoken") == 1
    # Who waits too long for a connection of its own says so, and sends nothing.
    assert len(emulator.messages) == 50 - len(wrong)
