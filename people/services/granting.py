"""What a role may is changed: by an administrator, with a reason that the history keeps."""

from collections.abc import Mapping
from hashlib import sha256

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid, Refused
from core.history.context import because
from people.actors import Actor, actor_user, require_right
from people.enums import Role
from people.models import RoleRight, User
from people.models.rights import read_grid
from people.rights import BY_DEPARTMENT, NEED_READING, SEEDED, Grid, Reach, Right, is_fixed

LONGEST_REASON = 200
Cells = Mapping[tuple[str, str], str]
_WIDTH = {Reach.NONE: 0, Reach.DEPARTMENT: 1, Reach.HOUSE: 2}


def version_of(grid: Grid) -> str:
    """What tells two states of the grid apart."""
    return sha256(repr(sorted(grid.cells.items())).encode()).hexdigest()[:16]


def change_grid(*, cells: Cells, reason: str, version: str, by: Actor) -> int:
    """Bring these cells to what is asked; answers how many came to differ. All or none.

    Forbidden: not_permitted; own_role, where it gives the person's own roles what the person has not. Invalid:
    reason_missing, reason_too_long, cell_unknown, reach_invalid. Refused: right_fixed, needs_reading, and
    changed_meanwhile when the grid is no longer that of `version`.
    """
    require_right(by, Right.GRANT)
    reason = _reason(reason)
    with transaction.atomic(), because(reason):
        held = _locked()
        if version != version_of(read_grid()):
            raise Refused(
                "changed_meanwhile", _("Somebody else has changed this meanwhile: please look again.")
            )
        wanted = {key: _reach(key, reach, held) for key, reach in cells.items()}
        changed = {key: reach for key, reach in wanted.items() if held[key].reach != reach}
        person = actor_user(by)
        for key, reach in changed.items():
            _require_allowed(key, reach, held[key], person)
        for key, reach in changed.items():
            held[key].reach = reach
        _require_reading(held)
        for key in changed:
            held[key].save(update_fields=["reach"])
    return len(changed)


def require_another(account: User) -> None:
    """Before an administrator's account is closed, or made none: somebody else must be left who keeps the grid.

    Refused: last_administrator. The others' rows are locked, so that two do not close each other.
    """
    keeping = Q(is_superuser=True) | Q(roles__contains=[Role.ADMINISTRATOR])
    others = User.objects.select_for_update().order_by("pk").filter(keeping, is_active=True)
    if account.pk not in {one.pk for one in others} or len(others) > 1:
        return
    raise Refused(
        "last_administrator",
        _("This is the last account that keeps the rights: give them to somebody else first."),
    )


def seed() -> None:
    """Every cell that is not there yet: in a table that was never written as a new house has it, else nobody's."""
    is_new = not RoleRight.objects.exists()
    rows = [
        RoleRight(
            role=role,
            right=right,
            reach=SEEDED.cells.get((role, right), Reach.NONE) if is_new else Reach.NONE,
        )
        for role in Role.values
        for right in Right.values
    ]
    RoleRight.objects.bulk_create(rows, ignore_conflicts=True)


def _locked() -> dict[tuple[str, str], RoleRight]:
    seed()
    rows = RoleRight.objects.select_for_update().order_by("pk")
    return {(row.role, row.right): row for row in rows}


def _reason(typed: str) -> str:
    reason = typed.replace("\x00", "").strip()
    if not reason:
        raise Invalid("reason_missing", _("Please say why."))
    if len(reason) > LONGEST_REASON:
        raise Invalid("reason_too_long", _("Please use 200 characters at most."))
    return reason


def _reach(key: tuple[str, str], typed: str, held: Mapping[tuple[str, str], RoleRight]) -> Reach:
    if key not in held:
        raise Invalid("cell_unknown", _("There is no such role or right."))
    if typed not in Reach.values or (typed == Reach.DEPARTMENT and key[1] not in BY_DEPARTMENT):
        raise Invalid("reach_invalid", _("This right cannot be given in this way."))
    return Reach(typed)


def _require_allowed(key: tuple[str, str], reach: Reach, row: RoleRight, person: User | None) -> None:
    role, right = key
    if is_fixed(role, right):
        raise Refused(
            "right_fixed",
            _(
                "%(what)s stays as it is: administrators keep accounts and this grid, and nobody else the grid."
            )
            % {"what": row},
        )
    if person is None or person.is_superuser or role not in person.roles:
        return
    if _WIDTH[reach] > _WIDTH[person.rights.get(Right(right), Reach.NONE)]:
        raise Forbidden("own_role", _("Nobody gives a role of their own what they have not got themselves."))


def _require_reading(held: Mapping[tuple[str, str], RoleRight]) -> None:
    for role in Role.values:
        if held[role, Right.READ].reach != Reach.NONE:
            continue
        blind = next((right for right in NEED_READING if held[role, right].reach != Reach.NONE), None)
        if blind is not None:
            raise Refused(
                "needs_reading",
                _("%(role)s: whoever takes care of something reads what HR knows, too.")
                % {"role": Role(role).label},
            )
