"""The balancer: the next machine takes what a dead one does not, and what was on it is dropped."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from tools.nodes import balancer
from tools.nodes.balancer import Balancer, Machine


class Behind:
    """A machine that says its name to every request, /readyz among them, while it is well."""

    def __init__(self, name: str) -> None:
        self.name, self.is_well = name, True

    async def start(self) -> Machine:
        self.server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        return Machine("127.0.0.1", self.server.sockets[0].getsockname()[1])

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (await reader.readline()).strip():
            pass
        if not self.is_well:
            await asyncio.sleep(60)  # cut off: connections stay, and nobody answers
        writer.write(f"HTTP/1.1 200 {self.name}\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(balancer, "EVERY", 0.02)
    monkeypatch.setattr(balancer, "ANSWERS_WITHIN", 0.1)


async def ask(port: int) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    try:
        return (await reader.read()).decode().strip()
    finally:
        writer.close()


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 -- what is looked at is a number, and nobody tells
        await asyncio.sleep(0.01)


async def told(port: int) -> Any:
    """Two machines behind one balancer, of which one stops answering, one goes, and one comes back."""
    found: dict[str, Any] = {}
    one, other = Behind("one"), Behind("other")
    machines = [await one.start(), await other.start()]
    serving = asyncio.create_task(Balancer(machines).serve(port))
    await until(lambda: all(machine.is_up for machine in machines))
    found["both"] = {await ask(port) for _each in range(4)}

    one.is_well = False
    hanging = [asyncio.create_task(ask(port)) for _each in range(2)]
    await until(lambda: not machines[0].is_up)
    found["dropped"] = set(await asyncio.wait_for(asyncio.gather(*hanging), 1))
    found["one cut off"] = {await ask(port) for _each in range(4)}

    other.server.close()
    one.is_well = True
    await until(lambda: machines[0].is_up and not machines[1].is_up)
    found["other gone"] = {await ask(port) for _each in range(4)}
    serving.cancel()
    one.server.close()
    return found


@pytest.fixture
def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_connections_go_to_machines_that_are_well(free_port: int) -> None:
    found = asyncio.run(asyncio.wait_for(told(free_port), 20))
    said = {"HTTP/1.1 200 one", "HTTP/1.1 200 other"}
    assert found == {
        "both": said,
        "dropped": {"", "HTTP/1.1 200 other"},
        "one cut off": {"HTTP/1.1 200 other"},
        "other gone": {"HTTP/1.1 200 one"},
    }
