"""Spoken answers by the hundred, written down by the one slow worker, while candidates live and reminders are due.

The sound is the synthetic voice of the tests, its two sentences in turn until an answer is as long as asked. What is
asked: how many times faster than speech it is written down, in how much memory, and whether a heartbeat or a reminder
waits; and, where the worker is killed meanwhile, whether an answer is lost, or listened to again without need.
"""

import io
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

import av
import httpx
from django.core.management.base import CommandError
from django.db.models import Sum
from django.utils import timezone
from django_q.models import Failure, Task
from django_q.tasks import async_task
from rich.console import Console
from rich.table import Table

from core import connections
from core.env import BASE
from core.jobs import killed
from recruitment.enums import RecordingState, TranscriptState
from recruitment.evaluation import providers
from recruitment.models import Answer, Consent, Interview, Question, Recording, Segment, Transcript
from recruitment.recordings import storage
from recruitment.recordings.services import writing_down
from tools.bench import people, processes
from tools.bench.people import InRoom
from tools.bench.uploads import descendants, memory_of
from tools.simulate.report import spread

ANSWERS, SPOKEN_SECONDS, CANDIDATES = 200, 20, 20
SPOKEN = BASE / "tests" / "recruitment" / "recordings" / "spoken"
VOICES = (SPOKEN / "data.webm", SPOKEN / "complaint.webm")
RATE = 48_000
REMINDERS = "notifications.tasks.send_reminders"
LISTENING = "recruitment.tasks.write_down_recordings"
GROUP = "bench"
BEAT_EVERY, REMINDED_EVERY, LOOKED_EVERY = 0.2, 2.0, 0.5
ALONE_SECONDS = 30.0
# One worker is to write down at least four minutes of speech in a minute.
GOAL_TIMES, GOAL_HEARTBEAT, GOAL_REMINDER = 4.0, 1.0, 10.0
# Of a processor, between two looks: whoever takes so much of it, on a busy machine, too, listens.
AT_IT = 0.1


@dataclass
class Waits:
    """How long heartbeats took, and reminders from being asked for to being done, in seconds."""

    heartbeat: list[float] = field(default_factory=list)
    reminder: list[float] = field(default_factory=list)
    wrong: int = 0

    @property
    def is_well(self) -> bool:
        """Nothing answered wrongly, and 95 of 100 of each within their goal."""
        longest = (spread(self.heartbeat)["p95"], spread(self.reminder)["p95"])
        goals = (GOAL_HEARTBEAT, GOAL_REMINDER)
        return not self.wrong and all(
            one is not None and one <= goal for one, goal in zip(longest, goals, strict=True)
        )

    def figures(self) -> dict[str, Any]:
        """For programs."""
        return {
            "heartbeats": len(self.heartbeat), "reminders": len(self.reminder), "wrong": self.wrong,
            "heartbeat": spread(self.heartbeat), "reminder": spread(self.reminder),
        }  # fmt: skip


