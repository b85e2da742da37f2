"""Rights as predicates: services, API and admin ask the same questions."""

from django.contrib.auth.models import AnonymousUser

from people.models import Department, User
from people.rights import Reach, Right


def is_hr(user: User | AnonymousUser) -> bool:
    """An active colleague who reads what HR knows (by the grid: the specialists, the lead), or a superuser."""
    return user.is_authenticated and user.is_active and user.is_hr


def is_lead(user: User | AnonymousUser) -> bool:
    """An active colleague who decides for HR (by the grid: the lead), or a superuser."""
    return user.is_authenticated and user.is_active and user.is_lead


def has_right(user: User | AnonymousUser, right: Right) -> bool:
    """An active colleague one of whose roles may do this, or a superuser."""
    return user.is_authenticated and user.is_active and user.has_right(right)


def reaches_house(user: User, right: Right) -> bool:
    """Whether this right, of whoever has it, goes beyond the own department."""
    return user.is_superuser or user.department_id is None or user.rights.get(right) == Reach.HOUSE


def keeps_house(user: User | AnonymousUser) -> bool:
    """An active colleague who keeps accounts, keys, calendar and vendors, or a superuser."""
    return has_right(user, Right.KEEP)


def is_manager(user: User | AnonymousUser) -> bool:
    """An active department manager."""
    return user.is_authenticated and user.is_active and user.is_manager


def is_hr_or_manager(user: User | AnonymousUser) -> bool:
    """Whom the API and the reports answer: HR by what they see, a manager of the own tree."""
    return is_hr(user) or is_manager(user)


def manages(user: User | AnonymousUser, department: Department) -> bool:
    """Whether `department` lies in this manager's tree. HR as such manages none."""
    if not user.is_authenticated or not user.is_active:
        return False
    return any(department.path.startswith(path) for path in user.sees_department_paths())


def may_hold_keys(person: User | AnonymousUser, account: User) -> bool:
    """Whether this person may make and end the account's API keys: everybody the own, others as `may_keep` says."""
    if not person.is_authenticated or not person.is_active:
        return False
    return person.pk == account.pk or may_keep(person, account)


def may_make_key(person: User, account: User) -> bool:
    """Whether this person may make a key of the account's: a key does what its account may, so that nobody gets one of
    somebody who sees or may what they do not. Everybody the own."""
    if person.pk == account.pk or person.is_superuser:
        return may_hold_keys(person, account)
    is_wider = not set(person.grid.of_roles(account.roles)) <= set(person.rights)
    return may_keep(person, account) and is_hr(person) and not is_wider


def may_keep(keeper: User, account: User) -> bool:
    """Whether `keeper` may change somebody's account and keys: all, but a superuser's only as a superuser.

    An administrator's account is in the reach of whoever may change the grid: else the grid would be in HR's.
    """
    if not has_right(keeper, Right.KEEP) or (account.is_superuser and not keeper.is_superuser):
        return False
    return keeper.has_right(Right.GRANT) or Right.GRANT not in keeper.grid.of_roles(account.roles)


def may_give(keeper: User, account: User, role: str) -> bool:
    """Whether `keeper` may give this account the role or take it: nobody the own, HR no administrator's."""
    if keeper.is_superuser:
        return True
    mine = keeper.rights
    if keeper.pk == account.pk or Right.KEEP not in mine:
        return False
    return Right.GRANT in mine or Right.GRANT not in keeper.grid.of_roles([role])
