"""The installation that trouble comes to: its own disk, its own embedded database, its bucket, all its processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from core.env import BASE
from core.process import roles
from core.process.places import locate
from tools.nodes.databases import until
from tools.nodes.machines import PORT, START_LIMIT, Bucket, answers
from tools.nodes.network import Host

DISK_BYTES = 1536 << 20


class Disk:
    """A small disk of its own, which can be filled."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ballast = folder, folder / "ballast"
        folder.mkdir()
        mount = shutil.which("mount") or "mount"
        words = [mount, "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=711", "hrsuite", str(folder)]
        subprocess.run(words, check=True)

    @property
    def free(self) -> int:
        """Bytes left."""
        return shutil.disk_usage(self.folder).free

    def fill(self, leave: int) -> None:
        """Something else takes all but so many bytes."""
        with self.ballast.open("ab") as file:
            size, more = file.tell(), self.free - leave
            # What is written meanwhile may have taken it.
            with suppress(OSError):
                if more > 0:
                    os.posix_fallocate(file.fileno(), size, more)

    def clear(self) -> None:
        """It is gone again."""
        self.ballast.unlink(missing_ok=True)


class Installation:
    """`script/server --demo` on that disk, recordings in the bucket."""

    def __init__(self, host: Host, disk: Disk, bucket: Bucket, env: Mapping[str, str]) -> None:
        self.host, self.disk, self.bucket = host, disk, bucket
        self.home = disk.folder / "home"
        self.home.mkdir(mode=0o711)
        self.env = {
            **env, "HRSUITE_HOME": str(self.home), "HRSUITE_AI": "off", "HRSUITE_S3_URL": bucket.url,
            "HRSUITE_BASE_URL": f"http://127.0.0.1:{PORT}", "HRSUITE_NODE": "one", "HRSUITE_USER": "root",
        }  # fmt: skip
        self.pid = self.bucket_pid = 0

    def start_bucket(self) -> None:
        """For the first time, or again after it was gone."""
        self.bucket_pid = self.bucket.start(self.host)

    def start(self, said: Path) -> None:
        """Until it is well. What it says goes to another disk, as a terminal's or journald's would. TimeoutError."""
        words = [
            sys.executable,
            "-m",
            "core.process.serve",
            "--port",
            str(PORT),
            "--home",
            str(self.home),
            "--demo",
        ]
        with said.open("ab") as output:
            self.pid = self.host.start(words, output=output, env=self.env, cwd=BASE)
        try:
            until(lambda: answers("127.0.0.1", PORT, "/healthz"), "", START_LIMIT, 0.25)
        except TimeoutError:
            raise TimeoutError(said.read_text()[-3000:]) from None

    def stop(self) -> None:
        """As a person does."""
        os.kill(self.pid, signal.SIGTERM)

    def manage(self, *words: str) -> str:
        """What a command of the suite says here."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(
            command, cwd=BASE, env=self.env, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def shell(self, code: str) -> str:
        """A few lines of Python in it."""
        return self.manage("shell", "--no-imports", "--command", code).strip()

    def password_of(self, role: str) -> tuple[str, str]:
        """How somebody with this role signs in, of the demo's own page of them."""
        found: dict[str, Any] = json.loads((self.home / "demo.json").read_text())["roles"][role]
        return found["username"], found["password"]

    def database(self) -> psycopg.Connection[Any]:
        """The server's owner in the suite's database, by the socket."""
        return roles.connect(locate(self.home), roles.NAME)

    def child(self, name: str) -> int:
        """The number of one of the supervisor's processes."""
        return int(json.loads((self.home / "pids.json").read_text())[name])

    def processes(self) -> list[int]:
        """All of it, the supervisor first, the database's servers last."""
        return [self.pid, *_below(self.pid)]


def _below(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, ahead = [], [pid]
    while ahead:
        children = parents.get(ahead.pop(), [])
        found += children
        ahead += children
    return found


def below(pid: int) -> list[int]:
    """A process and everything that it started."""
    return [pid, *_below(pid)]
