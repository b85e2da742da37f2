"""The run on paper: lines while it goes on, figures at its end; or one JSON object."""

import json
import sys
import time
from typing import Any

from rich.console import Console
from rich.table import Table

MOST_SHOWN = 40


class Report:
    """Says what happens on standard error, and what was found on standard output."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._aside = Console(stderr=True)

    def say(self, what: str) -> None:
        """One line now."""
        self._aside.print(f"{time.strftime('%H:%M:%S')}  {what}", highlight=False)

    def show(self, found: dict[str, Any]) -> None:
        """Everything that was found."""
        if self.as_json:
            sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
            return
        console = Console(file=sys.stdout, width=140, highlight=False)
        console.print(", ".join(f"{name} {value}" for name, value in found["about"].items()))
        if "pressed" in found:
            self._capacity(console, found)
            return
        table = Table("what happened", "seconds, and texts by number")
        for each in found["happened"]:
            measured = (f"{name} {value}" for name, value in each.items() if name != "what")
            table.add_row(each["what"], "\n".join(measured))
        console.print(table)
        for part in ("recorded", "promises broken", "jobs", "not said or not made good", "simulation failed"):
            if part in found:
                console.print(f"{part}: {found[part]}", markup=False)
        if simulation := found.get("simulation"):
            self._simulation(console, simulation)
            console.print(f"acknowledged and lost: {found['acknowledged and lost']}")
        console.print("nothing lost, stuck or double" if found["is_well"] else "NOT WELL")

    def _capacity(self, console: Console, found: dict[str, Any]) -> None:
        table = Table(*found["pressed"][0])
        for each in found["pressed"]:
            table.add_row(*map(str, each.values()))
        console.print(table)
        times = found["times"]
        compared = f"{times} times what one answers" if times is not None else "where one answered nothing"
        console.print(f"two machines answer {compared}")

    def _simulation(self, console: Console, simulation: dict[str, Any]) -> None:
        for part in ("counts", "owed", "times"):
            for name, value in simulation[part].items():
                console.print(f"{name}: {value}", markup=False)
        http = simulation["http"]
        console.print(
            f"{http['requests']} requests, unanswered {http['unanswered']}, refused {http['refusals']}"
        )
        for each in simulation["differences"][:MOST_SHOWN]:
            console.print(
                f"{each['what']}: interview {each['interview']}, {each['expected']}, found {each['found']}",
                markup=False,
            )
        console.print(f"{len(simulation['differences'])} differences")
