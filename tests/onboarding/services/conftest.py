"""A Monday at ten, and what broke off before a year without a calendar."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine

from onboarding.models import OnboardingCase
from people.actors import Party
from recruitment.models import Interview
from recruitment.services import interviews
from tests.factories import onboarding
from tests.onboarding.services.held_up import MONDAY, SHANGHAI, interview


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def new_year(clock) -> tuple[Interview, OnboardingCase]:
    """An interview left on 28 December 2026, before anybody loaded the calendar of 2027."""
    clock.move_to(datetime(2026, 12, 28, 10, tzinfo=SHANGHAI))
    row = interview(window_closes_at=datetime(2026, 12, 28, 20, tzinfo=SHANGHAI))
    case = onboarding.case(row, start=date(2026, 12, 31))
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    return row, case
