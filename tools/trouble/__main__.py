"""One installation, candidates who answer and record, and what goes wrong with a machine. `script/trouble` starts it.

Exit code 0 when everything was said, everything made good, and nothing lost, stuck or double.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from core.env import BASE
from tools.nodes import network
from tools.nodes.books import LOST, NO_PHONES, PROMISES, is_well
from tools.nodes.machines import Bucket
from tools.nodes.report import Report
from tools.nodes.story import Crowd
from tools.trouble.clocks import Clocks, NoClocksError
from tools.trouble.installation import Disk, Installation
from tools.trouble.story import Story
from tools.trouble.watching import Browser, Watch

END_LIMIT = 420.0


def main() -> int:
    """Outside: a network of its own. Inside: all the rest."""
    given = options()
    found = network.hosts_from_inside({network.SWITCH: 1})
    if found is not None:
        return inside(given, found[network.SWITCH])
    try:
        with network.made({}) as (prefix, _hosts):
            return network.enter(prefix, "tools.trouble", sys.argv[1:])
    except network.NoNetworkError as error:
        print(error, file=sys.stderr)
        return 2


def options() -> argparse.Namespace:
    """The options of script/trouble."""
    parser = argparse.ArgumentParser(prog="script/trouble", description=__doc__)
    parser.add_argument("--candidates", type=int, default=30)
    parser.add_argument(
        "--recording", type=int, default=3, help="besides, so many who record into the bucket"
    )
    parser.add_argument(
        "--duration", type=float, default=270.0, help="seconds that the interviews are spread over"
    )
    parser.add_argument("--keep", action="store_true", help="leave the folder with the home and its logs")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def inside(given: argparse.Namespace, host: network.Host) -> int:
    """The disk, the clocks, the bucket, the installation, the story, the books."""
    folder = Path(tempfile.mkdtemp(prefix="hrs-trouble-"))
    folder.chmod(0o711)
    report = Report(given.json)
    try:
        found = run(given, host, folder, report)
    finally:
        if given.keep and (folder / "disk" / "home" / "log").exists():
            kept = Path(tempfile.mkdtemp(prefix="hrs-trouble-kept-"))
            shutil.copytree(folder / "disk" / "home" / "log", kept / "log", dirs_exist_ok=True)
            shutil.copy(folder / "said.txt", kept)
            report.say(f"logs: {kept}")
        # The disk goes with this mount namespace.
        shutil.rmtree(folder, ignore_errors=True)
    report.show(found)
    return 0 if found["is_well"] else 1


def run(given: argparse.Namespace, host: network.Host, folder: Path, report: Report) -> dict[str, Any]:
    """Everything that was found."""
    try:
        clocks = Clocks(folder)
    except NoClocksError as error:
        clocks = None
        report.say(str(error))
    bucket = Bucket(folder / "bucket")
    bucket.folder.mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    suite = Installation(host, Disk(folder / "disk"), bucket, kept)
    suite.start_bucket()
    report.say("the installation")
    suite.start(folder / "said.txt")
    suite.shell(NO_PHONES)
    watch = Watch(Browser(*suite.password_of("administrator")))
    report.say("candidates")
    crowd = Crowd(suite.env, candidates=given.candidates, duration=given.duration, folder=folder)
    recorders = subprocess.Popen(
        [sys.executable, "-m", "tools.nodes.recorders", str(given.duration * 0.85), str(given.recording)],
        cwd=BASE, env=suite.env | {"DJANGO_SETTINGS_MODULE": "hrsuite.settings"}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    # What takes the disk's last byte does not keep them from their room.
    assert recorders.stdout  # noqa: S101 -- it was asked for
    recorders.stdout.readline()
    watch.start()
    began, load = time.monotonic(), os.getloadavg()
    story = Story(suite, watch, clocks, folder, report.say)
    story.tell()
    recorded = recorders.communicate(timeout=given.duration + 120)[0]
    story.night()
    report.say(f"until everybody is done ({time.monotonic() - began:.0f} s so far)")
    simulated = crowd.ended(END_LIMIT)
    watch.stop()
    if clocks:
        # The bucket's clock was right all the while, and takes nothing from one who is hours ahead.
        clocks.set_by(0)
    report.say("the books")
    books = _books(suite, simulated, recorded, story)
    books["about"] = {
        "candidates": given.candidates, "cores": os.cpu_count(), "load before": round(load[0], 1),
        "load after": round(os.getloadavg()[0], 1), "seconds": round(time.monotonic() - began),
    }  # fmt: skip
    suite.stop()
    return books


def _books(
    suite: Installation, simulated: dict[str, Any] | str, recorded: str, story: Story
) -> dict[str, Any]:
    held = json.loads(recorded.splitlines()[-1]) if recorded.endswith("}\n") else {}
    broken, jobs = json.loads(suite.shell(PROMISES).splitlines()[-1])
    found: dict[str, Any] = {
        "happened": [
            {"what": each.what, **{name: round(value, 1) for name, value in each.measured.items()}}
            for each in story.happened
        ],
        "recorded": held, "promises broken": broken, "jobs": jobs, "not said or not made good": story.missed,
    }  # fmt: skip
    if isinstance(simulated, str):
        return found | {"simulation failed": simulated[-3000:], "is_well": False}
    return found | {
        "simulation": simulated,
        "acknowledged and lost": sum(each["what"] in LOST for each in simulated["differences"]),
        "is_well": is_well(simulated, held, broken) and not story.missed,
    }


if __name__ == "__main__":
    sys.exit(main())
