"""Who stands in for a colleague whose account is closed."""

from people.enums import Role
from people.models import User


def acting_recruiter(person: User) -> User | None:
    """The recruiting specialist `person`; when that account is closed, another one, else a lead; None without any."""
    if person.is_active:
        return person
    return User.objects.with_role(Role.RECRUITING).first() or User.objects.with_role(Role.LEAD).first()


def whom_to_turn_to(person: User) -> User:
    """Whoever acts for `person` now; where there is nobody at all, the closed account's own name and number stand."""
    return acting_recruiter(person) or person


def whoever_leads() -> dict[str, str]:
    """Whom the company names to a stranger without a working link: the lead of HR; nothing while there is none."""
    lead = User.objects.with_role(Role.LEAD).order_by("pk").first()
    return {"name": lead.name or str(lead), "phone": lead.phone, "email": lead.email} if lead else {}
