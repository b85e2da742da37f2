"""The table of all pages at all sizes."""

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.bench.lists.measuring import Cost

GOAL_MILLISECONDS, GOAL_GROWTH = 150.0, 1.5
# Below this a page is quick enough, however much quicker it once was.
NOTICEABLE = 50.0
SHOWN = 40
Sizes = dict[int, dict[str, Cost]]


def slowest(found: Sizes) -> list[str]:
    """The pages, those first that take longest at the largest size."""
    largest = found[max(found)]
    return sorted(largest, key=lambda name: -largest[name].milliseconds)


def is_slow(found: Sizes, page: str) -> bool:
    """Whether it misses the goal at the largest size: in time, or in growth from the smallest."""
    cost, growth = found[max(found)][page], growth_of(found, page)
    return cost.milliseconds > GOAL_MILLISECONDS or (growth > GOAL_GROWTH and cost.milliseconds > NOTICEABLE)


def growth_of(found: Sizes, page: str) -> float:
    """How many times as long it takes at the largest size as at the smallest."""
    first = found[min(found)].get(page)
    last = found[max(found)][page]
    return last.milliseconds / first.milliseconds if first else 1.0


def show(found: Sizes, tables: list[tuple[str, int, int]], console: Console, *, everything: bool) -> None:
    """The pages, the tables, and how many pages miss the goal."""
    sizes = sorted(found)
    table = Table(
        "page", "queries", *(f"{size:,}" for size in sizes), "growth", "SQL", "kB", title="Lists, ms"
    )
    names = slowest(found)
    for name in names if everything else names[:SHOWN]:
        cost = found[sizes[-1]][name]
        wrong = "" if cost.status == 200 else f" [{cost.status}]"  # noqa: PLR2004 -- HTTP's
        at = [f"{found[size][name].milliseconds:.0f}" if name in found[size] else "–" for size in sizes]
        sql = f"{cost.sql:.1f}" if cost.sql is not None else ""
        table.add_row(
            f"{name}{wrong}",
            str(cost.queries),
            *at,
            f"{growth_of(found, name):.1f}",
            sql,
            f"{cost.kilobytes:.0f}",
        )
    console.print(table)
    space = Table("table", "rows", "MB", title=f"Disk at {sizes[-1]:,} interviews")
    for name, rows, size in tables[:SHOWN]:
        space.add_row(name, f"{rows:,}", f"{size / 2**20:.0f}")
    space.add_row("all", "", f"{sum(size for _name, _rows, size in tables) / 2**20:.0f}")
    console.print(space)
    for size in sizes:
        slow = sum(cost.milliseconds > GOAL_MILLISECONDS for cost in found[size].values())
        failed = sum(cost.status >= 400 for cost in found[size].values())  # noqa: PLR2004 -- HTTP's
        console.print(
            f"{size:,}: {len(found[size])} pages, {slow} over {GOAL_MILLISECONDS:.0f} ms, {failed} failed"
        )
    if len(sizes) > 1:
        missed = sum(is_slow(found, name) for name in names)
        console.print(
            f"{missed} of {len(names)} miss the goal: {GOAL_MILLISECONDS:.0f} ms, and {GOAL_GROWTH} times as long as at"
            f" {sizes[0]:,} (counted from {NOTICEABLE:.0f} ms)"
        )


def figures(found: Sizes, tables: list[tuple[str, int, int]]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "pages": {str(size): [asdict(cost) for cost in costs.values()] for size, costs in found.items()},
        "tables": [{"table": name, "rows": rows, "bytes": size} for name, rows, size in tables],
        "missed": [name for name in slowest(found) if is_slow(found, name)],
    }
