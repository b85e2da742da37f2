"""An installation of an earlier release, with candidates in the room, goes on with this code: nobody loses an answer.

    script/upgrade 2026.11.0            # a tag or a commit of this repository

1. That release's own code (from git) serves a demo company on its embedded database.
2. Its own simulated candidates answer, leave and return.
3. In the middle of it the server is stopped, and this code started on the same home and port.
4. This code compares what was acknowledged with what it holds, and looks at every promise about the data.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

from core.env import BASE
from core.process import places
from tools.nodes.databases import until
from tools.nodes.machines import answers

START_LIMIT, STOP_LIMIT, END_LIMIT = 300.0, 60.0, 420.0
# How much of the time that the interviews are spread over has gone when the release changes.
CHANGED_AT = 0.4


def main() -> int:
    """0 when nothing differs and nothing is owed."""
    parser = argparse.ArgumentParser(prog="script/upgrade", description=__doc__)
    parser.add_argument("release", help="the earlier release: a tag or a commit")
    parser.add_argument("--candidates", type=int, default=30)
    parser.add_argument(
        "--duration", type=float, default=75.0, help="seconds that the interviews are spread over"
    )
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hrs-upgrade-"))
    folder.chmod(0o711)
    home = folder / "home"
    try:
        found = _upgrade(_code_of(given.release, folder / "code"), home, given)
    finally:
        shutil.rmtree(places.outside(home), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0 if found["is_well"] else 1


def _code_of(release: str, folder: Path) -> Path:
    """The code of a release, out of this repository."""
    git = shutil.which("git") or ""
    with tempfile.TemporaryFile() as packed:
        subprocess.run([git, "archive", "--format=tar", release], cwd=BASE, stdout=packed, check=True)
        packed.seek(0)
        with tarfile.open(fileobj=packed) as archive:
            archive.extractall(folder, filter="data")
    return folder


def _upgrade(old: Path, home: Path, given: argparse.Namespace) -> dict[str, Any]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = _Server(home, port)
    journal = home / "journal.jsonl"
    try:
        server.start(old)
        # Its own comparison at the end meets tables of a later release: what it sent is in the journal.
        crowd = server.manage(
            old, "simulate", "--json", "--disturbed", f"--candidates={given.candidates}",
            f"--duration={given.duration}",
            f"--journal={journal}", "--settle=0", f"--base-url=http://127.0.0.1:{port}", errors=subprocess.DEVNULL,
        )  # fmt: skip
        until(journal.exists, "the candidates are not made", START_LIMIT)
        time.sleep(given.duration * CHANGED_AT)
        acknowledged = journal.read_text().count('"text_acknowledged"')
        began = time.monotonic()
        server.stop()
        server.start(BASE)
        away = time.monotonic() - began
        crowd.communicate(timeout=END_LIMIT)
        compared = server.manage(
            BASE, "simulate", "--json", "--disturbed", f"--compare={journal}", "--settle=120"
        )
        simulated = json.loads(compared.communicate(timeout=END_LIMIT)[0])
        broken = server.manage(BASE, "shell", "--no-imports", "--command", _PROMISES).communicate()[0].strip()
    finally:
        server.stop()
    return {
        "is_well": not simulated["differences"] and not any(simulated["owed"].values()) and not broken,
        "seconds without a server": round(away, 1),
        "acknowledged before it": acknowledged,
        "promises broken": broken,
        **{part: simulated[part] for part in ("counts", "owed", "differences")},
    }


_PROMISES = """
from core.checks import checking
from core.checks.models import Check
checking.check_all(by="upgrade")
print(", ".join(f"{row.code} {row.count}" for row in Check.objects.red()))
"""


class _Server:
    """One home, served by one code after the other."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        home.mkdir(mode=0o711)
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        self.env = kept | {
            "HRSUITE_HOME": str(home), "HRSUITE_BASE_URL": f"http://127.0.0.1:{port}", "HRSUITE_AI": "off",
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, code: Path) -> None:
        """Until it is well. TimeoutError shows what it said."""
        command = [
            sys.executable,
            "-m",
            "core.process.serve",
            "--port",
            str(self.port),
            "--home",
            str(self.home),
        ]
        with (self.home / "output.txt").open("ab") as output:
            self.process = subprocess.Popen(command, cwd=code, env=self.env, stdout=output, stderr=output)
        try:
            until(lambda: answers("127.0.0.1", self.port, "/healthz"), "", START_LIMIT)
        except TimeoutError:
            raise TimeoutError((self.home / "output.txt").read_text()[-3000:]) from None

    def stop(self) -> None:
        """As a person does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(STOP_LIMIT)

    def manage(self, code: Path, *words: str, errors: int | None = None) -> subprocess.Popen[str]:
        """A command of that code on this home."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=code,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )


if __name__ == "__main__":
    sys.exit(main())
