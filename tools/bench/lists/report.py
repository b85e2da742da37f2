"""The table of all pages at all sizes."""

import statistics
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.bench import writing
from tools.bench.exits import Inside
from tools.bench.lists.measuring import Cost

GOAL_MILLISECONDS, GOAL_GROWTH = 150.0, 1.5
# Below this a page is quick enough, however much quicker it once was.
NOTICEABLE = 50.0
SHOWN = 40
MILLION = 1_000_000
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


@dataclass(frozen=True, slots=True)
class Space:
    """What a company of one size took: seconds to load, each table's rows and bytes, what twenty exits wrote."""

    loading: float
    tables: list[tuple[str, int, int]]
    exits: Inside

    @property
    def bytes(self) -> int:
        """All tables with their indexes."""
        return sum(size for _name, _rows, size in self.tables)

    @property
    def of_an_exit(self) -> float:
        """KB of write-ahead log, the median; 0 where nobody was in the room."""
        return statistics.median(self.exits.kilobytes or [0])


def bare(costs: dict[str, Cost]) -> float:
    """What a page of the back office takes that finds nothing: the median of the searches for nobody."""
    return statistics.median(
        cost.milliseconds for name, cost in costs.items() if name.endswith("search nobody")
    )


def is_dear(cost: Cost, bare_page: float) -> bool:
    """Whether the page takes more than its rows fetched by hand and a bare page, half as much again."""
    return cost.sql is not None and cost.milliseconds > GOAL_GROWTH * (cost.sql + bare_page)


def grows_in_the_database(found: Sizes, page: str) -> bool:
    """Whether it is the statements that take longer, not the rows that a small company does not have to be drawn."""
    first, last = found[min(found)].get(page), found[max(found)][page]
    before = first.database if first else 0.0
    return last.database > NOTICEABLE / 2 and last.database > GOAL_GROWTH * before


def show(found: Sizes, spaces: dict[int, Space], console: Console, *, everything: bool) -> None:
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
    _show_space(sizes[-1], spaces[sizes[-1]], console)
    for size in sizes:
        known = spaces[size]
        console.print(
            f"{size:,}: loaded in {known.loading:.0f} s, {known.bytes / 2**30:.2f} GB, that is"
            f" {known.bytes / size * MILLION / 2**30:.1f} GB for a million; an exit with its chain writes"
            f" {known.of_an_exit:.0f} KB of log{'' if writing.whole_pages() else ' (whole pages not counted)'}"
        )
    for size in sizes:
        slow = sum(cost.milliseconds > GOAL_MILLISECONDS for cost in found[size].values())
        failed = sum(cost.status >= 500 for cost in found[size].values())  # noqa: PLR2004 -- HTTP's
        # What a manager may not see, and the second page of a list that has one.
        refused = sum(400 <= cost.status < 500 for cost in found[size].values())  # noqa: PLR2004 -- HTTP's
        console.print(
            f"{size:,}: {len(found[size])} pages, {slow} over {GOAL_MILLISECONDS:.0f} ms, {failed} failed,"
            f" {refused} not for whoever asked"
        )
    bare_page = bare(found[sizes[-1]])
    dear = sum(is_dear(cost, bare_page) for cost in found[sizes[-1]].values())
    by_hand = sum(cost.sql is not None for cost in found[sizes[-1]].values())
    console.print(
        f"A bare page takes {bare_page:.0f} ms; {dear} of {by_hand} lists take more than {GOAL_GROWTH} times that and"
        " their rows by hand"
    )
    if len(sizes) > 1:
        missed = [name for name in names if is_slow(found, name)]
        by_database = sum(grows_in_the_database(found, name) for name in missed)
        console.print(
            f"{len(missed)} of {len(names)} miss the goal: {GOAL_MILLISECONDS:.0f} ms, and {GOAL_GROWTH} times as long"
            f" as at {sizes[0]:,} (counted from {NOTICEABLE:.0f} ms); {by_database} of them by the database's own time,"
            " the others draw a fuller page"
        )


def _show_space(size: int, space: Space, console: Console) -> None:
    table = Table("table", "rows", "MB", "MB for a million", title=f"Disk at {size:,} interviews")
    for name, rows, of_table in space.tables[:SHOWN]:
        table.add_row(
            name, f"{rows:,}", f"{of_table / 2**20:.0f}", f"{of_table / size * MILLION / 2**20:,.0f}"
        )
    table.add_row("all", "", f"{space.bytes / 2**20:.0f}", f"{space.bytes / size * MILLION / 2**20:,.0f}")
    console.print(table)


def figures(found: Sizes, spaces: dict[int, Space]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "pages": {str(size): [asdict(cost) for cost in costs.values()] for size, costs in found.items()},
        "sizes": {
            str(size): {
                "loading_seconds": round(space.loading, 1),
                "bytes": space.bytes,
                "exit_wal_kilobytes": round(space.of_an_exit, 1),
                "exit_queries": max(space.exits.queries, default=None),
                "tables": [{"table": name, "rows": rows, "bytes": of} for name, rows, of in space.tables],
            }
            for size, space in spaces.items()
        },
        "bare page": round(bare(found[max(found)]), 1),
        "missed": [name for name in slowest(found) if is_slow(found, name)],
    }
