"""What colleagues can be asked to decide on in WeCom: each kind declared once, by a floor above."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.utils.functional import Promise

if TYPE_CHECKING:
    from messaging.models import Approval
    from people.models import User


class Over(NamedTuple):
    """Why nobody has to decide any more: a code, and the colleague who decided here."""

    code: str
    decided_by: "User | None" = None


@dataclass(frozen=True, kw_only=True, eq=False)
class ApprovalKind:
    """One matter. `stands`: whether it is still to be decided. `decide` takes the step that stands for an answer (True:
    agreed), in the caller's transaction, by the rights of the colleague who gave it, with their words; raises what the
    service raises.

    `tell` says to these colleagues what became of it, in the caller's transaction: to whoever asked, that it came to
    nothing; to whoever was asked, that somebody decided on it here. Of what failed it asks whoever may decide here.

    `over`: why one that does not stand any more has not to be decided. `sentences`: what its codes mean.
    """

    code: str
    title: str | Promise
    stands: "Callable[[Approval], bool]"
    decide: "Callable[[Approval, bool, User, str], None]"
    tell: "Callable[[Approval, Collection[User]], None]"
    over: "Callable[[Approval], Over]"
    sentences: Mapping[str, str | Promise] = field(default_factory=dict)


_kinds: dict[str, ApprovalKind] = {}


def register(kinds: Iterable[ApprovalKind]) -> None:
    """Make these known. Raises ValueError for what was declared before."""
    for one in kinds:
        if one.code in _kinds:
            raise ValueError(f"{one.code} is declared twice")
        _kinds[one.code] = one


def kind(code: str) -> ApprovalKind:
    """The kind that a row names. Raises KeyError for one that nobody declares any more."""
    return _kinds[code]


def choices() -> list[tuple[str, str | Promise]]:
    """Codes and titles, as a column's choices."""
    return [(one.code, one.title) for one in _kinds.values()]
