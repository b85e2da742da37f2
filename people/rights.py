"""Who may change what: one table from roles to rights, read by services, pages and API alike.

Reading is wider: every HR colleague sees the product's tables, a manager the own tree.
"""

from collections.abc import Iterable
from enum import Enum

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
# What it takes to add or change a row, by app and, where it differs, by model; elsewhere any HR role will do.
_TO_CHANGE = {
    "recruitment": Right.RECRUIT,
    "recruitment.vendor": Right.KEEP,
    "recruitment.vendorevent": Right.KEEP,
    "onboarding": Right.PREPARE,
    "training": Right.TRAIN,
    "people": Right.KEEP,
    "people.employee": Right.PREPARE,
}


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """All that these roles may do together."""
    return frozenset(right for role in roles if role in Role.values for right in RIGHTS[Role(role)])


def right_to_change(app: str, model: str) -> Right | None:
    """The right that changing such a row takes; None where every HR colleague may."""
    return _TO_CHANGE.get(f"{app}.{model}", _TO_CHANGE.get(app))
