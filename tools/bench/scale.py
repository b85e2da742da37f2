"""What one machine holds, as a curve: candidates in the room at once, exits with their whole chains, messages.

A busy machine answers later, but spends no more processor on a call: beside each time stands what web and database
spent, and from that follows how many there could be until both processors are full.
"""

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from core.env import home
from core.process import embedded
from core.process.places import locate
from messaging.enums import DeliveryState
from messaging.models import Delivery
from recruitment.models import Interview, Lease
from tools.bench import crowd, flood, people, processes, uploads

SIZES, SECONDS, EXITS, PUMPS = (100, 250, 500, 1000), 30.0, 300, 2
_TICKS = os.sysconf("SC_CLK_TCK")
# Of one candidate: a heartbeat and a saved text every ten seconds each.
CALLS_PER_SECOND = 1 / crowd.BEAT_SECONDS + 1 / crowd.TYPED_SECONDS


def of_crowds(
    sizes: Sequence[int], *, port: int, seconds: float, seed: int, tell: Callable[[dict[str, Any]], None]
) -> list[dict[str, Any]]:
    """One line for each size: times of heartbeats and texts, processor of web and database for each call."""
    found = []
    with processes.web(port):
        web = uploads.descendants(os.getpid())
        with processes.pump():
            for size in sizes:
                rooms = people.in_room(size)
                before = database_seconds()
                load = os.getloadavg()[0]
                one = crowd.run(port, rooms, seconds=seconds, seed=seed, pids=web)
                spent = database_seconds() - before
                # The database's time is taken over the settling, too, in which as much is asked.
                lasted = one.lasted + crowd.SETTLING_SECONDS
                let_stay(rooms)
                figures = one.figures()
                line = {
                    "candidates": size,
                    "load before": round(load, 1),
                    **{
                        f"{what} {share}": figures["seconds"][what][share]
                        for what in one.seconds
                        for share in ("p50", "p95")
                    },
                    "calls per second": figures["calls_per_second"],
                    "web ms per call": round(1000 * one.processor / max(1, one.calls), 2),
                    "database ms per call": round(1000 * spent / max(1.0, one.calls * lasted / one.lasted), 2),
                    "wrong": figures["wrong"],
                }  # fmt: skip
                found.append(line)
                tell(line)
    return found


def of_exits(count: int) -> dict[str, Any]:
    """So many exits at once: with their chains and messages a minute, and what each cost pumps and database."""
    rooms = people.in_room(count)
    before, load = database_seconds(), os.getloadavg()[0]
    one = flood.run(rooms, pumps=PUMPS, limit=600)
    spent = database_seconds() - before
    return {
        "exits": one.exited,
        "load before": round(load, 1),
        "exits a minute": round(60 * one.per_second),
        "messages a minute": round(60 * _accepted(rooms) / one.until_done),
        "pumps ms per exit": round(one.milliseconds, 1),
        "database ms per exit": round(1000 * spent / max(1, one.exited), 1),
        "done": one.is_done,
    }


def at_most(line: dict[str, Any], *, cores: int) -> int:
    """How many candidates would fill all processors, by what one call costs in this line."""
    each = (line["web ms per call"] + line["database ms per call"]) / 1000
    return int(cores / each / CALLS_PER_SECOND)


def database_seconds() -> float:
    """Processor time of the embedded server so far, of those of its processes that have ended, too."""
    pid = embedded.running_pid(locate(home()))
    if pid is None:
        return 0.0
    total = 0
    for number in (pid, *uploads.descendants(pid)):
        try:
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended since, and is counted with its parent next time
        # user and system; of the first one those of its children that it has buried
        total += sum(int(each) for each in fields[11 : 15 if number == pid else 13])
    return total / _TICKS


def let_stay(rooms: Sequence[people.InRoom]) -> None:
    """They fall silent now: nobody's exit is to cost what the next line measures."""
    later = timezone.now() + timedelta(hours=1)
    Lease.objects.filter(interview__in=[room.interview for room in rooms]).update(expires_at=later)


def _accepted(rooms: Sequence[people.InRoom]) -> int:
    about = Delivery.objects.filter(
        message__origin_type=Interview._meta.label_lower,
        message__origin_id__in=[room.interview for room in rooms],
    )
    return about.filter(state=DeliveryState.ACCEPTED).count()
