"""Who may change what: the grid of role × right, read by services, pages and API alike.

It stands in a table (people.models.RoleRight) that an administrator changes; `SEED` is what a new house begins with.
A person's grid is read once, with the person: a page and its steps ask no second time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.collecting import declared
from people.enums import Role


class Right(models.TextChoices):
    """What a colleague may take care of."""

    READ = "read", _("Read what HR knows")  # candidates, interviews, files, reports, of the whole house
    RECRUIT = "recruit", _("Recruit")  # openings, candidates, applications, interviews, links, follow-ups
    PREPARE = "prepare", _("Prepare starts")  # onboarding cases and steps, employee files
    TRAIN = "train", _("Plan training")  # courses, plans, items
    PAY = "pay", _("See and set what is paid")  # salary ranges, the salary and letter of an offer
    IDENTITY = "identity", _("See and enter identity documents and addresses")  # of new hires, in full
    COMPARE = "compare", _("Compare groups of candidates")  # by what they said with consent; no single person
    DECIDE = (
        "decide",
        _("Decide for HR"),
    )  # approvals beyond the rule, deleting, legal holds, looking as others
    KEEP = "keep", _("Keep the house")  # colleagues, departments, calendar, keys, sign-in rules, vendors
    RUN = "run", _("Run the machine")  # jobs and what they owe
    GRANT = "grant", _("Change this grid")


class Reach(models.TextChoices):
    """For which rows a right holds. A person without a department has the whole house either way."""

    NONE = "none", "–"
    DEPARTMENT = "department", _("own department and below")
    HOUSE = "house", _("whole house")


# Of these a role may have the own department's part alone; the others are about the house.
BY_DEPARTMENT = frozenset({Right.RECRUIT, Right.PAY})
# What somebody takes care of, they read.
NEED_READING = frozenset({Right.RECRUIT, Right.PREPARE, Right.TRAIN, Right.PAY, Right.IDENTITY, Right.DECIDE})

Cells = Mapping[tuple[str, str], str]

SEED: dict[Role, dict[Right, Reach]] = {
    Role.RECRUITING: {
        Right.READ: Reach.HOUSE,
        Right.RECRUIT: Reach.DEPARTMENT,
        Right.PAY: Reach.DEPARTMENT,
    },
    Role.ONBOARDING: {Right.READ: Reach.HOUSE, Right.PREPARE: Reach.HOUSE, Right.IDENTITY: Reach.HOUSE},
    Role.TRAINING: {Right.READ: Reach.HOUSE, Right.TRAIN: Reach.HOUSE},
    Role.LEAD: {
        Right.READ: Reach.HOUSE,
        Right.RECRUIT: Reach.HOUSE,
        Right.PREPARE: Reach.HOUSE,
        Right.TRAIN: Reach.HOUSE,
        Right.PAY: Reach.HOUSE,
        Right.IDENTITY: Reach.HOUSE,
        Right.DECIDE: Reach.HOUSE,
        Right.KEEP: Reach.HOUSE,
    },
    Role.MANAGER: {},
    Role.INTERVIEWER: {},
    Role.ADMINISTRATOR: {Right.KEEP: Reach.HOUSE, Right.RUN: Reach.HOUSE, Right.GRANT: Reach.HOUSE},
}


@dataclass(frozen=True, slots=True)
class Grid:
    """What each role may, as it stood when it was read."""

    cells: Cells

    @classmethod
    def of(cls, stated: Iterable[str]) -> "Grid":
        """From "role:right:reach", one for each row of the table.

        A table without any row is one that was never written, since no service takes a row away: then that counts
        which a house begins with.
        """
        read = [tuple(one.split(":")) for one in stated]
        if not read:
            return SEEDED
        return cls({(role, right): reach for role, right, reach in read if reach != Reach.NONE})

    def of_roles(self, roles: Iterable[str]) -> dict[Right, Reach]:
        """All that these roles may do together, each right with the wider of its reaches."""
        found: dict[Right, Reach] = {}
        for role in roles:
            for right in Right:
                reach = self.cells.get((role, right))
                if reach is not None and found.get(right) != Reach.HOUSE:
                    found[right] = Reach(reach)
        return found


SEEDED = Grid(
    {(str(role), str(right)): str(reach) for role, rights in SEED.items() for right, reach in rights.items()}
)


def is_fixed(role: str, right: str) -> bool:
    """Nobody changes these: the grid stays in the administrators' reach, with the accounts, and out of all others'."""
    return right == Right.GRANT or (role == Role.ADMINISTRATOR and right == Right.KEEP)


@lru_cache(maxsize=1)
def _to_change() -> dict[str, Right]:
    """What it takes to add or change a row, as every app's `access.py` declares it: by app, or by model."""
    found: dict[str, Right] = {}
    for module in declared("access"):
        app = module.__name__.rpartition(".")[0]
        declares = getattr(module, "TO_CHANGE", {})
        found |= {f"{app}.{model}" if model else app: right for model, right in declares.items()}
    return found


@lru_cache(maxsize=1)
def _kept() -> frozenset[str]:
    """The tables that whoever keeps the house reads without reading anything of a candidate: KEPT of `access.py`."""
    return frozenset(
        f"{module.__name__.rpartition('.')[0]}.{model}"
        for module in declared("access")
        for model in getattr(module, "KEPT", ())
    )


def right_to_change(app: str, model: str) -> Right | None:
    """The right that changing such a row takes; None where every HR colleague may."""
    return _to_change().get(f"{app}.{model}", _to_change().get(app))


def rights_to_see(app: str, model: str = "") -> frozenset[Right]:
    """The rights each of which opens such a table; without a model, each of which opens any table of the app."""
    kept = f"{app}.{model}" in _kept() if model else any(one.startswith(f"{app}.") for one in _kept())
    return frozenset({Right.READ, Right.KEEP} if kept else {Right.READ})
