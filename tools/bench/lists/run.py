"""Loads each size and asks for every page of it."""

import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.progress import Progress

from tools.bench.lists import loading, measuring, report
from tools.bench.lists.pages import pages


def run(sizes: Sequence[int], console: Console, *, everything: bool) -> dict[str, Any]:
    """Print what each page costs at each size, and answer the figures. What the database held is gone."""
    found: report.Sizes = {}
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        for size in sorted(sizes):
            people = loading.load(size, progress=progress)
            asking = measuring.Asking()
            asked = list(pages(people))
            task = progress.add_task(f"{size:,} interviews: pages", total=len(asked))
            costs = {}
            for page in asked:
                costs[page.name] = asking.cost(page)
                progress.advance(task)
            found[size] = costs
    tables = measuring.sizes()
    report.show(found, tables, console, everything=everything)
    return report.figures(found, tables)
