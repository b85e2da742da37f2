"""The web's worker by itself: silent, slow and greedy connections hold no thread, and nobody waits for them."""

import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from core.process import certificate, lanes
from core.process.lanes import Head

ROOT = Path(__file__).resolve().parents[3]
SOON = 1.0


@contextmanager
def serving(*more: str, application: str = "tests.core.process.echo:application") -> Iterator[int]:
    """One worker that answers with this application; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", application, "--workers", "1"]
    command += ["--worker-class", "core.process.web.Worker", "--threads", "2", "--worker-connections", "600"]
    command += [
        "--keep-alive",
        "15",
        "--graceful-timeout",
        "5",
        "--log-level",
        "warning",
        "--no-control-socket",
    ]
    process = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", *more], cwd=ROOT, start_new_session=True
    )
    try:
        until(lambda: is_open(port), 30)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(true: Callable[[], bool], limit: float) -> None:
    deadline = time.monotonic() + limit
    while not true():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as port:
        yield port


def read_until(wire: socket.socket, end: bytes) -> bool:
    """Whether the answer ends so; head and body may come one after the other."""
    answer = b""
    while not answer.endswith(end):
        piece = wire.recv(4096)
        if not piece:
            return False
        answer += piece
    return True


def sent(stack: ExitStack, port: int, text: bytes, source: str = "127.0.0.1") -> socket.socket:
    """A connection on which this was sent, and then nothing."""
    wire = stack.enter_context(socket.create_connection(("127.0.0.1", port), 10, source_address=(source, 0)))
    wire.sendall(text)
    return wire


def asked(port: int, path: str = "/room/api/heartbeat", body: bytes = b"{}") -> tuple[float, bytes]:
    """How long one request takes, on a connection of its own, and its answer."""
    began = time.monotonic()
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        web.request("POST", path, body)
        answer = web.getresponse().read()
    finally:
        web.close()
    return time.monotonic() - began, answer


def request(path: str, length: int, body: bytes = b"", *more: str) -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {length}", *more]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


SILENT = {
    "nothing": b"",
    "half a header": b"POST /admin/login/ HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "no body": request("/admin/login/", 1000),
    "no body to the room": request("/room/api/contact", 1000),
    "no body to a vendor": request("/vendors/v/events", 1000),
    "half a body": request("/room/api/enter", 1000, b"{" * 500),
    "a long body that never comes": request("/admin/login/", 200_000),
    "a body without an end": b"POST /admin/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("how", SILENT)
def test_three_hundred_silent_connections_keep_nobody_waiting(port: int, how: str) -> None:
    with ExitStack() as stack:
        for _ in range(300):
            sent(stack, port, SILENT[how])
        time.sleep(0.5)
        for _ in range(5):
            took, answer = asked(port)
            assert (answer, took < SOON) == (b"POST /room/api/heartbeat 2", True), took
        took, answer = asked(port, "/admin/")
        assert (answer, took < SOON) == (b"POST /admin/ 2", True), took


@pytest.mark.slow
def test_connections_that_drip_are_ended_and_keep_nobody_waiting(port: int) -> None:
    """A header a letter at a time is no header after HEAD_SECONDS, however steadily it comes."""
    with ExitStack() as stack:
        wires = [sent(stack, port, b"GET /ping HTTP/1.1\r\nX: ") for _ in range(50)]
        began = time.monotonic()
        ended = 0
        while time.monotonic() - began < 19:
            for wire in wires:
                try:
                    wire.sendall(b"a")
                except OSError:
                    ended += 1
            took, _answer = asked(port)
            assert took < SOON
            time.sleep(0.5)
        assert ended >= 50


@pytest.mark.slow
def test_clients_that_never_close_keep_nobody_waiting(port: int) -> None:
    """Nobody waits for the other side to close: that held the loop for two seconds each."""
    with ExitStack() as stack:
        for _ in range(60):
            sent(stack, port, b"GET /ping HTTP/1.0\r\nHost: x\r\n\r\n")
        took, _answer = asked(port)
        assert took < SOON


@pytest.mark.slow
def test_slow_work_of_the_staff_takes_no_thread_of_the_room(port: int) -> None:
    with ExitStack() as stack:
        for _ in range(60):
            sent(stack, port, b"GET /admin/slow HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.2)
        for _ in range(5):
            took, _answer = asked(port)
            assert took < SOON


@pytest.mark.slow
def test_when_every_place_is_taken_the_oldest_silent_one_goes(port: int) -> None:
    with ExitStack() as stack:
        for number in range(900):
            sent(stack, port, b"GET / HT", source=f"127.0.{1 + number % 8}.2")
        took, answer = asked(port)
        assert (answer, took < SOON) == (b"POST /room/api/heartbeat 2", True)


@pytest.mark.slow
@pytest.mark.parametrize("size", [0, 5, 32 * 1024, 32 * 1024 + 1, 300_000, 2 * 1024 * 1024])
@pytest.mark.parametrize("pieces", [1, 7])
def test_bodies_of_every_size_arrive_whole(port: int, size: int, pieces: int) -> None:
    with ExitStack() as stack:
        whole = request("/room/x", size, b"x" * size)
        step = -(-len(whole) // pieces)
        wire = sent(stack, port, whole[:step])
        for begin in range(step, len(whole), step):
            time.sleep(0.02)
            wire.sendall(whole[begin : begin + step])
        wire.settimeout(10)
        assert read_until(wire, f"POST /room/x {size}".encode())
        # And the connection goes on.
        wire.sendall(request("/room/y", 3, b"abc") + request("/room/z", 0))
        until_both = b""
        while until_both.count(b"POST /room/") < 2:
            until_both += wire.recv(4096)
        assert b"POST /room/y 3" in until_both and until_both.endswith(b"POST /room/z 0")


@pytest.mark.slow
def test_a_long_body_that_nobody_reads_holds_no_thread_and_is_answered(port: int) -> None:
    with ExitStack() as stack:
        wires = [sent(stack, port, request("/room/unread", 2 * 1024 * 1024)) for _ in range(200)]
        wires[-1].settimeout(10)
        began = time.monotonic()
        assert read_until(wires[-1], b"POST /room/unread 0")
        assert time.monotonic() - began < 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 40_000, b"431"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", b"400"),
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused(port: int, text: bytes, status: bytes) -> None:
    with ExitStack() as stack:
        wire = sent(stack, port, text)
        wire.settimeout(45)
        assert wire.recv(4096).split(b" ")[1:2] in ([status], [])


@pytest.mark.slow
def test_one_address_has_so_many_connections_and_another_is_not_touched(port: int) -> None:
    """This machine's own stand for a proxy, behind which is everybody; a worker is told otherwise in its own test."""
    assert lanes.is_proxy("127.0.0.1")
    assert lanes.is_proxy("::1")
    assert not lanes.is_proxy("198.51.100.7")
    assert not lanes.is_proxy("")


