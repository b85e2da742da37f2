"""Loads each size and asks for every page of it."""

import time
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from recruitment.models import Interview, Lease
from tools.bench import exits
from tools.bench.lists import company, loading, measuring, report
from tools.bench.lists.pages import pages

EXITS = 20


def run(sizes: Sequence[int], console: Console, *, everything: bool, loaded: bool = False) -> dict[str, Any]:
    """Print what each page costs at each size, and answer the figures. What the database held is gone, unless the
    company of an earlier run is asked for once more."""
    found: report.Sizes = {}
    spaces: dict[int, report.Space] = {}
    beside = Console(stderr=True)
    with Progress(console=beside, disable=not beside.is_terminal) as progress:
        for size in [Interview.objects.count()] if loaded else sorted(sizes):
            began = time.monotonic()
            people = company.known() if loaded else loading.load(size, progress=progress)
            took = time.monotonic() - began
            asking = measuring.Asking()
            asked = list(pages(people))
            beside.print(f"{size:,} interviews: there after {took:.0f} s, {len(asked):,} pages are asked for")
            task = progress.add_task(f"{size:,} interviews: pages", total=len(asked))
            costs = {}
            for page in asked:
                costs[page.name] = asking.cost(page)
                progress.advance(task)
            found[size] = costs
            beside.print(f"{size:,} interviews: asked for after {time.monotonic() - began:.0f} s")
            spaces[size] = report.Space(took, measuring.sizes(), _exits())
    report.show(found, spaces, console, everything=everything)
    return report.figures(found, spaces)


def _exits() -> exits.Inside:
    """What an exit with its chain writes: the first of those who are in the room."""
    live = Lease.objects.filter(live=True, epoch=1, expires_at__gt=timezone.now()).order_by("interview")
    return exits.inside(list(live.values_list("interview", flat=True)[:EXITS]))
