"""A run on paper: one JSON object for machines, tables for people."""

import statistics
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.simulate.compare import NOTICED_WITHIN, TOLD_WITHIN, Comparison
from tools.simulate.wire import Figures

MOST_SHOWN = 40
ALONE = (
    "follow-ups",
    "delays",
    "delays active",
    "training plans",
    "invitations",
    "exits of our making",
    "stayed and counted as gone",
)
PERCENT = 95


def spread(values: Sequence[float]) -> dict[str, float | int | None]:
    """How many, median, 95th percentile and worst; None where there is nothing."""
    if not values:
        return {"count": 0, "p50": None, "p95": None, "max": None}
    ordered = sorted(values)
    # The smallest value that at least 95 of 100 do not exceed.
    place = -(-PERCENT * len(ordered) // 100) - 1
    return {
        "count": len(ordered),
        "p50": round(statistics.median(ordered), 3),
        "p95": round(ordered[place], 3),
        "max": round(ordered[-1], 3),
    }


def as_json(
    comparison: Comparison, figures: Figures | None, options: dict[str, Any], took: float
) -> dict[str, Any]:
    """Everything that was found, for machines."""
    found: dict[str, Any] = {
        "options": options,
        "seconds": round(took, 1),
        "counts": comparison.counts,
        "times": {name: spread(values) for name, values in sorted(comparison.seconds.items())},
        "owed": comparison.owed,
        "differences": [vars(each) for each in comparison.differences],
    }
    if figures is not None:
        found["http"] = {
            "requests": figures.requests,
            "per_second": round(figures.requests / took, 1) if took else None,
            "by_call": {name: spread(values) for name, values in sorted(figures.seconds.items())},
            "refusals": dict(figures.refusals),
            "unanswered": dict(figures.troubles),
        }
    return found


def show(console: Console, found: dict[str, Any]) -> None:
    """The same for people."""
    counts = found["counts"]
    table = Table("", "sent", "acknowledged", "in the database", title="What was sent, and what is there")
    table.add_row("texts", str(counts["texts"]["sent"]), str(counts["texts"]["acknowledged"]), "")
    table.add_row("answers", "", str(counts["answers"]["acknowledged"]), str(counts["answers"]["held"]))
    table.add_row("stages", "", str(counts["stages"]["acknowledged"]), str(counts["stages"]["held"]))
    table.add_row("candidates", str(counts["candidates"]), _words(counts["ended"]), _words(counts["states"]))
    table.add_row("exits", _words(counts["left"]), f"{counts['returned']} returned", _words(counts["causes"]))
    for name in ALONE:
        table.add_row(name, "", "", str(counts[name]))
    table.add_row("reports", "", "", _words(counts["reports"]))
    console.print(table)
    goals = {"noticed silent": NOTICED_WITHIN, "told": TOLD_WITHIN, "second round": TOLD_WITHIN}
    times = Table("seconds until", "count", "p50", "p95", "max", "goal", title="How long it took")
    for name, each in found["times"].items():
        goal = f"≤ {goals[name]:.0f}" if name in goals else ""
        times.add_row(name, *(_number(each[key]) for key in ("count", "p50", "p95", "max")), goal)
    console.print(times)
    if "http" in found:
        _show_http(console, found["http"], found["seconds"])
    differences = found["differences"]
    if not differences:
        console.print("No difference: nothing lost, nothing stuck, nothing double.")
        return
    wrong = Table("difference", "interview", "expected", "found", title=f"{len(differences)} differences")
    for each in differences[:MOST_SHOWN]:
        wrong.add_row(each["what"], str(each["interview"] or ""), each["expected"], each["found"])
    console.print(wrong)


def _show_http(console: Console, http: dict[str, Any], took: float) -> None:
    calls = Table("call", "count", "p50", "p95", "max", title=f"{http['requests']} requests in {took:.0f} s")
    for name, each in http["by_call"].items():
        calls.add_row(name, *(_number(each[key]) for key in ("count", "p50", "p95", "max")))
    console.print(calls)
    if http["refusals"] or http["unanswered"]:
        console.print(
            f"Refused: {_words(http['refusals'])}. Tried again after: {_words(http['unanswered'])}."
        )


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.2f}"
