"""Machines as network namespaces on one switch: each has an address of its own, and its cable can be pulled.

Only root may make them. Whoever makes the network goes on inside the switch's own namespace (`enter`): there are the
balancer and the candidates.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

SWITCH, NETWORK = "switch", "10.77.0"
OWN = f"{NETWORK}.1"
_NAMED = "HRSUITE_NODES_NETWORK"
_IP = shutil.which("ip") or ""


class NoNetworkError(Exception):
    """Namespaces cannot be made here; the message is for people."""


def ip(*words: str) -> None:
    """One command of iproute2. CalledProcessError: it could not."""
    subprocess.run([_IP, *words], check=True, capture_output=True, text=True)


class Host:
    """One machine: a namespace with one cable to the switch."""

    def __init__(self, prefix: str, name: str, number: int) -> None:
        self.name, self.address = name, f"{NETWORK}.{number}"
        self.namespace, self._switch, self._cable = f"{prefix}-{name}", f"{prefix}-{SWITCH}", f"to-{name}"

    def make(self) -> None:
        """With its cable plugged in."""
        ip("netns", "add", self.namespace)
        ip(
            *("-n", self._switch, "link", "add", "name", self._cable),
            *("type", "veth", "peer", "name", "eth0", "netns", self.namespace),
        )
        ip("-n", self.namespace, "addr", "add", f"{self.address}/24", "dev", "eth0")
        for link in ("eth0", "lo"):
            ip("-n", self.namespace, "link", "set", link, "up")
        ip("-n", self._switch, "link", "set", self._cable, "up")
        self.join()

    def cut(self) -> None:
        """Nothing comes or goes any more, and nobody is told: no connection ends by it."""
        ip("-n", self._switch, "link", "set", self._cable, "nomaster")

    def join(self) -> None:
        """The cable is in the switch (again)."""
        ip("-n", self._switch, "link", "set", self._cable, "master", SWITCH)

    def command(self, words: Sequence[str]) -> list[str]:
        """What runs these words on this machine."""
        return [_IP, "netns", "exec", self.namespace, *words]

    def start(self, words: Sequence[str], *, output: IO[bytes], env: Mapping[str, str], cwd: Path) -> int:
        """Run something on it; its pid."""
        return subprocess.Popen(
            self.command(words), stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=dict(env), cwd=cwd,
            start_new_session=True,
        ).pid  # fmt: skip

    def pids(self) -> list[int]:
        """Everything that runs on it."""
        return _pids(self.namespace)

    def lose_power(self) -> None:
        """All of it is gone at once, and its network before it: nobody hears a last word."""
        self.cut()
        self.kill()

    def kill(self) -> None:
        """kill -9 of everything on it; returns when nothing runs any more."""
        _kill(self.namespace)


@contextmanager
def made(names: Mapping[str, int]) -> Iterator[tuple[str, dict[str, Host]]]:
    """The switch and the machines, gone afterwards with all that runs on them: (the switch's namespace, by name)."""
    if os.geteuid() != 0 or not _IP:
        raise NoNetworkError("Network namespaces are root's, and need iproute2.")
    prefix = f"hrs{os.getpid()}"
    switch, hosts = f"{prefix}-{SWITCH}", {name: Host(prefix, name, number) for name, number in names.items()}
    try:
        ip("netns", "add", switch)
        ip("-n", switch, "link", "add", "name", SWITCH, "type", "bridge")
        ip("-n", switch, "addr", "add", f"{OWN}/24", "dev", SWITCH)
        for link in (SWITCH, "lo"):
            ip("-n", switch, "link", "set", link, "up")
        for host in hosts.values():
            host.make()
        yield prefix, hosts
    except subprocess.CalledProcessError as error:
        raise NoNetworkError(f"{' '.join(error.cmd)}: {error.stderr.strip()}") from error
    finally:
        for namespace in (*(host.namespace for host in hosts.values()), switch):
            _kill(namespace)
            subprocess.run([_IP, "netns", "del", namespace], check=False, capture_output=True)


def enter(prefix: str, module: str, words: Sequence[str]) -> int:
    """Run a module of ours inside the switch, where `hosts_from_inside` finds the machines; its exit code."""
    command = [_IP, "netns", "exec", f"{prefix}-{SWITCH}", sys.executable, "-m", module, *words]
    with subprocess.Popen(command, env={**os.environ, _NAMED: prefix}) as process:
        try:
            return process.wait()
        except BaseException:
            process.send_signal(signal.SIGTERM)
            process.wait()
            raise


def hosts_from_inside(names: Mapping[str, int]) -> dict[str, Host] | None:
    """The machines, for who runs inside the switch; None outside of one."""
    prefix = os.environ.get(_NAMED)
    return {name: Host(prefix, name, number) for name, number in names.items()} if prefix else None


def _pids(namespace: str) -> list[int]:
    listed = subprocess.run([_IP, "netns", "pids", namespace], check=False, capture_output=True, text=True)
    return [int(pid) for pid in listed.stdout.split()]


def _kill(namespace: str) -> None:
    # What is started while the list is read is on the next one.
    while pids := [pid for pid in _pids(namespace) if pid != os.getpid()]:
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for pid in pids:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                pass
