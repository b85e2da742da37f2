"""Who stands in for a colleague whose account is closed."""

from people.enums import Role
from people.models import User


def acting_recruiter(person: User) -> User | None:
    """The recruiting specialist `person`; when that account is closed, another one, else a lead; None without any."""
    if person.is_active:
        return person
    return User.objects.with_role(Role.RECRUITING).first() or User.objects.with_role(Role.LEAD).first()
