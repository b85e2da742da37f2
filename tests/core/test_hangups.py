"""Who hangs up no longer keeps the database busy, by a read; what writes, and the room, is finished."""

import socket
import time
from collections.abc import Iterator

import pytest
from django.db import connection

from tests.core.process.test_web import serving, until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(application="tests.core.slow:application") as port:
        yield port


def runs(mark: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE %s",
            [f"%{mark}%"],
        )
        return bool(cursor.fetchone()[0])


def asked(port: int, method: str, place: str, mark: str) -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", port), 10)
    wire.sendall(
        f"{method} /{place}/{mark} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n".encode()
    )
    until(lambda: runs(mark), 10)
    return wire


@pytest.mark.parametrize("place", ["admin", "api"])
def test_a_read_ends_with_whoever_asked(port: int, place: str) -> None:
    mark = f"left-{place}"
    asked(port, "GET", place, mark).close()
    began = time.monotonic()
    until(lambda: not runs(mark), 3)
    assert time.monotonic() - began < 2.5


@pytest.mark.parametrize(("method", "place"), [("POST", "admin"), ("POST", "api"), ("GET", "room/api")])
def test_what_writes_and_the_room_is_finished(port: int, method: str, place: str) -> None:
    mark = f"kept-{method}-{place.replace('/', '-')}"
    asked(port, method, place, mark).close()
    time.sleep(2)
    assert runs(mark)
    until(lambda: not runs(mark), 10)


def test_who_waits_gets_the_answer_and_the_next_one_is_not_hit(port: int) -> None:
    """A request that was sent ahead is no sign of having gone."""
    with asked(port, "GET", "api", "waits") as wire:
        asked(port, "GET", "api", "leaves").close()
        wire.sendall(b"GET /api/next HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wire.settimeout(15)
        answer = b""
        while answer.count(b"slept") < 2:
            answer += wire.recv(4096)
        assert answer.count(b"HTTP/1.1 200 OK") == 2
