"""Two people and processes at once: a case cannot miss what its interview does while it is being written."""

import threading
import time
from datetime import date

import pytest
from django.db import connection, transaction

from onboarding.models import OnboardingCase
from onboarding.services import cases, delays
from people.actors import Party
from recruitment.models import Application, Interview
from recruitment.services import interviews
from tests.factories import onboarding, recruitment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
START = date(2026, 12, 14)


class Beside:
    """Run a call in a thread with a connection of its own."""

    def __init__(self, call, **arguments):
        self.error = None
        self.thread = threading.Thread(target=self._run, args=(call, arguments))
        self.thread.start()

    def _run(self, call, arguments):
        try:
            call(**arguments)
        except Exception as error:  # noqa: BLE001 -- shown by the test
            self.error = error
        finally:
            connection.close()

    def has_ended(self) -> bool:
        self.thread.join(timeout=20)
        assert self.error is None
        return not self.thread.is_alive()


def test_a_case_opened_during_an_exit_is_delayed_by_it():
    row = recruitment.interview(state="in_progress")
    Application.objects.filter(pk=row.application_id).update(planned_start=START)
    arguments = {"application_id": row.application_id, "planned_start": START, "waits_on": [row.pk]}
    with transaction.atomic():
        interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
        opening = Beside(cases.open_case, **arguments, by=Party.SYSTEM)
        time.sleep(0.5)
        assert opening.thread.is_alive()
    assert opening.has_ended()
    assert [delay.is_active for delay in OnboardingCase.objects.get().delays.all()] == [True]


def test_a_late_reaction_that_meets_the_return_leaves_no_ghost():
    row = recruitment.interview(state="interrupted")
    case = onboarding.case(row)
    assert case.delays.filter(lifted_at=None).count() == 1
    with transaction.atomic():
        # The candidate returns; the exit's own reaction, tried again by the pump, waits for the case and comes last.
        interviews.enter(interview_id=row.pk, by=Party.CANDIDATE)
        late = Beside(delays.align, interview_id=row.pk)
        time.sleep(0.5)
        assert late.thread.is_alive()
    assert late.has_ended()
    case = OnboardingCase.objects.get(pk=case.pk)
    assert (Interview.objects.get(pk=row.pk).state, case.forecast_start) == (
        "in_progress",
        case.planned_start,
    )
    assert [delay.is_active for delay in case.delays.all()] == [False]


def test_two_openings_at_once_make_one_case():
    row = recruitment.interview()
    Application.objects.filter(pk=row.application_id).update(planned_start=START)
    arguments = {"application_id": row.application_id, "planned_start": START, "waits_on": [row.pk]}
    both = [Beside(cases.open_case, **arguments, by=Party.SYSTEM) for _number in range(2)]
    assert [one.has_ended() for one in both] == [True, True]
    assert OnboardingCase.objects.count() == 1
