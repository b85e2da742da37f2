"""What the queue of a test is asked to do."""

import os
import signal
import time
from pathlib import Path


def note(place: str, name: str, seconds: float = 0.0) -> None:
    """Say in a file of its own which process begins, take a while, and say that it is done."""
    Path(place, f"{name}.begun").write_text(f"{os.getpid()}", encoding="utf-8")
    time.sleep(seconds)
    Path(place, f"{name}.done").touch()


def die(place: str, name: str) -> None:
    """Take the worker along, as the kernel does when there is no memory left; count it first."""
    with Path(place, f"{name}.deaths").open("a", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n")
    os.kill(os.getpid(), signal.SIGKILL)


def hold(place: str, name: str, seconds: float) -> None:
    """One line for each time that it begins: whether one that began before is still at it. It takes so long the first
    time alone; done, it says so."""
    lines = Path(place, f"{name}.begins")
    before = lines.read_text(encoding="utf-8").split() if lines.exists() else []
    is_beside = any(Path(f"/proc/{pid}").exists() for pid in before if pid.isdecimal())
    with lines.open("a", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n" + ("beside\n" if is_beside else ""))
    time.sleep(0.0 if before else seconds)
    Path(place, f"{name}.done").touch()
