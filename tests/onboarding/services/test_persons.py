"""A person has one case and one file, whatever the number of openings."""

from datetime import date, datetime

import pytest
import time_machine

from core.errors import DomainError
from onboarding.models import OnboardingCase
from onboarding.services import cases, steps
from people.models import Employee
from recruitment.models import Application
from recruitment.services import applications
from tests.factories import onboarding, people, recruitment
from tests.onboarding.services.held_up import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
START, LATER = date(2026, 12, 14), date(2026, 12, 21)


def two() -> tuple[Application, Application]:
    """Two applications of one person, both at the offer."""
    person = recruitment.candidate("沈一帆")
    openings = [
        recruitment.opening(of=people.department(), title=title) for title in ("数据分析师", "产品经理")
    ]
    first, second = (recruitment.application(one, candidate=person, stage="offer") for one in openings)
    return first, second


def plan(application: Application, day: date) -> None:
    applications.plan_start(application_id=application.pk, planned_start=day, by=people.recruiter())


def take(application: Application, step: str) -> None:
    applications.take_step(application_id=application.pk, step=step, by=people.lead(), reason="原因")


def standing() -> list[tuple[int, str, date]]:
    rows = OnboardingCase.objects.order_by("pk").values_list("application", "state", "planned_start")
    assert Employee.objects.count() == len({case.employee_id for case in OnboardingCase.objects.all()})
    return list(rows)


def test_a_second_opening_makes_no_second_case_and_no_second_file() -> None:
    first, second = two()
    plan(first, START)
    plan(second, LATER)
    assert standing() == [(first.pk, "preparing", START)]

    take(second, "hire")

    assert standing() == [(second.pk, "preparing", LATER)]
    file = Employee.objects.get()
    assert (file.position, file.department, file.starts_on) == ("产品经理", second.opening.department, LATER)
    take(first, "hire")
    assert standing() == [(second.pk, "preparing", LATER)]
    assert Employee.objects.count() == 1


def test_when_the_prepared_application_ends_the_other_one_has_the_case() -> None:
    first, second = two()
    waited_on = recruitment.interview(second)
    plan(first, START)
    plan(second, LATER)

    take(first, "reject")

    assert standing() == [(second.pk, "preparing", LATER)]
    assert list(OnboardingCase.objects.get().waits_on.all()) == [waited_on]
    take(second, "withdraw")
    assert standing() == [(second.pk, "cancelled", LATER)]
    take(second, "reopen")
    assert standing() == [(second.pk, "preparing", LATER)]
    assert Employee.objects.get().status == "prospective"


def test_who_applies_again_goes_on_with_the_same_file() -> None:
    first, _second = two()
    plan(first, START)
    take(first, "fall_through")
    again = applications.apply(
        candidate_id=first.candidate_id,
        opening_id=first.opening_id,
        planned_start=LATER,
        by=people.recruiter(),
    )
    assert standing() == [(again.pk, "preparing", LATER)]
    assert Employee.objects.count() == 1


def test_onboarding_is_told_that_the_person_is_prepared_already() -> None:
    first, second = two()
    plan(first, START)
    arguments = {
        "application_id": second.pk,
        "planned_start": LATER,
        "waits_on": [],
        "by": people.onboarder(),
    }
    with pytest.raises(DomainError) as refused:
        cases.open_case(**arguments)
    assert (refused.value.code, standing()) == ("prepared_elsewhere", [(first.pk, "preparing", START)])

    take(first, "withdraw")

    assert cases.open_case(**arguments).application == second
    assert standing() == [(second.pk, "preparing", LATER)]
    assert Application.objects.get(pk=second.pk).planned_start == LATER


@pytest.mark.parametrize("step", ["fall_through", "reopen"])
def test_who_has_started_leaves_and_does_not_fall_through(step: str) -> None:
    case = onboarding.ready_case(start=START)
    with time_machine.travel(datetime(2026, 12, 14, 10, tzinfo=MONDAY.tzinfo), tick=False):
        first_day = case.steps.get(kind="first_day")
        steps.complete_step(step_id=first_day.pk, by=people.lead())
        assert OnboardingCase.objects.get().state == "started"
        with pytest.raises(DomainError) as refused:
            take(case.application, step)
    assert (refused.value.code, Application.objects.get().stage) == ("has_started", "hired")
