"""Who may take a step of recruiting: a recruiting role or the lead, and of the opening's department. And of whom
nothing is written any more.

Whose right reaches the own department (people.rights.Reach) takes care of it and what lies below it; who belongs to
none, and whose right reaches the house, take care of all. Whoever an opening names as its specialist may always.
"""

from collections.abc import Collection, Iterable

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Refused
from people.actors import Actor, Party
from people.models import User
from people.rights import Right
from people.rules import has_right, reaches_house
from recruitment.models import (
    Application,
    Candidate,
    Checkpoint,
    Decision,
    FollowUp,
    Interview,
    InterviewExit,
    Offer,
    Opening,
    PublicApplication,
    Resume,
    RoomLink,
    RubricScore,
    Segment,
    SlotOffer,
    Transcript,
)

# Where a row's opening is.
_OPENING: dict[type[Model], str] = {
    Opening: "",
    Application: "opening__",
    Decision: "application__opening__",
    Interview: "application__opening__",
    Offer: "application__opening__",
    PublicApplication: "opening__",
    Resume: "application__opening__",
    FollowUp: "interview__application__opening__",
    InterviewExit: "interview__application__opening__",
    RoomLink: "interview__application__opening__",
    Checkpoint: "interview__application__opening__",
    RubricScore: "checkpoint__interview__application__opening__",
    Segment: "answer__interview__application__opening__",
    Transcript: "recording__segment__answer__interview__application__opening__",
    SlotOffer: "application__opening__",
}


def may_recruit(user: User, model: type[Model], pk: int | None) -> bool:
    """Whether `user` takes care of this row. One query for a specialist of a department, none for others.

    What is not there yet, or not at all, is nobody else's.
    """
    return _may(user, Right.RECRUIT, model, pk)


def may_see_pay(user: User, model: type[Model], pk: int | None) -> bool:
    """Whether `user` sees, and sets, what this row says of pay. As `may_recruit`, by the right of its own."""
    return _may(user, Right.PAY, model, pk)


def sees_pay_of(user: User, opening: Opening) -> bool:
    """The same of an opening whose department is read already: no query."""
    return _reaches(user, Right.PAY, opening)


def recruits_for(user: User, opening: Opening) -> bool:
    """`may_recruit` of an opening whose department is read already: no query."""
    return _reaches(user, Right.RECRUIT, opening)


def _reaches(user: User, right: Right, opening: Opening) -> bool:
    if not has_right(user, right):
        return False
    path = user.department.path if user.department else ""
    return (
        reaches_house(user, right)
        or opening.department.path.startswith(path)
        or opening.specialist_id == user.pk
    )


def _may(user: User, right: Right, model: type[Model], pk: int | None) -> bool:
    if not has_right(user, right):
        return False
    if pk is None or reaches_house(user, right):
        return True
    rows = model._default_manager.filter(pk=pk)
    return rows.filter(_own(user, model)).exists() or not rows.exists()


def recruitable(user: User, model: type[Model], pks: Collection[int]) -> set[int]:
    """Of these rows those that `user` takes care of, as `may_recruit` says of one. One query at most."""
    if not has_right(user, Right.RECRUIT):
        return set()
    if reaches_house(user, Right.RECRUIT):
        return set(pks)
    return set(model._default_manager.filter(_own(user, model), pk__in=pks).values_list("pk", flat=True))


def own(user: User, model: type[Model]) -> Q:
    """The rows of this model that `user` takes care of, for whoever has the right at all: `may_recruit` of a list."""
    return Q() if reaches_house(user, Right.RECRUIT) else _own(user, model)


def _own(user: User, model: type[Model]) -> Q:
    opening = _OPENING[model]
    path = user.department.path if user.department else ""
    return Q(**{f"{opening}department__path__startswith": path}) | Q(**{f"{opening}specialist": user})


def openings_of(user: User, ids: Iterable[int]) -> set[int]:
    """Those of these openings that `user` takes care of, as `may_recruit` says of one. One query at most."""
    return recruitable(user, Opening, set(ids))


def require_recruiting(by: Actor, model: type[Model], pk: int | None = None) -> None:
    """Raise Forbidden("not_permitted") unless the system, or a colleague who takes care of this row, takes the step."""
    if by is Party.SYSTEM or (isinstance(by, User) and may_recruit(by, model, pk)):
        return
    raise Forbidden("not_permitted", _("Only recruiting specialists of this department may do this."))


def require_pay(by: Actor, model: type[Model], pk: int | None = None) -> None:
    """Raise Forbidden("pay_not_permitted") unless the system, or whoever sees this row's pay, takes the step."""
    if by is Party.SYSTEM or (isinstance(by, User) and may_see_pay(by, model, pk)):
        return
    raise Forbidden("pay_not_permitted", _("This step shows or sets a salary, which your role does not."))


def require_not_erased(candidate: Candidate) -> None:
    """Nothing is written about whoever was erased. Refused: erased_already."""
    if candidate.erased_at is not None:
        raise Refused("erased_already", _("This record was erased: nothing is written about it any more."))
