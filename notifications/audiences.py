"""Who the specialist, the manager, the lead are for one record."""

from django.db.models import QuerySet

from core.events.reading import once_per_chain
from messaging.kinds import Audience as Declared
from messaging.models import Message
from notifications.enums import Audience
from people.colleagues import acting_recruiter
from people.enums import Role
from people.models import Department, User
from recruitment.models import Candidate, Interview, Opening

Person = User | Candidate

INTERVIEW = Interview._meta.label_lower

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


def _acting_recruiter(message: Message) -> User | None:
    return acting_recruiter(message.user) if message.user else None


def _acting_manager(message: Message) -> User | None:
    if message.origin_type != INTERVIEW:
        return None
    there = Interview.objects.select_related("application__opening__department")
    interview = there.filter(pk=message.origin_id).first()
    return manager(interview.application.opening.department) if interview is not None else None


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
