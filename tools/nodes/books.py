"""What the database holds when all is over: the candidates' own books, the data check, and what jobs became of it."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import django

from tools.nodes.story import Happened

# What the simulation calls a thing that was acknowledged and is not there.
LOST = (
    "answer missing",
    "answer different",
    "answer not finished",
    "checkpoint missing",
    "interview missing",
)
# The same looks and counts for an installation that this process is no part of: lines for its own shell.
PROMISES = """
import json
from tools.nodes import books
print(json.dumps([books.promises(), books.jobs()]))
"""
# The demo's phones, their WeCom and their SMS are one machine's own, gone with its power and in no other's reach, and
# their books are not kept here: nobody is written to by them.
NO_PHONES = """
from messaging.models import SmsConnection, WeComConnection
for connection in (SmsConnection, WeComConnection):
    connection.objects.update(is_active=False)
"""
WRONG_PIECES = ("lost", "double", "unknown", "spoilt", "wrong")


def books(
    *,
    simulated: dict[str, Any] | str,
    recorded: dict[str, Any],
    happened: Sequence[Happened],
    env: Mapping[str, str],
    about: dict[str, Any],
) -> dict[str, Any]:
    """All figures of the run; `is_well` when nothing was lost, stuck or double."""
    os.environ.update(env)
    os.environ["DJANGO_SETTINGS_MODULE"] = "hrsuite.settings"
    django.setup()
    from tools.bench import machine  # noqa: PLC0415 -- needs the settings

    found: dict[str, Any] = {
        "about": {**machine.facts(), **about},
        "happened": [
            {"what": each.what, **{name: round(value, 1) for name, value in each.measured.items()}}
            for each in happened
        ],
        "recorded": recorded,
        "promises broken": promises(),
        "jobs": jobs(),
    }
    if isinstance(simulated, str):
        return found | {"simulation failed": simulated[-3000:], "is_well": False}
    return found | {
        "simulation": simulated,
        "acknowledged and lost": sum(each["what"] in LOST for each in simulated["differences"]),
        "is_well": is_well(simulated, recorded, found["promises broken"]),
    }


def is_well(simulated: dict[str, Any], recorded: dict[str, Any], broken: Mapping[str, object]) -> bool:
    """Whether nothing was lost, stuck or double: nothing differs, nothing is owed, every piece is there once."""
    pieces_are = bool(recorded) and not any(recorded[name] for name in WRONG_PIECES)
    return not simulated["differences"] and not any(simulated["owed"].values()) and pieces_are and not broken


def promises() -> dict[str, int | None]:
    """The data check's own looks: what is broken, with how many rows; None where it could not be looked at."""
    from core.checks import checking  # noqa: PLC0415
    from core.checks.models import Check  # noqa: PLC0415

    checking.check_all(by="nodes")
    return {row.code: row.count for row in Check.objects.red()}


def jobs() -> dict[str, int]:
    """How many jobs ended well and how many did not, how many wait, and how many were begun more than once."""
    from django_q.models import OrmQ, Task  # noqa: PLC0415

    return {
        "ended well": Task.objects.filter(success=True).count(),
        "failed": Task.objects.filter(success=False).count(),
        "begun more than once": Task.objects.filter(attempt_count__gt=1).count(),
        "waiting": OrmQ.objects.count(),
    }
