"""Four machines on this one, a hundred candidates, and what may happen to machines. `script/nodes` starts it.

Exit code 0 when nothing was lost, stuck or double.
"""

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from core.env import BASE
from tools.nodes import capacity, network
from tools.nodes.books import NO_PHONES, books
from tools.nodes.databases import Database, url
from tools.nodes.machines import PORT, Bucket, Machine
from tools.nodes.network import NETWORK
from tools.nodes.pooling import PgBouncer
from tools.nodes.report import Report
from tools.nodes.story import Crowd, Story
from tools.nodes.watching import Watch

NAMES = {"a": 11, "b": 12, "db1": 21, "db2": 22}
SWITCH = "switch"


def main() -> int:
    """Outside: the network. Inside: all the rest."""
    given = options()
    hosts = network.hosts_from_inside(NAMES)
    if hosts is not None:
        return inside(given, hosts)
    try:
        with network.made(NAMES) as (prefix, _hosts):
            return network.enter(prefix, "tools.nodes", sys.argv[1:])
    except network.NoNetworkError as error:
        print(error, file=sys.stderr)
        return 2


def options() -> argparse.Namespace:
    """The options of script/nodes."""
    parser = argparse.ArgumentParser(prog="script/nodes", description=__doc__)
    parser.add_argument("--candidates", type=int, default=100)
    parser.add_argument(
        "--recording", type=int, default=4, help="besides, so many who record into the bucket"
    )
    parser.add_argument(
        "--duration", type=float, default=300.0, help="seconds that the interviews are spread over"
    )
    parser.add_argument("--asynchronous", action="store_true", help="no commit waits for the copy")
    parser.add_argument(
        "--lag", type=float, default=0.0, help="seconds for which the copy hears nothing before the end"
    )
    parser.add_argument(
        "--pgbouncer", type=Path, metavar="PROGRAM", help="machines come in by this PgBouncer"
    )
    parser.add_argument(
        "--capacity", action="store_true", help="how many calls one machine answers, and two, and no story"
    )
    parser.add_argument("--share", type=float, default=0.35, help="of a processor, for each machine then")
    parser.add_argument("--clients", type=int, default=80, help="who call as soon as they are answered")
    parser.add_argument("--seconds", type=float, default=30.0, help="for which they do, each time")
    parser.add_argument("--keep", action="store_true", help="leave the folder with homes and logs")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def inside(given: argparse.Namespace, hosts: dict[str, network.Host]) -> int:
    """On the switch: databases, machines, balancer, candidates, the story, the books."""
    folder = Path(tempfile.mkdtemp(prefix="hrs-nodes-"))
    folder.chmod(0o711)
    report = Report(given.json)
    try:
        story = set_up(given, hosts, folder, report)
        found = (capacity.run if given.capacity else run)(given, story, folder, report)
    finally:
        if given.keep:
            report.say(f"homes and logs: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    report.show(found)
    return 0 if found["is_well"] else 1


def set_up(given: argparse.Namespace, hosts: dict[str, network.Host], folder: Path, report: Report) -> Story:
    """Everything runs and the balancer hands out connections."""
    switch = network.hosts_from_inside({SWITCH: 1})
    assert switch  # noqa: S101 -- we are inside
    databases = [Database(hosts[name], folder / name, secrets.token_hex(16)) for name in ("db1", "db2")]
    databases[1].password = databases[0].password
    report.say("databases")
    databases[0].make()
    databases[1].follow(databases[0], synchronous=not given.asynchronous)
    bucket = Bucket(folder / "bucket")
    bucket.folder.mkdir()
    bucket.start(switch[SWITCH])
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    env = kept | {
        "DATABASE_URL": url(databases), "HRSUITE_SECRET_KEY": secrets.token_hex(32), "HRSUITE_USER": "root",
        "HRSUITE_KEY_RING_FILE": str(folder / "key-ring"), "HRSUITE_BACKUP_KEY_FILE": str(folder / "backup-key"),
        "HRSUITE_MEDIA": str(folder / "media"), "HRSUITE_S3_URL": bucket.url, "HRSUITE_AI": "off",
        "HRSUITE_BASE_URL": f"http://127.0.0.1:{PORT}", "HRSUITE_PROXIES": f"{NETWORK}.0/24",
        "HRSUITE_ALLOWED_HOSTS": ",".join(["127.0.0.1", "localhost", *(host.address for host in hosts.values())]),
    }  # fmt: skip
    pooler = PgBouncer(given.pgbouncer, folder / "pgbouncer", databases[0]) if given.pgbouncer else None
    if pooler:
        env |= {
            "DATABASE_URL": pooler.url,
            "HRSUITE_DATABASE_PGBOUNCER": "true",
            "HRSUITE_DATABASE_DIRECT_URL": url(databases),
        }
        pooler.start()
    machines = [Machine(hosts[name], folder / name, env) for name in ("a", "b")]
    report.say("machines")
    machines[0].start("--demo")
    machines[0].wait()
    without = [sys.executable, "manage.py", "shell", "-c", NO_PHONES]
    subprocess.run(without, cwd=BASE, env=machines[0].env, check=True, stdout=subprocess.DEVNULL)
    machines[1].start()
    machines[1].wait()
    command = [sys.executable, "-m", "tools.nodes.balancer", str(PORT), *(each.address for each in machines)]
    subprocess.Popen(command, cwd=BASE)
    watch = Watch()
    watch.start()
    return Story(machines, databases, watch, report.say, not given.asynchronous, given.lag, pooler)


def run(given: argparse.Namespace, story: Story, folder: Path, report: Report) -> dict[str, Any]:
    """The candidates, what happens meanwhile, and what is found afterwards."""
    report.say("candidates")
    machine = story.machines[0]
    crowd = Crowd(machine.env, candidates=given.candidates, duration=given.duration, folder=folder)
    recorders = subprocess.Popen(
        [sys.executable, "-m", "tools.nodes.recorders", str(given.duration * 0.8), str(given.recording)],
        cwd=BASE, env=machine.env | {"DJANGO_SETTINGS_MODULE": "hrsuite.settings"}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    began, load = time.monotonic(), os.getloadavg()
    story.tell(began, crowd.journal)
    report.say("until everybody is done")
    recorded = recorders.communicate(timeout=given.duration + 120)[0]
    simulated = crowd.ended(900)
    story.watch.stop()
    story.silences(time.monotonic())
    report.say("the books")
    return books(
        simulated=simulated,
        recorded=json.loads(recorded.splitlines()[-1]) if recorded.endswith("}\n") else {},
        happened=story.happened,
        env=machine.env,
        about={
            "load before": round(load[0], 1), "load after": round(os.getloadavg()[0], 1),
            "replication": "asynchronous" if given.asynchronous else "synchronous", "lag": given.lag,
            "PgBouncer": bool(given.pgbouncer),
        },
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
