"""How soon people are told: 200 exits in a minute, ten thousand messages that are due at once, and what taking the next
ones in hand costs beside a million.

Told is what WeCom, emulated here, has accepted: of candidates in 微信客服, of specialists as a card.
"""

import secrets
import statistics
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from django.db import connection, transaction
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from messaging import outbox
from messaging.enums import DeliveryState
from messaging.models import Conversation, Delivery, Message
from people.enums import Role
from people.models import User
from recruitment.models import Candidate, Interview, Lease
from tools.bench import flood, people, processes
from tools.bench.people import InRoom
from tools.bench.wecom import connected
from tools.phone.place import KF_ACCOUNT
from tools.simulate.report import spread
from tools.wecom.emulator import WeComEmulator

EXITS, WITHIN_SECONDS, PUMPS = 200, 60.0, 2
ANNOUNCED_GOAL, SILENT_GOAL = 5.0, 45.0
# So few exits of each specialist that WeCom would show all of them.
EACH = 5
MESSAGES, READERS = 10_000, 400
SIZES, CLAIMS, DUE, CLAIM_GOAL = (10_000, 1_000_000), 200, 5_000, 1.5
# What a pump holds after its first hundred messages; a tenth more is no growth.
FLAT = 1.1
PATIENCE = 240.0


@dataclass(frozen=True)
class Waited:
    """Seconds from each exit to the message, by who was told; `missing`: exits of whose candidate none was accepted."""

    seconds: dict[str, list[float]]
    missing: int

    def figures(self) -> dict[str, Any]:
        """p50, p95 and the longest of each."""
        return {who: {**spread(known), "count": len(known)} for who, known in self.seconds.items()} | {
            "missing": self.missing
        }


def run(console: Console, *, port: int) -> dict[str, Any]:
    """All three; `is_well`: every goal was met."""
    with connected() as wecom:
        with processes.web(port), ExitStack() as stack:
            for _number in range(PUMPS):
                stack.enter_context(processes.pump())
            flood.wait_until_listening()
            announced = _exits(wecom, port, silent=False)
            silent = _exits(wecom, port, silent=True)
        _show(console, announced, silent)
        drained = _drained(wecom)
    claims = {size: _claims(size) for size in SIZES}
    growth = round(drained["megabytes at most"] / drained["megabytes after 100"], 3)
    console.print(
        f"{drained['messages']} due messages to {READERS} colleagues: {drained['a minute']} a minute by {PUMPS} pumps, "
        f"at most {drained['most to one in a minute']} to one in a minute, {drained['not shown']} not shown; a pump "
        f"held {drained['megabytes after 100']} MB after its first hundred, {drained['megabytes at most']} MB at most"
    )
    ratio = round(claims[SIZES[1]] / claims[SIZES[0]], 2)
    console.print(
        f"taking ten in hand: {claims[SIZES[0]]} ms beside {SIZES[0]:,} rows, {claims[SIZES[1]]} ms beside "
        f"{SIZES[1]:,}: {ratio} times (goal ≤ {CLAIM_GOAL})"
    )
    at = {"announced": announced.figures(), "silent": silent.figures()}
    is_well = (
        at["announced"]["candidate"]["p95"] < ANNOUNCED_GOAL
        and at["silent"]["candidate"]["p95"] < SILENT_GOAL
        and not announced.missing + silent.missing + drained["not shown"]
        and growth <= FLAT
        and ratio <= CLAIM_GOAL
    )
    return {**at, "drained": drained, "claims": claims, "claim ratio": ratio, "is_well": is_well}


def _show(console: Console, announced: Waited, silent: Waited) -> None:
    table = Table(
        "told", "count", "p50", "p95", "max", title=f"{EXITS} exits in {WITHIN_SECONDS:.0f} s: seconds"
    )
    for name, one in (("announced", announced), ("silent, page visible", silent)):
        for who, known in one.figures().items():
            if isinstance(known, dict):
                table.add_row(
                    f"{name}: {who}",
                    str(known["count"]),
                    *(f"{known[key]:.2f}" for key in ("p50", "p95", "max")),
                )
        if one.missing:
            table.add_row(f"{name}: candidates not told", str(one.missing), "", "", "")
    console.print(table)


