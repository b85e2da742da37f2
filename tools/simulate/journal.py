"""The candidates' side of the story: what was sent, and what the server said it has. The oracle of every comparison.

Written as lines of JSON when a file is given, each line handed to the system at once, so that a simulation that is
killed loses nothing of what it knows.
"""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any


@dataclass
class Told:
    """What one candidate sent and what was acknowledged."""

    number: int
    interview: int
    # question → {revision: text}
    sent: dict[int, dict[int, str]] = field(default_factory=dict)
    acknowledged: dict[int, int] = field(default_factory=dict)
    finished: set[int] = field(default_factory=set)
    stages_sent: set[int] = field(default_factory=set)
    stages: set[int] = field(default_factory=set)
    entered: int = 0
    # How the candidate left, when the last sign of life was sent, and whether the server acknowledged the leaving.
    way: str | None = None
    cause: str = ""
    last_sign: float | None = None
    leave_acknowledged: bool = False
    left_at: float | None = None
    returned: bool = False
    # completed, away, or why not; None when the simulation ended before the candidate did.
    ended: str | None = None
    lost_on_return: list[int] = field(default_factory=list)


class Journal:
    """Notes of all candidates, by interview."""

    def __init__(self, path: Path | None = None) -> None:
        self.told: dict[int, Told] = {}
        self._file: IO[str] | None = path.open("a", buffering=1, encoding="utf-8") if path else None

    def note(self, what: str, interview: int, **facts: Any) -> None:
        """Keep one fact: in memory, and as a line of the file."""
        self._take(what, interview, facts)
        if self._file:
            line = {"at": time.time(), "what": what, "interview": interview, **facts}
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()

    def _take(self, what: str, interview: int, facts: dict[str, Any]) -> None:
        if what == "candidate":
            self.told[interview] = Told(interview=interview, **facts)
            return
        told = self.told[interview]
        match what:
            case "text_sent":
                told.sent.setdefault(facts["question"], {})[facts["revision"]] = facts["text"]
            case "text_acknowledged":
                known = told.acknowledged.get(facts["question"], 0)
                told.acknowledged[facts["question"]] = max(known, facts["revision"])
            case "answer_finished":
                told.finished.add(facts["question"])
            case "stage_sent":
                told.stages_sent.add(facts["stage"])
            case "stage_saved":
                told.stages.add(facts["stage"])
            case "entered":
                told.entered += 1
            case "left":
                for name, value in facts.items():
                    setattr(told, name, value)
            case "returned":
                told.returned = True
                told.lost_on_return += facts.get("lost", [])
            case "ended":
                told.ended = facts["how"]


def read(path: Path) -> Journal:
    """A journal back from its file. A line cut off by a kill is the last one, and was never acknowledged by anybody."""
    journal = Journal()
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            facts = json.loads(line)
        except ValueError:
            break
        facts.pop("at")
        journal._take(facts.pop("what"), facts.pop("interview"), facts)
    return journal
