"""Rounds for tests: planned through their service, for an application in the second round."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from people.actors import Party
from people.models import User
from recruitment.models import Application, Round
from recruitment.rounds.services import planning
from tests.factories import people
from tests.factories import recruitment as make

HOUR = timedelta(hours=1)


def noon(days: int = 2) -> datetime:
    """Noon in so many days: always ahead, and never at night."""
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=days)


def planned(
    *interviewers: User, of: Application | None = None, at: datetime | None = None, **more: Any
) -> Round:
    """A round of an hour; one interviewer is made up where none is named."""
    of = of or make.application(stage="second_round")
    at = at or noon()
    return planning.plan(
        application_id=of.pk,
        opens_at=at,
        closes_at=at + HOUR,
        interviewers=[one.pk for one in interviewers or (people.manager(name="面试官"),)],
        **{"room": "301", "by": Party.SYSTEM, **more},
    )
