"""Who the specialist, the manager, the lead are for one record."""

from dataclasses import dataclass

from django.db.models import OuterRef, Q, QuerySet, Subquery

from core.events.reading import once_per_chain
from messaging.kinds import Audience as Declared
from messaging.models import Message
from notifications.enums import Audience
from people.colleagues import acting_recruiter
from people.enums import Role
from people.models import Department, User
from recruitment.models import Application, Candidate, Interview, Opening

Person = User | Candidate

INTERVIEW = Interview._meta.label_lower

CANDIDATE = frozenset({Audience.CANDIDATE})
STAFF = frozenset(Audience) - CANDIDATE
# Parts that one colleague holds for the whole house.
HOLDERS = (Role.ONBOARDING, Role.TRAINING)


@once_per_chain
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


def manager(department: Department) -> User | None:
    """Who leads the department, or the nearest one above that has an active manager."""
    return _around(department.pk, department.path).manager


def recruiters() -> "QuerySet[User]":
    """The active recruiting specialists."""
    return User.objects.with_role(Role.RECRUITING)


def holder(role: Role, department: Department | None = None) -> User | None:
    """Who answers for onboarding, or for training: the longest-serving active holder, a lead if there is no other.

    Whoever names the department, too, has its manager read at the same time.
    """
    around = _around(department.pk, department.path) if department else _around(None, "")
    return around.holders[role]


@dataclass(frozen=True, slots=True)
class _Around:
    manager: User | None
    holders: dict[Role, User | None]


@once_per_chain
def _around(department_id: int | None, path: str) -> _Around:
    """Everybody who may be told of what happens in a department, in one query."""
    above = [int(number) for number in path.strip("/").split("/") if number]
    led = Department.objects.filter(pk__in=above, manager=OuterRef("pk")).order_by("-path")
    people = list(
        User.objects.filter(is_active=True)
        .annotate(leads_path=Subquery(led.values("path")[:1]))
        .filter(
            Q(leads_path__isnull=False)
            | Q(roles__overlap=list(HOLDERS))
            | Q(roles__contains=[Role.MANAGER], department=department_id)
        )
        .order_by("pk")
    )
    nearest = max(
        (one for one in people if one.leads_path), key=lambda one: len(one.leads_path), default=None
    )
    own = (one for one in people if Role.MANAGER in one.roles and one.department_id == department_id)
    return _Around(nearest or next(own, None), {role: _holder(role, people) for role in HOLDERS})


def _holder(role: Role, people: list[User]) -> User | None:
    holders = [one for one in people if role in one.roles]
    return next((one for one in holders if Role.LEAD not in one.roles), next(iter(holders), None))


def _acting_recruiter(message: Message) -> User | None:
    return acting_recruiter(message.user) if message.user else None


def _acting_manager(message: Message) -> User | None:
    if message.origin_type != INTERVIEW:
        return _manager_of_application(message)
    there = Interview.objects.select_related("application__opening__department")
    interview = there.filter(pk=message.origin_id).first()
    return manager(interview.application.opening.department) if interview is not None else None


def _manager_of_application(message: Message) -> User | None:
    """Of an application that ended before it had an interview."""
    if message.topic_type != Application._meta.label_lower:
        return None
    found = Application.objects.select_related("opening__department").filter(pk=message.topic_id).first()
    return manager(found.opening.department) if found is not None else None


def _acting_lead(message: Message) -> User | None:
    return next(iter(leads()), None)


# Who acts for a colleague whose account was closed after the message was decided on.
_STAND_INS = {
    Audience.SPECIALIST: _acting_recruiter,
    Audience.MANAGER: _acting_manager,
    Audience.ONBOARDING: lambda message: holder(Role.ONBOARDING),
    Audience.TRAINING: lambda message: holder(Role.TRAINING),
    Audience.LEAD: _acting_lead,
}
DECLARED = [
    Declared(code=one.value, title=one.label, stand_in=_STAND_INS.get(one, lambda message: None))
    for one in Audience
]
