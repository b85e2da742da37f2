"""Who comes into the demo's room by themselves: over HTTP, two at a time, one of them away for a while."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from recruitment.models import Answer, Interview, InterviewExit
from recruitment.services import leases
from tools.demo import content, guests, start, visiting
from tools.simulate.journal import Journal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_each_guest_is_in_the_room_once_and_ends_it(live_server: Any, tmp_path: Path) -> None:
    call_command("load_demo", verbosity=0)
    start.prepare(tmp_path / "demo.json")
    path = tmp_path / visiting.NAME
    guests.prepare(path)
    visitors = json.loads(path.read_text())["guests"]
    coming = [one["interview"] for one in visitors]

    # In a thread of its own: this one may hold the loop of a browser that an earlier test began.
    with ThreadPoolExecutor(1) as thread:
        journal = thread.submit(asyncio.run, _come(visitors, live_server.url)).result()

    assert {told.interview: told.ended for told in journal.told.values()} == dict.fromkeys(
        coming, "completed"
    )
    assert set(Interview.objects.filter(pk__in=coming).values_list("state", flat=True)) == {"completed"}
    # One closed the page and came back; nobody else was away.
    away = InterviewExit.objects.filter(interview__in=coming)
    assert [(row.interview_id, row.cause, row.returned_at is not None) for row in away] == [
        (coming[visiting.LEAVES], "page_closed", True)
    ]
    # Most say all there is to say, some only half of it: their own words, no simulation's.
    whole = set(content.samples().values())
    said = [answer.text in whole for answer in Answer.objects.filter(interview__in=coming)]
    assert said.count(True) == 4 * len(whole) and said.count(False) == 2 * len(whole)
    # Who was there does not come again at the next start.
    assert guests.prepare(path) == []


async def _come(visitors: list[dict[str, Any]], base_url: str) -> Journal:
    """All of them, while somebody looks after leases as the pump does."""
    coming = asyncio.create_task(visiting.come(visitors, base_url, pace=0.2, apart=0.0, away=0.1))
    while not coming.done():
        await asyncio.to_thread(_notice)
        await asyncio.sleep(0.5)
    return coming.result()


def _notice() -> None:
    leases.interrupt_lapsed()
    connection.close()


def test_without_guests_nobody_comes(tmp_path: Path) -> None:
    assert visiting.begin(tmp_path, "http://127.0.0.1:9") is None
