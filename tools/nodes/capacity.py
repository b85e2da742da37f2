"""How many calls one machine answers, and how many two, each with the same share of a processor.

Two machines of this one would share its processors and show nothing. So each is bounded, well below what there is:
database, balancer and callers keep the rest, and `machine busy` shows that there was some left.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from core.env import BASE
from tools.nodes import shares
from tools.nodes.machines import PORT
from tools.nodes.report import Report
from tools.nodes.story import Story

ALONE = PORT + 1
TURNS = 2
# How many times what one machine answers two have to answer.
WANTED = 1.7


def run(given: argparse.Namespace, story: Story, _folder: Path, report: Report) -> dict[str, Any]:
    """One, two, one, two; the ratio is that of the middle ones."""
    first = story.machines[0]
    command = [sys.executable, "-m", "tools.nodes.balancer", str(ALONE), first.address]
    subprocess.Popen(command, cwd=BASE)
    pressed = []
    with shares.bounded([machine.host for machine in story.machines], given.share):
        for machines, port in ((1, ALONE), (2, PORT)) * TURNS:
            report.say(f"{machines} of the machines")
            pressed.append({"machines": machines, **_press(given, first.env, port)})
    story.watch.stop()
    by_count = {
        count: median(each["calls a second"] for each in pressed if each["machines"] == count)
        for count in (1, 2)
    }
    # One that answered nothing is compared with nothing.
    times = round(by_count[2] / by_count[1], 2) if by_count[1] else None
    return {
        "about": {
            "cores": os.cpu_count(), "share of each machine": given.share, "clients": given.clients,
            "replication": "asynchronous" if given.asynchronous else "synchronous",
            "load": round(os.getloadavg()[0], 1),
        },
        "pressed": pressed,
        "times": times,
        "is_well": times is not None and times >= WANTED and not any(each["wrong"] for each in pressed),
    }  # fmt: skip


def _press(given: argparse.Namespace, env: dict[str, str], port: int) -> dict[str, Any]:
    words = [sys.executable, "-m", "tools.nodes.pressing", str(port), str(given.clients), str(given.seconds)]
    before = _busy()
    done = subprocess.run(
        words, cwd=BASE, env=env | {"DJANGO_SETTINGS_MODULE": "hrsuite.settings"}, stdout=subprocess.PIPE, text=True,
        check=True,
    )  # fmt: skip
    after = _busy()
    found = json.loads(done.stdout.splitlines()[-1])
    spans = found["seconds"]
    return {
        "calls a second": found["calls_per_second"],
        "sign of life, p50 ms": round(1000 * spans["heartbeat"]["p50"]),
        "saved text, p50 ms": round(1000 * spans["text"]["p50"]),
        "wrong": found["wrong"],
        "machine busy": f"{(after[0] - before[0]) / max(1, after[1] - before[1]):.0%}",
    }


def _busy() -> tuple[int, int]:
    """Ticks of all processors that were used so far, and all there were."""
    fields = [int(each) for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(fields) - fields[3] - fields[4], sum(fields)
