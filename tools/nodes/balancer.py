"""A balancer of connections, as HAProxy in TCP mode is.

It asks /readyz, tries the next machine, and drops what is on a dead one.

python -m tools.nodes.balancer PORT ADDRESS:PORT…
"""

import asyncio
import itertools
import sys
from contextlib import suppress

EVERY, ANSWERS_WITHIN, CONNECTS_WITHIN = 2.0, 3.0, 1.0
FALLS, AT_ONCE = 2, 65_536


class Machine:
    """One machine behind the balancer, and the connections that it has now."""

    def __init__(self, address: str, port: int) -> None:
        self.address, self.port = address, port
        self.failed, self.carried = FALLS, set[asyncio.Task[None]]()

    @property
    def is_up(self) -> bool:
        """Whether it answered lately."""
        return self.failed < FALLS

    async def look(self) -> None:
        """Ask it for ever; what is on it when it is gone is dropped, so that its phones try again."""
        while True:
            self.failed = 0 if await self._is_ready() else self.failed + 1
            if self.failed == FALLS:
                for each in self.carried:
                    each.cancel()
            await asyncio.sleep(EVERY)

    async def _is_ready(self) -> bool:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                reader, writer = await asyncio.open_connection(self.address, self.port)
                with _closing(writer):
                    writer.write(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                    return b" 200 " in await reader.readline()
        except (OSError, TimeoutError):
            return False


class _closing:  # noqa: N801 -- reads as contextlib.closing does
    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_error: object) -> None:
        self.writer.close()


class Balancer:
    """Each connection to the next machine that is up and takes it; with none up, to any."""

    def __init__(self, machines: list[Machine]) -> None:
        self.machines = machines
        self._turn = itertools.count()

    async def serve(self, port: int) -> None:
        """For ever."""
        looking = [asyncio.create_task(each.look()) for each in self.machines]
        server = await asyncio.start_server(self._carry, "127.0.0.1", port, backlog=1024)
        async with server:
            await asyncio.gather(server.serve_forever(), *looking)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with _closing(writer):
            first = next(self._turn)
            ranked = sorted(
                range(len(self.machines)),
                key=lambda place: (not self.machines[place].is_up, (place - first) % len(self.machines)),
            )
            for place in ranked:
                machine = self.machines[place]
                with suppress(OSError, TimeoutError):
                    async with asyncio.timeout(CONNECTS_WITHIN):
                        theirs = await asyncio.open_connection(machine.address, machine.port)
                    await self._both_ways(machine, (reader, writer), theirs)
                    return

    async def _both_ways(
        self,
        machine: Machine,
        ours: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        theirs: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        with _closing(theirs[1]):
            ways = {
                asyncio.create_task(_pour(ours[0], theirs[1])),
                asyncio.create_task(_pour(theirs[0], ours[1])),
            }
            machine.carried |= ways
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                machine.carried -= ways
                for each in ways:
                    each.cancel()


async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(AT_ONCE):
            target.write(piece)
            await target.drain()


if __name__ == "__main__":
    _port, *_machines = sys.argv[1:]
    _pairs = [each.rpartition(":") for each in _machines]
    asyncio.run(Balancer([Machine(address, int(port)) for address, _colon, port in _pairs]).serve(int(_port)))
