"""What a dead primary took with it: the texts that were acknowledged, against what its copy has when it is promoted."""

import json
import time
from pathlib import Path
from typing import Any

from core.process import roles
from tools.nodes.databases import Database

Place = tuple[int, int]


def acknowledged(journal: Path, before: float) -> dict[Place, dict[int, float]]:
    """(interview, question) → {revision: when it was acknowledged}, up to a moment of the clock."""
    found: dict[Place, dict[int, float]] = {}
    for line in journal.read_text(encoding="utf-8").splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            break  # is being written
        if said["what"] == "text_acknowledged" and said["at"] <= before:
            found.setdefault((said["interview"], said["question"]), {})[said["revision"]] = said["at"]
    return found


def lost(told: dict[Place, dict[int, float]], held: dict[Place, int]) -> list[float]:
    """When each was acknowledged that is not held, the first one first: neither under its revision nor a later one."""
    return sorted(
        at for place, texts in told.items() for revision, at in texts.items() if revision > held.get(place, 0)
    )


def of_copy(copy: Database, journal: Path, gone_at: float) -> dict[str, float]:
    """Asked of the copy before it is promoted: how many were acknowledged and are lost, and over how many seconds."""
    with roles.connect(copy.place, roles.NAME) as inside:
        _until_replayed(inside)
        rows = inside.execute(
            "SELECT interview_id, question_id, max(revision) FROM recruitment_answer GROUP BY 1, 2"
        )
        held = {(interview, question): revision for interview, question, revision in rows}
    told = acknowledged(journal, gone_at)
    missing = lost(told, held)
    return {
        "acknowledged texts": sum(map(len, told.values())),
        "of these lost": len(missing),
        "seconds of them": gone_at - missing[0] if missing else 0.0,
    }


def _until_replayed(inside: Any) -> None:
    asked = "SELECT pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()"
    while inside.execute(asked).fetchone() != (True,):
        time.sleep(0.05)
