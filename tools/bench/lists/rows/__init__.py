"""The rows around each interview, as INSERT … SELECT over a plan of all interviews (`bench_row`), a stretch at a time."""

from tools.bench.lists.rows import hiring, interviewing, judging, telling
from tools.bench.lists.rows.drawing import DAYS, PLAN, Rows

__all__ = ["DAYS", "PLAN", "ROWS", "Rows"]

# In an order in which they may refer to each other.
ROWS: tuple[Rows, ...] = (*interviewing.ROWS, *judging.ROWS, *hiring.ROWS, *telling.ROWS)
