"""Who may change what: one table from roles to rights, read by services, pages and API alike.

Reading is wider: every HR colleague sees the product's tables, a manager the own tree.
"""

from collections.abc import Iterable
from enum import Enum
from functools import lru_cache

from core.collecting import declared
from people.enums import Role


class Right(Enum):
    """What a colleague may take care of."""

    RECRUIT = "recruit"  # openings, candidates, applications, interviews, links, follow-ups, decisions
    PREPARE = "prepare"  # onboarding cases and steps, employee files
    TRAIN = "train"  # courses, plans, items
    KEEP = "keep"  # the house itself: colleagues, departments, calendar, interview vendors, deleting


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.RECRUITING: frozenset({Right.RECRUIT}),
    Role.ONBOARDING: frozenset({Right.PREPARE}),
    Role.TRAINING: frozenset({Right.TRAIN}),
    Role.LEAD: frozenset(Right),
    Role.MANAGER: frozenset(),
}


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """All that these roles may do together."""
    return frozenset(right for role in roles if role in Role.values for right in RIGHTS[Role(role)])


@lru_cache(maxsize=1)
def _to_change() -> dict[str, Right]:
    """What it takes to add or change a row, as every app's `access.py` declares it: by app, or by model."""
    found: dict[str, Right] = {}
    for module in declared("access"):
        app = module.__name__.rpartition(".")[0]
        found |= {f"{app}.{model}" if model else app: right for model, right in module.TO_CHANGE.items()}
    return found


def right_to_change(app: str, model: str) -> Right | None:
    """The right that changing such a row takes; None where every HR colleague may."""
    return _to_change().get(f"{app}.{model}", _to_change().get(app))
