"""The end of each process's log: warnings and errors, counted by what they say; where they came from; what was slow."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hrsuite.diagnostics.cleaning import cleaned

# From the end of each file; and so many different entries of each.
READ_BYTES, MOST_ENTRIES, MOST_PLACES = 1024 * 1024, 100, 4
_LINE = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\S* (?P<level>[A-Z]+) \[\S*\] (?P<logger>\S+) (?P<message>.*)"
)
_PLACE = re.compile(r'\s*File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<name>\w+)')
_ERROR = re.compile(
    r"(?P<name>[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Timeout|Warning|DoesNotExist))(?::|$)"
)
_SLOW = re.compile(r"slow: (?P<what>\S+ \S+) took (?P<seconds>[\d.]+) s")
_LOUD = ("WARNING", "ERROR", "CRITICAL")


@dataclass(slots=True)
class Entry:
    """One kind of line: when it came last, how often, and of an error the class and the last places."""

    process: str
    level: str
    logger: str
    message: str
    last: str
    count: int = 1
    error: str = ""
    places: list[str] = field(default_factory=list)


def entries(folder: Path, known: frozenset[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The loud ones, the most frequent first; and the slow addresses, the slowest first."""
    loud: dict[tuple[str, ...], Entry] = {}
    slow: dict[str, tuple[int, float]] = {}
    for file in sorted(folder.glob("*.log")):
        for entry in _read(file):
            if found := _SLOW.fullmatch(entry.message):
                count, longest = slow.get(found["what"], (0, 0.0))
                slow[found["what"]] = count + 1, max(longest, float(found["seconds"]))
                continue
            entry.message = cleaned(entry.message, known)[:300]
            key = (entry.process, entry.level, entry.logger, entry.message, entry.error)
            if key in loud:
                entry.count += loud[key].count
            loud[key] = entry
    by_count = sorted(loud.values(), key=lambda one: -one.count)[:MOST_ENTRIES]
    slowest = sorted(slow.items(), key=lambda one: -one[1][1])[:MOST_ENTRIES]
    return [{name: getattr(one, name) for name in Entry.__slots__} for one in by_count], [
        {"route": what, "count": count, "longest_seconds": longest} for what, (count, longest) in slowest
    ]


def _read(file: Path) -> Iterator[Entry]:
    """Entries of either form; lines of a traceback belong to the entry above them."""
    entry: Entry | None = None
    for line in _end_of(file):
        if (begun := _begun(file.stem, line)) is not None:
            if entry is not None and entry.level in _LOUD:
                yield entry
            entry = begun
        elif entry is not None:
            _trace(entry, line)
    if entry is not None and entry.level in _LOUD:
        yield entry


def _begun(process: str, line: str) -> Entry | None:
    if line.startswith("{"):
        try:
            said = json.loads(line)
            entry = Entry(
                process, said["level"], said["logger"], said["message"].partition("\n")[0], said["at"][:19]
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        for one in str(said.get("trace", "")).splitlines():
            _trace(entry, one)
        return entry
    found = _LINE.fullmatch(line)
    return Entry(process, found["level"], found["logger"], found["message"], found["at"]) if found else None


def _trace(entry: Entry, line: str) -> None:
    """The places as module and line, the error as its class: an error's sentence may quote anything."""
    if place := _PLACE.fullmatch(line):
        file = Path(place["file"])
        entry.places = [*entry.places, f"{file.parent.name}/{file.name}:{place['line']} {place['name']}"][
            -MOST_PLACES:
        ]
    elif error := _ERROR.match(line):
        entry.error = error["name"]


def _end_of(file: Path) -> list[str]:
    try:
        with file.open("rb") as opened:
            opened.seek(max(0, os.fstat(opened.fileno()).st_size - READ_BYTES))
            return opened.read().decode(errors="replace").splitlines()
    except OSError:
        return []
