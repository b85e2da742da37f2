"""Two machines are restarted one after the other behind a balancer: no heartbeat goes unanswered."""

import http.client
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from tests.core.process.test_web import ROOT, is_open, until


class Node:
    """One web of its own."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "tests.core.process.echo:application", "--workers", "1"]
        command += ["--worker-class", "core.process.web.Worker", "--threads", "2", "--graceful-timeout", "5"]
        command += ["--log-level", "warning", "--no-control-socket", "--bind", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        until(lambda: is_open(self.port), 30)

    def restart(self) -> None:
        """As systemd and the supervisor do it."""
        self.process.terminate()
        self.process.wait(15)
        self.start()

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Balancer(threading.Thread):
    """Hands each connection to the next machine that takes it, as any TCP balancer does."""

    def __init__(self, nodes: list[Node]) -> None:
        super().__init__(daemon=True)
        self.nodes, self.turn = nodes, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]

    def run(self) -> None:
        while True:
            try:
                client, _address = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        for _try in range(len(self.nodes) * 3):
            self.turn += 1
            try:
                node = socket.create_connection(
                    ("127.0.0.1", self.nodes[self.turn % len(self.nodes)].port), 1
                )
                break
            except OSError:
                time.sleep(0.05)
        else:
            client.close()
            return
        with client, node, selectors.DefaultSelector() as either:
            either.register(client, selectors.EVENT_READ, node)
            either.register(node, selectors.EVENT_READ, client)
            while True:
                for key, _events in either.select():
                    piece = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if not piece:
                        return
                    key.data.sendall(piece)


@pytest.fixture
def nodes() -> Iterator[list[Node]]:
    found = [Node(), Node()]
    yield found
    for node in found:
        node.stop()


def beat(port: int, path: str) -> int:
    """One heartbeat on a connection of its own, as a phone's browser sends it after ten idle seconds; its status."""
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        wire.request("POST", path, b'{"epoch": 1}')
        answer = wire.getresponse()
        answer.read()
        return answer.status
    finally:
        wire.close()


@pytest.mark.slow
def test_no_heartbeat_is_lost_while_each_machine_is_restarted(nodes: list[Node]) -> None:
    balancer = Balancer(nodes)
    balancer.start()
    found: list[object] = []
    stop = threading.Event()

    def candidate(path: str) -> None:
        while not stop.is_set():
            try:
                found.append(beat(balancer.port, path))
            except OSError as error:
                found.append(repr(error))
            time.sleep(0.01)

    # One of them always has an answer under way that takes three seconds: it is finished before its machine ends.
    people = [
        threading.Thread(target=candidate, args=(path,)) for path in ("/room/api/heartbeat", "/room/api/slow")
    ]
    for each in people:
        each.start()
    time.sleep(0.5)
    for node in nodes:
        node.restart()
    stop.set()
    for each in people:
        each.join(10)
    balancer.listener.close()
    assert len(found) > 50
    assert set(found) == {200}
