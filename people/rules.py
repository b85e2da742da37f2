"""Rights as predicates: services, API and admin ask the same questions."""

from django.contrib.auth.models import AnonymousUser

from people.models import Department, User
from people.rights import Right, rights_of


def is_hr(user: User | AnonymousUser) -> bool:
    """An active HR colleague (any of the specialists, the lead) or superuser."""
    return user.is_authenticated and user.is_active and user.is_hr


def is_lead(user: User | AnonymousUser) -> bool:
    """An active HR lead or superuser."""
    return user.is_authenticated and user.is_active and user.is_lead


def has_right(user: User | AnonymousUser, right: Right) -> bool:
    """An active colleague one of whose roles may do this, or a superuser."""
    if not user.is_authenticated or not user.is_active:
        return False
    return user.is_superuser or right in rights_of(user.roles)


def is_manager(user: User | AnonymousUser) -> bool:
    """An active department manager."""
    return user.is_authenticated and user.is_active and user.is_manager


def manages(user: User | AnonymousUser, department: Department) -> bool:
    """Whether `department` lies in this manager's tree. HR as such manages none."""
    if not user.is_authenticated or not user.is_active:
        return False
    return any(department.path.startswith(path) for path in user.sees_department_paths())


def may_hold_keys(person: User | AnonymousUser, account: User) -> bool:
    """Whether this person may make and end the account's API keys: everybody the own, the lead as `may_keep` says."""
    if not person.is_authenticated or not person.is_active:
        return False
    return person.pk == account.pk or may_keep(person, account)


def may_keep(keeper: User, account: User) -> bool:
    """Whether `keeper` may change somebody's account and keys: the lead all, a superuser only a superuser's."""
    return is_lead(keeper) and (keeper.is_superuser or not account.is_superuser)
