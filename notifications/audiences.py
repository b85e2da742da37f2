"""Who the specialist, the manager, the lead are for one record."""

from django.db.models import QuerySet

from core.events.reading import once_per_chain
from notifications.enums import Audience
from people.colleagues import acting_recruiter
from people.enums import Role
from people.models import Department, User
from recruitment.models import Candidate, Opening

Person = User | Candidate

CANDIDATE = frozenset({Audience.CANDIDATE})
STAFF = frozenset(Audience) - CANDIDATE


def leads() -> list[User]:
    """The active HR leads."""
    return list(User.objects.with_role(Role.LEAD))


def specialist(opening: Opening) -> User | None:
    """The opening's specialist; when that account is closed, another recruiting specialist, else a lead."""
    return acting_recruiter(opening.specialist)


def colleague_of(person: User) -> User | None:
    """Another active recruiting specialist, else a lead; None when there is nobody else."""
    for role in (Role.RECRUITING, Role.LEAD):
        other: User | None = User.objects.with_role(role).exclude(pk=person.pk).first()
        if other is not None:
            return other
    return None


@once_per_chain
def manager(department: Department) -> User | None:
    """Who leads the department, or the nearest one above that has an active manager."""
    ids = [int(number) for number in department.path.strip("/").split("/") if number]
    led = Department.objects.filter(pk__in=ids, manager__is_active=True)
    nearest = led.select_related("manager").order_by("-path").first()
    if nearest is not None:
        return nearest.manager
    return User.objects.with_role(Role.MANAGER).filter(department=department).first()


def recruiters() -> "QuerySet[User]":
    """The active recruiting specialists."""
    return User.objects.with_role(Role.RECRUITING)


@once_per_chain
def holder(role: Role) -> User | None:
    """Who answers for onboarding, or for training: the longest-serving active holder, a lead if there is no other."""
    holders = User.objects.with_role(role)
    found: User | None = holders.exclude(roles__contains=[Role.LEAD]).first() or holders.first()
    return found
