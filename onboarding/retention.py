"""How long onboarding keeps what it asked of somebody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.history import erasing
from core.jobs.models import KeepRule
from core.jobs.retention import Keep
from onboarding.models import EmployeeIdentity
from people.enums import EmployeeStatus


def _go(files: list[int], _now: datetime) -> None:
    """The rows, and what the history keeps of them."""
    EmployeeIdentity.objects.filter(pk__in=files).delete()
    erasing.forget(EmployeeIdentity, ["number", "address"], files)


def _identities(may_go: Mapping[str, Any], **said: Any) -> Keep:
    return Keep(EmployeeIdentity, since="employee__status_since", may_go=dict(may_go), instead=_go, **said)


OF_WHO_LEFT = _identities(
    {"employee__status": EmployeeStatus.LEFT},
    days=730,
    title=_("Identity documents and addresses of people who left"),
    why=_(
        "The contract that names them is kept at least two years after its end (Labour Contract Law, article 50)."
    ),
    bounds=(730, 3660),
)
OF_WHO_NEVER_CAME = _identities(
    {"employee__status__in": EmployeeStatus.never_came},
    days=30,
    title=_("Identity documents and addresses of people who did not start"),
    why=_("What they were asked for is over (Personal Information Protection Law, article 47)."),
    bounds=(1, 180),
)
KEPT = [OF_WHO_LEFT, OF_WHO_NEVER_CAME]


def days_of(keep: Keep) -> int:
    """How many days one of these is kept from now on. One query."""
    rule = KeepRule.objects.filter(code=keep.code).first()
    return keep.days if rule is None or rule.days is None else rule.days
