"""A machine of the suite's own: web, pump and jobs as script/server starts them, and a bucket for what they record."""

import http.client
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from core.env import BASE
from tools.nodes.databases import until
from tools.nodes.network import OWN, Host

PORT = 8000
START_LIMIT, STOP_LIMIT = 600.0, 60.0


class Machine:
    """One of those that serve. Its home outlives what happens to it."""

    def __init__(self, host: Host, home: Path, env: Mapping[str, str]) -> None:
        self.host, self.home = host, home
        self.env = {**env, "HRSUITE_HOME": str(home), "HRSUITE_NODE": host.name}
        home.mkdir(mode=0o711, exist_ok=True)

    @property
    def address(self) -> str:
        """Where the balancer finds it."""
        return f"{self.host.address}:{PORT}"

    def start(self, which: str = "--empty", *, code: Path = BASE) -> None:
        """Start it; `is_ready` says when it serves."""
        command = [
            sys.executable,
            "-m",
            "core.process.serve",
            "--host",
            self.host.address,
            "--port",
            str(PORT),
        ]
        with (self.home / "output.txt").open("ab") as output:
            self.host.start(
                [*command, "--home", str(self.home), which], output=output, env=self.env, cwd=code
            )

    def stop(self) -> None:
        """SIGTERM to its supervisor, as systemd does; returns when all of it has ended."""
        os.kill(int((self.home / "supervisor.pid").read_text()), signal.SIGTERM)
        until(lambda: not self.host.pids(), f"{self.host.name} does not stop", STOP_LIMIT)

    def is_ready(self) -> bool:
        """Whether it says that it can serve."""
        return answers(self.host.address, PORT, "/readyz")

    def wait(self) -> float:
        """Until it is ready; after how many seconds. TimeoutError shows what it said last."""
        try:
            return until(self.is_ready, "", START_LIMIT, 0.25)
        except TimeoutError:
            said = (self.home / "output.txt").read_text()[-2000:]
            raise TimeoutError(f"{self.host.name} does not come up:\n{said}") from None


class Bucket:
    """SeaweedFS beside the balancer, with one bucket. It belongs to the developers' requirements."""

    PORTS = {"s3.port": 18333, "master.port": 19333, "filer.port": 18888, "volume.port": 18080}

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"http://key:secret@{OWN}:{self.PORTS['s3.port']}/recordings"

    def start(self, switch: Host) -> int:
        """Start it, and wait until it takes connections; its pid."""
        program = Path(sys.executable).with_name("weed")
        command = [
            str(program),
            "mini",
            f"-dir={self.folder}",
            f"-ip={OWN}",
            f"-ip.bind={OWN}",
            "-webdav=false",
        ]
        command += ["-bucket=recordings", "-admin.ui=false", "-admin.port=18646", "-s3.port.iceberg=18181"]
        command += [f"-{name}={port}" for name, port in self.PORTS.items()]
        # By default these lie in /tmp, where another bucket with the same ports has its own.
        command += [f"-{name}.localSocket={self.folder / name}.sock" for name in ("filer", "s3")]
        env = {**os.environ, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
        with (self.folder / "output.txt").open("ab") as output:
            pid = switch.start(command, output=output, env=env, cwd=self.folder)
        until(lambda: answers(OWN, self.PORTS["s3.port"], "/", any_status=True), "the bucket does not answer")
        return pid


def takes_connections(address: str, port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection((address, port), 2).close()
    except OSError:
        return False
    return True


def answers(address: str, port: int, path: str, *, any_status: bool = False, within: float = 2.0) -> bool:
    """Whether a GET is answered well."""
    wire = http.client.HTTPConnection(address, port, timeout=within)
    try:
        wire.request("GET", path, headers={"Host": "127.0.0.1"})
        answer = wire.getresponse()
        answer.read()
        return any_status or answer.status < http.client.BAD_REQUEST
    except (OSError, http.client.HTTPException):
        return False
    finally:
        wire.close()
