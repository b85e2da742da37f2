"""Making a report: for the lead on demand, for everybody once a year by the clock."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.checks.models import HealthReport
from core.errors import Forbidden
from hrsuite.yearly import parts
from people.rules import is_lead


def make(*, by: Any = None) -> HealthReport:
    """Look at everything and keep what was found. Forbidden: anybody but the lead; without a person, the clock asks.

    One transaction that reads one state.
    """
    if by is not None and not is_lead(by):
        raise Forbidden("lead_only", _("Only the HR lead may do this."))
    with transaction.atomic():
        found: dict[str, Any] = {
            "data_quality": parts.data_quality(),
            "rights": parts.rights(),
            "stuck": parts.stuck(),
            "capacity": parts.capacity(),
        }
        found["risks"] = parts.risks(found)
        name = by.get_username() if by is not None else ""
        return HealthReport.objects.create(by=name, risks=len(found["risks"]), parts=found)