@pytest.mark.slow
def test_over_tls_the_same(tmp_path: Path) -> None:
    own, key = certificate.ensure(tmp_path, ["127.0.0.1"])
    with serving("--certfile", str(own), "--keyfile", str(key)) as port, ExitStack() as stack:
        for _ in range(100):
            sent(stack, port, b"")
        trust = ssl.create_default_context(cafile=str(own))
        for _ in range(60):
            wire = stack.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            secure = stack.enter_context(trust.wrap_socket(wire, server_hostname="127.0.0.1"))
            secure.sendall(request("/admin/login/", 1000))
        began = time.monotonic()
        web = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=trust)
        for size in (2, 100_000, 2):
            web.request("POST", "/room/x", b"x" * size)
            assert web.getresponse().read() == f"POST /room/x {size}".encode()
        assert time.monotonic() - began < SOON
        web.close()


@pytest.mark.parametrize(
    ("text", "lane", "size", "length"),
    [
        (b"GET /ping HTTP/1.1\r\n\r\n", "room", 22, 0),
        (b"POST /room/api/heartbeat HTTP/1.1\r\nContent-Length: 30\r\n\r\n", "room", 57, 30),
        (b"PUT /room/api/x HTTP/1.1\r\ncontent-length:  40000\r\n\r\n", "bulk", 52, 40_000),
        (b"POST /vendors/v/events HTTP/1.1\r\nContent-Length: 40000\r\n\r\n", "outside", 58, 40_000),
        (b"POST /hooks/wecom HTTP/1.1\r\nContent-Length: 400\r\n\r\n", "outside", 51, 400),
        (b"POST /admin/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "outside", 53, 0),
        (b"POST /room/x HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", "bulk", 63, 0),
        (b"GET /static/x HTTP/1.1\r\n\r\n", "bulk", 26, 0),
        (b"GET /admin/ HTTP/1.1\r\n\r\n", "staff", 24, 0),
        (b"\r\n\r\n", "staff", 4, 0),
        (b"GET\r\n\r\n", "staff", 7, 0),
    ],
)
def test_a_header_says_whose_threads_it_needs(text: bytes, lane: str, size: int, length: int) -> None:
    head = Head.of(bytearray(text))
    assert head is not None
    assert (head.lane, head.size, head.length) == (lane, size, length)
    assert Head.of(bytearray(text[:-1])) is None
