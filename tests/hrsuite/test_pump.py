"""The pump's ear: whether the web hears."""

import socket
import threading

import pytest

from hrsuite.management.commands import pump


@pytest.mark.parametrize("said", [b"", b"garbage", b"HTTP/1.1 500 Oops\r\n\r\n"])
def test_a_web_that_breaks_off_in_the_middle_is_deaf_and_ends_no_loop(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            wire, _address = server.accept()
            with wire:
                wire.recv(1000)
                wire.sendall(said)

        web = threading.Thread(target=answer)
        web.start()
        assert pump._web_hears(server.getsockname()[1]) is False
        web.join()