@dataclass
class Kills:
    """kill -9 of the worker that listens, or of the process in which it does, `count` times, each after a random part
    of `seconds` of listening divided among them. Never the third in a row: a job that ended three workers is, rightly,
    not started any more.

    `cut_off`: how often each transcript was in hand then.
    """

    count: int
    seconds: float
    chance: Random
    cut_off: Counter[int] = field(default_factory=Counter)
    _after: float = field(default=0.0, init=False)
    _last: float = field(default=0.0, init=False)
    _taken: dict[int, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._draw()

    def _draw(self) -> None:
        self._after = self.chance.uniform(0, self.seconds / max(1, self.count))

    def look(self, owed: Sequence[int], pid: int, *, since: float) -> None:
        """Kill whoever is at it, if it is time; `since`: seconds since the look before."""
        taken = dict(self._processors(pid))
        busy = [
            one for one, now in taken.items() if one in self._taken and now - self._taken[one] > AT_IT * since
        ]
        self._taken = taken
        if not busy or self.cut_off.total() >= self.count:
            return
        self._after -= since
        in_hand = self._in_hand(owed)
        if self._after > 0 or in_hand is None or self._deaths() >= killed.MOST - 1:
            return
        os.kill(self.chance.choice(_workers(pid, max(busy, key=memory_of))), signal.SIGKILL)
        self._last = time.time()
        self.cut_off[in_hand] += 1
        self._draw()

    @staticmethod
    def _processors(pid: int) -> Iterator[tuple[int, float]]:
        for one in descendants(pid):
            with suppress(FileNotFoundError, ProcessLookupError):
                yield one, processes.processor_seconds((one,))

    def _in_hand(self, owed: Sequence[int]) -> int | None:
        """The transcript that somebody has claimed, or said to be at, since the last one was killed."""
        rows = Transcript.objects.filter(pk__in=owed, state=TranscriptState.OWED, claimed_until__isnull=False)
        newest = rows.order_by("-claimed_until").first()
        if newest is None or newest.claimed_until is None:
            return None
        claimed_at = newest.claimed_until - writing_down.CLAIM
        return newest.pk if claimed_at.timestamp() > self._last else None

    @staticmethod
    def _deaths() -> int:
        found = Failure.objects.filter(func=LISTENING, group__startswith=killed.GROUP)
        return int(found.aggregate(times=Sum("attempt_count"))["times"] or 0)


def _workers(cluster: int, listens: int) -> list[int]:
    """The process that listens, and the worker that waits for it, where that is another one: below the cluster stands
    its sentinel, and below that its workers."""
    line = [listens]
    while (
        parent := int(Path(f"/proc/{line[-1]}/stat").read_text().rpartition(")")[2].split()[1])
    ) != cluster:
        line.append(parent)
    return line[:-1]


def run(
    console: Console, *, port: int, answers: int, spoken: int, limit: float, kills: int = 0, seed: int = 1
) -> dict[str, Any]:
    """Measure the waits in peace, then let `answers` recordings of `spoken` seconds be written down within `limit`, by
    a worker that is killed `kills` times meanwhile.

    CommandError: there is no model here.
    """
    listener = providers.transcriber()
    if listener is None or not listener.health().works:
        raise CommandError("Nobody listens here: run script/analysis.")
    rooms = people.in_room(answers + CANDIDATES)
    said, living = rooms[:answers], rooms[answers:]
    sound, seconds = speech(spoken)
    with processes.web(port), processes.pump(), processes.jobs():
        with waiting(port, living) as alone:
            time.sleep(ALONE_SECONDS)
        owed = _say(said, sound, seconds)
        with waiting(port, living) as meanwhile, processes.jobs("slow") as pid:
            killing = Kills(kills, answers * seconds / GOAL_TIMES, Random(seed))  # noqa: S311 -- moments, not secrets
            drained = _drain(owed, pid, killing, limit=limit, tell=console.print)
    figures = _figures(owed, drained, killing, seconds, alone=alone, meanwhile=meanwhile)
    _print(console, figures)
    return figures


def speech(least: int) -> tuple[bytes, float]:
    """The sentences in turn as a phone's recorder writes them, and how many seconds that is."""
    output, lasted, turn = io.BytesIO(), 0.0, cycle(VOICES)
    with av.open(output, "w", format="webm") as file:
        stream = file.add_stream("libopus", rate=RATE, layout="mono")
        again = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        while lasted < least:
            with av.open(str(next(turn))) as voice:
                for heard in voice.decode(audio=0):
                    for frame in again.resample(heard):
                        frame.pts, frame.time_base = round(lasted * RATE), Fraction(1, RATE)
                        lasted += frame.samples / RATE
                        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return output.getvalue(), lasted


def _say(rooms: Sequence[InRoom], sound: bytes, seconds: float) -> list[int]:
    """An answer of the open stage of each, recorded and made playable: the numbers of its owed transcripts."""
    version = Interview.objects.values_list("version", flat=True).get(pk=rooms[0].interview)
    question = Question.objects.filter(stage__version=version, stage__number=2).order_by("number")[0]
    Consent.objects.bulk_create(
        Consent(interview_id=room.interview, attempt=1, kind=kind, version="bench", given=True)
        for room in rooms
        for kind in ("recording", "ai_evaluation")
    )
    answers = Answer.objects.bulk_create(
        Answer(interview_id=room.interview, attempt=1, question=question, media=RecordingState.PLAYABLE)
        for room in rooms
    )
    owed = []
    for answer in answers:
        segment = Segment.objects.create(answer=answer, number=0, epoch=1, mime="audio/webm;codecs=opus")
        name = storage.new_name("plays", ".webm")
        storage.put(io.BytesIO(sound), name=name)
        recording = Recording.objects.create(
            segment=segment, state=RecordingState.PLAYABLE, stored_name=name, mime="audio/webm",
            bytes=len(sound), seconds=seconds,
        )  # fmt: skip
        writing_down.owe(recording)
        owed.append(Transcript.objects.values_list("pk", flat=True).get(recording=recording))
    return owed


@contextmanager
def waiting(port: int, rooms: Sequence[InRoom]) -> Iterator[Waits]:
    """Heartbeats in turn and reminders every two seconds for as long as the block lasts."""
    found, over = Waits(), threading.Event()
    began = timezone.now()
    threads = [
        threading.Thread(target=_beat, args=(port, rooms, found, over)),
        threading.Thread(target=_remind, args=(over,)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        over.set()
        for thread in threads:
            thread.join()
        time.sleep(REMINDED_EVERY)
        ended = Task.objects.filter(group=GROUP, started__gte=began).values_list(
            "started", "stopped", "success"
        )
        found.reminder += [(stopped - started).total_seconds() for started, stopped, _well in ended]
        found.wrong += sum(not well for _started, _stopped, well in ended)


def _beat(port: int, rooms: Sequence[InRoom], found: Waits, over: threading.Event) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
        turn = 0
        while not over.wait(BEAT_EVERY):
            room, turn = rooms[turn % len(rooms)], turn + 1
            began = time.monotonic()
            answer = client.post(
                "/room/api/heartbeat",
                json={"epoch": 1, "visible": True},
                headers={"Cookie": f"room={room.cookie}"},
            )
            found.heartbeat.append(time.monotonic() - began)
            found.wrong += not answer.is_success


def _remind(over: threading.Event) -> None:
    try:
        while not over.wait(REMINDED_EVERY):
            async_task(REMINDERS, group=GROUP)
    finally:
        connections.give_back()


@dataclass(frozen=True)
class Drained:
    """`lasted` until the last one was written, of them `first` until the worker began, in seconds; what it took of a
    processor, which a busy machine does not change, and the most memory, in MB."""

    lasted: float
    first: float
    processor: float
    megabytes: float


def _drain(
    owed: Sequence[int], pid: int, killing: Kills, *, limit: float, tell: Callable[[str], None]
) -> Drained:
    began, first, most, told, at_first = time.monotonic(), None, 0.0, 0, 0.0
    looked = began
    waiting_rows = Transcript.objects.filter(pk__in=owed, state=TranscriptState.OWED)
    while (left := waiting_rows.count()) and time.monotonic() - began < limit:
        most = max(most, sum(memory_of(each) for each in (pid, *descendants(pid))))
        if first is None and waiting_rows.filter(claimed_until__isnull=False).exists():
            first = time.monotonic()
            at_first = processes.processor_seconds((pid, *descendants(pid)), with_ended=True)
        now = time.monotonic()
        killing.look(owed, pid, since=now - looked)
        looked = now
        if (done := len(owed) - left) >= told + max(1, len(owed) // 10):
            told = done
            tell(f"{done} written down after {time.monotonic() - began:.0f} s")
        time.sleep(LOOKED_EVERY)
    ended = time.monotonic()
    spent = processes.processor_seconds((pid, *descendants(pid)), with_ended=True) - at_first
    return Drained(ended - began, (first or ended) - began, spent, most)


def _figures(
    owed: Sequence[int], drained: Drained, killing: Kills, seconds: float, *, alone: Waits, meanwhile: Waits
) -> dict[str, Any]:
    rows = Transcript.objects.filter(pk__in=owed)
    written = rows.filter(state=TranscriptState.WRITTEN).count()
    worked = max(0.001, drained.lasted - drained.first)
    times = written * seconds / worked
    # On a processor of its own.
    alone_times = written * seconds / max(0.001, drained.processor)
    # Once for itself, and once more for each time that it was in the hands of one who was killed.
    listened_twice = sum(
        tries > 1 + killing.cut_off[pk] for pk, tries in rows.filter(tries__gt=1).values_list("pk", "tries")
    )
    is_fast = alone_times >= GOAL_TIMES or bool(killing.count)
    return {
        "answers": len(owed), "spoken_seconds_each": round(seconds, 1), "written": written,
        "kills": killing.cut_off.total(), "cut_off": len(killing.cut_off), "lost": len(owed) - written,
        "listened_twice": listened_twice,
        "seconds": round(drained.lasted, 1), "until_the_first": round(drained.first, 1),
        "times_real_time": round(times, 2), "times_on_a_free_processor": round(alone_times, 2),
        "megabytes_at_most": round(drained.megabytes),
        "in_peace": alone.figures(), "meanwhile": meanwhile.figures(),
        "is_well": written == len(owed) and not listened_twice and is_fast and meanwhile.is_well
        and killing.cut_off.total() == killing.count,
    }  # fmt: skip


def _print(console: Console, figures: dict[str, Any]) -> None:
    table = Table("seconds", "p50", "p95", "max", title="Who waits while recordings are written down")
    for when in ("in_peace", "meanwhile"):
        for what in ("heartbeat", "reminder"):
            spans = (str(figures[when][what][key]) for key in ("p50", "p95", "max"))
            table.add_row(f"{what}, {when.replace('_', ' ')}", *spans)
    console.print(table)
    console.print(
        f"{figures['written']} of {figures['answers']} answers of {figures['spoken_seconds_each']} s written down,"
        f" {figures['lost']} lost, {figures['listened_twice']} listened to twice without need; the worker killed"
        f" {figures['kills']} times, over {figures['cut_off']} answers;"
        f" {figures['times_real_time']} times real time on one worker, {figures['times_on_a_free_processor']} where a"
        f" core is free for it (goal ≥ {GOAL_TIMES:.0f});"
        f" the first after {figures['until_the_first']} s, all after"
        f" {figures['seconds']} s; {figures['megabytes_at_most']} MB at most;"
        f" {figures['meanwhile']['wrong']} wrong answers"
    )
