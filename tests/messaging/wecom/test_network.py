"""A network that fails before anything was sent: it is known that nothing was, and tried again."""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import ExitStack

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
    """Its queue is full, so the connection is never made: nothing was sent, and that is known."""
    send(client)
    with socket.socket() as full, ExitStack() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        place = full.getsockname()
        for _number in range(8):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(place)
        client.API_BASE_URL = f"http://127.0.0.1:{place[1]}/cgi-bin/"
        error = problem(client)
    assert (type(error), error.code) == (errors.Transient, "connect_timeout")


def _once(answers: Callable[[socket.socket], None]) -> tuple[int, threading.Thread]:
    """A server that does this to the first who comes: its port, and the thread to wait for."""
    place = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with place, place.accept()[0] as one:
            answers(one)

    thread = threading.Thread(target=serve)
    thread.start()
    return int(place.getsockname()[1]), thread


def test_a_handshake_of_tls_that_breaks_off_half_way(client: WeComClient, emulator: WeComEmulator) -> None:
    def breaks_off(one: socket.socket) -> None:
        assert one.recv(4096)[:1] == b"\x16"  # a handshake
        one.sendall(b"\x16\x03\x03\x00\x7a\x02")
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    send(client)
    port, thread = _once(breaks_off)
    client.API_BASE_URL = f"https://127.0.0.1:{port}/cgi-bin/"
    error = problem(client)
    thread.join()
    assert isinstance(error, errors.Transient | errors.Ambiguous) and error.code == "connection"
    assert client.secret not in repr(error) and len(emulator.messages) == 1


def test_a_proxy_that_asks_for_a_password_is_named_and_neither_is_its_own(
    client: WeComClient, emulator: WeComEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(one: socket.socket) -> None:
        assert one.recv(4096).startswith(b"CONNECT qyapi.example.com:443")
        one.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    send(client)
    port, thread = _once(refuses)
    monkeypatch.setenv("HTTPS_PROXY", f"http://corp:proxy-password@127.0.0.1:{port}")
    client.API_BASE_URL = "https://qyapi.example.com/cgi-bin/"
    error = problem(client)
    thread.join()
    assert (type(error), error.code) == (errors.Transient, "proxy")
    assert "proxy-password" not in f"{error!r} {error}" and len(emulator.messages) == 1


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
