"""Thousands of exits at once: every lease ends in one UPDATE, and the clock runs until every chain is done."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from core.events import pulse
from core.events.models import Pulse
from recruitment.models.interviews import ROOM_PULSE
from tools.bench import processes
from tools.bench.people import InRoom

LISTENING_LIMIT = 90.0
_LEFT = """
    SELECT (SELECT count(*) FROM recruitment_lease WHERE live AND interview_id = ANY(%(ids)s)),
           (SELECT count(*) FROM events_reaction AS reaction JOIN events_event AS event ON event.id = reaction.event_id
             WHERE reaction.state <> 'done' AND event.origin_type = 'recruitment.interview'
               AND event.origin_id = ANY(%(ids)s)),
           (SELECT count(*) FROM messaging_delivery AS delivery
              JOIN messaging_message AS message ON message.id = delivery.message_id
             WHERE delivery.state IN ('pending', 'leased') AND delivery.due_at <= now()
               AND message.origin_type = 'recruitment.interview' AND message.origin_id = ANY(%(ids)s))
"""


@dataclass(frozen=True)
class Flood:
    """How it went: `exited` of `asked` within the limit, seconds until the last exit and until the last chain, and the
    seconds of processor time that the pumps took."""

    pumps: int
    asked: int
    exited: int
    until_exited: float
    until_done: float
    is_done: bool
    processor: float

    @property
    def per_second(self) -> float:
        """Exits with their whole chains per second."""
        return self.exited / self.until_done

    @property
    def milliseconds(self) -> float:
        """Processor time of the pumps for each exit, the database's own not counted: what a busy machine does not
        change."""
        return 1000 * self.processor / max(self.exited, 1)


def run(
    rooms: Sequence[InRoom], *, pumps: int, limit: float, tick: Callable[[int], None] = lambda done: None
) -> Flood:
    """End every lease at once with `pumps` pumps listening; at most `limit` seconds."""
    ids = [room.interview for room in rooms]
    with ExitStack() as stack:
        pids = [stack.enter_context(processes.pump()) for _ in range(pumps)]
        wait_until_listening()
        started = processes.processor_seconds(pids)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE recruitment_lease SET expires_at = clock_timestamp() WHERE interview_id = ANY(%s)",
                [ids],
            )
        began = time.monotonic()
        until_exited = 0.0
        while True:
            time.sleep(0.5)
            live, owed, due = _left(ids)
            took = time.monotonic() - began
            tick(len(ids) - live)
            if live:
                until_exited = took
            if not (live or owed or due) or took > limit:
                processor = processes.processor_seconds(pids) - started
                is_done = not (live or owed or due)
                return Flood(pumps, len(ids), len(ids) - live, until_exited, took, is_done, processor)


def wait_until_listening() -> None:
    """Until a pump has beaten and its beat counts: what ends before that would be forgiven as a silence of ours."""
    since = timezone.now()
    deadline = time.monotonic() + LISTENING_LIMIT
    beat = Pulse.objects.filter(name=ROOM_PULSE).values_list(pulse.heard_until(ROOM_PULSE), flat=True)
    while (beat.first() or since) <= since:
        if time.monotonic() > deadline:
            raise TimeoutError("no pump came up")
        time.sleep(0.2)


def _left(ids: list[int]) -> tuple[int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, {"ids": ids})
        live, owed, due = cursor.fetchone()
    return int(live), int(owed), int(due)