def _exits(wecom: WeComEmulator, port: int, *, silent: bool) -> Waited:
    """One after the other within a minute: announced over HTTP, or a last sign of life of a visible page."""
    rooms = _rooms(wecom)
    left: dict[int, datetime] = {}
    call, body = (
        ("heartbeat", {"epoch": 1, "visible": True})
        if silent
        else ("exit", {"epoch": 1, "choice": "leave", "cause": "network"})
    )

    def leave(room: InRoom) -> None:
        left[room.interview] = timezone.now()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
            headers = {"Cookie": f"room={room.cookie}"}
            client.post(f"/room/api/{call}", json=body, headers=headers).raise_for_status()

    threads, began = [], time.monotonic()
    for number, room in enumerate(rooms):
        time.sleep(max(0.0, began + number * WITHIN_SECONDS / len(rooms) - time.monotonic()))
        threads.append(threading.Thread(target=leave, args=(room,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    _until_told(left)
    return _waited(left)


def _rooms(wecom: WeComEmulator) -> list[InRoom]:
    """Interviews under way whose candidates wrote in WeChat just now, each five of a specialist of their own."""
    rooms = []
    for _number in range(EXITS // EACH):
        some = people.in_room(EACH)
        mark = secrets.token_hex(6)
        specialist = User.objects.create(
            username=f"bench-{mark}",
            name=f"专员{mark}",
            roles=[Role.RECRUITING],
            wecom_userid=f"bench-{mark}",
        )
        opening = Interview.objects.get(pk=some[0].interview).application.opening
        opening.specialist = specialist
        opening.save(update_fields=["specialist"])
        rooms += some
    ids = [room.interview for room in rooms]
    for candidate in Candidate.objects.filter(applications__interviews__in=ids):
        outside = f"wm-{candidate.pk}"
        wecom.say(outside, "你好")
        Conversation.objects.create(
            account=KF_ACCOUNT,
            external_userid=outside,
            addressee_type=Candidate._meta.label_lower,
            addressee_id=candidate.pk,
            wrote_at=timezone.now(),
        )
    return rooms


def _until_told(left: dict[int, datetime]) -> None:
    """Until every lease has ended and nothing of theirs is due any more, for some minutes at most."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        time.sleep(1)
        live = Lease.objects.filter(interview__in=left, live=True).exists()
        told = Message.objects.filter(origin_type=Interview._meta.label_lower, origin_id__in=left)
        waiting = told.filter(
            state__in=("planned", "sending"), due_at__lte=timezone.now(), audience="candidate"
        )
        candidates = told.filter(audience="candidate").values("origin_id").distinct().count()
        if not live and candidates >= len(left) and not waiting.exists():
            return


def _waited(left: dict[int, datetime]) -> Waited:
    """Of the interruption: the candidate at once; after a silent exit colleagues hear only when it lasts."""
    rows = Delivery.objects.filter(
        state=DeliveryState.ACCEPTED, channel__in=("kf", "wecom"),
        message__origin_type=Interview._meta.label_lower, message__origin_id__in=left,
        message__audience__in=("candidate", "specialist"), message__kind__in=("interrupted", "follow_up"),
    ).order_by("pk")  # fmt: skip
    first: dict[tuple[str, int], float] = {}
    for row in rows.select_related("message"):
        message = row.message
        if message.origin_id is None or message.accepted_at is None:
            continue
        since, who = left[message.origin_id], message.audience
        # What is told later on purpose waits from its time on.
        since = since if who == "candidate" else max(since, message.due_at)
        first.setdefault((who, message.origin_id), (message.accepted_at - since).total_seconds())
    seconds: dict[str, list[float]] = {"candidate": [], "specialist": []}
    for (who, _interview), took in first.items():
        seconds[who].append(took)
    return Waited(
        {who: known for who, known in seconds.items() if known}, len(left) - len(seconds["candidate"])
    )


def _drained(wecom: WeComEmulator) -> dict[str, Any]:
    """Ten thousand at once to colleagues who may each be shown twenty-five of them in the first minute."""
    mark = secrets.token_hex(4)
    readers = User.objects.bulk_create(
        User(username=f"reader-{mark}-{number}", name=f"同事{number}", wecom_userid=f"reader-{mark}-{number}")
        for number in range(READERS)
    )
    before = len(wecom.messages)
    with ExitStack() as stack:
        pids = [stack.enter_context(processes.pump()) for _number in range(PUMPS)]
        flood.wait_until_listening()
        messages = Message.objects.bulk_create(
            Message(
                kind="report_view", audience="colleague", user=readers[number % READERS], recipient_name="同事",
                due_at=timezone.now(), subject=f"第{number}条", body="请查看。", idem_key=f"bench-{mark}-{number}",
            )
            for number in range(MESSAGES)
        )  # fmt: skip
        Delivery.objects.bulk_create(Delivery(message=one, channel="wecom") for one in messages)
        began, held, early = time.monotonic(), [0.0], 0.0
        while len(wecom.messages) - before < MESSAGES and time.monotonic() - began < PATIENCE:
            time.sleep(0.5)
            now = max(_megabytes(pid) for pid in pids)
            held.append(now)
            if not early and len(wecom.messages) - before >= 100 * PUMPS:
                early = now
        took = time.monotonic() - began
    taken = [one for one in wecom.messages[before:] if one.userid.startswith("reader-")]
    return {
        "messages": len(taken),
        "seconds": round(took, 1),
        "a minute": round(60 * len(taken) / took),
        "most to one in a minute": _most_in_a_minute([(one.userid, one.at) for one in taken]),
        "not shown": MESSAGES - sum(one.shown for one in taken),
        "megabytes after 100": round(early or 1.0, 1),
        "megabytes at most": round(max(held), 1),
    }


def _most_in_a_minute(taken: Sequence[tuple[str, float]]) -> int:
    times: dict[str, list[float]] = {}
    for userid, at in taken:
        times.setdefault(userid, []).append(at)
    return max(
        (sum(begin <= at < begin + 60 for at in known) for known in times.values() for begin in known),
        default=0,
    )


def _megabytes(pid: int) -> float:
    """What the process holds of memory now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


# Copies of one message and its delivery, without the triggers that only note what is changed.
_FILL = """
    ALTER TABLE messaging_message DISABLE TRIGGER USER;
    ALTER TABLE messaging_delivery DISABLE TRIGGER USER;
    INSERT INTO messaging_message ({message})
    SELECT {message_values} FROM messaging_message, generate_series(1, %(count)s) AS number WHERE id = %(message)s;
    INSERT INTO messaging_delivery ({delivery})
    SELECT {delivery_values} FROM messaging_delivery CROSS JOIN messaging_message AS copy
    WHERE messaging_delivery.message_id = %(message)s AND copy.idem_key LIKE %(mark)s;
    SET CONSTRAINTS ALL IMMEDIATE;
    ALTER TABLE messaging_message ENABLE TRIGGER USER;
    ALTER TABLE messaging_delivery ENABLE TRIGGER USER;
"""


def _claims(size: int) -> float:
    """The median of taking ten in hand and giving them back, in milliseconds, beside so many that went out."""
    _fill(size - Delivery.objects.count())
    due = Delivery.objects.order_by("-pk").values_list("pk", flat=True)[:DUE]
    Delivery.objects.filter(pk__in=list(due)).update(state=DeliveryState.PENDING, due_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE messaging_message; ANALYZE messaging_delivery")
    taken = []
    for _number in range(CLAIMS):
        began = time.perf_counter()
        held = outbox.lease()
        taken.append(time.perf_counter() - began)
        outbox.give_back(held)
    Delivery.objects.filter(state=DeliveryState.PENDING).update(state=DeliveryState.ACCEPTED)
    return round(1000 * statistics.median(taken), 3)


def _fill(count: int) -> None:
    model = Delivery.objects.filter(state=DeliveryState.ACCEPTED, message__user__isnull=False).latest("pk")
    mark = secrets.token_hex(4)

    def columns(one: Any) -> list[str]:
        return [field.column for field in one._meta.concrete_fields if field.column != "id"]

    changed = {
        "idem_key": f"'fill-{mark}-' || number",
        "message_id": "copy.id",
        "provider_key": f"'{mark}' || copy.id",
        "lease_token": "''",
    }

    def values(one: Any, table: str) -> str:
        return ", ".join(changed.get(name, f"{table}.{name}") for name in columns(one))

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _FILL.format(
                message=", ".join(columns(Message)),
                message_values=values(Message, "messaging_message"),
                delivery=", ".join(columns(Delivery)),
                delivery_values=values(Delivery, "messaging_delivery"),
            ),
            {"count": max(0, count), "message": model.message_id, "mark": f"fill-{mark}-%"},
        )
