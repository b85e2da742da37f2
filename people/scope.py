"""Who sees which rows, in one place: HR everything, a manager the own department tree, others nothing."""

from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from django.db.models import Model, Q, QuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User

Row = TypeVar("Row", bound=Model)
NOTHING = Q(pk__in=[])


def in_departments(user: "User | AnonymousUser", field: str = "department") -> Q:
    """The condition under which `user` sees a row whose department is reached over `field`.

    `field` is a lookup to a Department ("opening__department"), or "" on Department itself. One query for a
    manager, none for others. The departments are named one by one: of them the database knows how many rows each has.
    """
    if not user.is_authenticated or not user.is_active:
        return NOTHING
    if user.is_hr:
        return Q()
    seen = user.sees_departments()
    return Q(**{f"{field or 'pk'}__in": seen}) if seen else NOTHING


def everything_for_staff(user: "User | AnonymousUser") -> Q:
    """The condition for rows that belong to nobody (the calendar): HR, managers and keepers see them all."""
    if user.is_authenticated and user.is_active and (user.is_hr or user.is_manager or user.keeps_house):
        return Q()
    return NOTHING


class ScopedQuerySet(QuerySet[Row]):
    """Rows that belong to a department, reached over `department_lookup` ("" on Department itself)."""

    department_lookup: ClassVar[str] = "department"

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """HR: all. A manager: the rows of the own tree. Others: none. An unseen row is a 404, not a 403."""
        return self.filter(in_departments(user, self.department_lookup))
