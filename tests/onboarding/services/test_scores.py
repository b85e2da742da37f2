"""The score in the employee file: whole or not there at all, replaced and taken off by one statement each."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from onboarding.models import EmployeeScore, OnboardingCase
from onboarding.services import scores
from people.models import Employee
from recruitment.models import Assessment
from tests.chains.costs import counted
from tests.factories import onboarding as make
from tests.factories import people, recruitment

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def report(of: OnboardingCase, basis: str, value: str, low: str, high: str) -> Assessment:
    interview = of.waits_on.get()
    return Assessment.objects.create(
        interview=interview, attempt=1, basis=basis, value=Decimal(value), low=Decimal(low), high=Decimal(high),
        method="test",
    )  # fmt: skip


def score(employee: Employee) -> tuple | None:
    return EmployeeScore.objects.filter(employee=employee).values_list(
        "value", "low", "high", "basis", "assessment"
    ).first()  # fmt: skip


def write(case: OnboardingCase) -> tuple[bool, int]:
    """Whether the file changed, and the statements that wrote."""
    with counted() as statements:
        changed = scores.write_for(OnboardingCase.objects.select_related("employee").get(pk=case.pk))
    return changed, sum(sql.startswith(("INSERT", "UPDATE", "DELETE")) for _who, sql in statements.all)


def test_an_estimate_is_replaced_by_the_full_score_and_can_be_taken_off():
    case = make.case(recruitment.interview())
    assert (write(case), score(case.employee)) == ((False, 0), None)

    first = report(case, "fallback", "71.5", "60", "83")
    assert write(case) == (True, 1)
    assert score(case.employee) == (Decimal("71.5"), Decimal(60), Decimal(83), "fallback", first.pk)
    second = report(case, "full", "86", "82.25", "90")
    assert write(case) == (True, 1)
    assert score(case.employee) == (Decimal(86), Decimal("82.25"), Decimal(90), "full", second.pk)
    assert write(case) == (False, 0)

    Assessment.objects.update(status="withdrawn")
    assert write(case) == (True, 1)
    assert score(case.employee) is None
    assert write(case) == (False, 0)


WHOLE = {"value": 80, "low": 70, "high": 90, "basis": "partial", "as_of": NOON}


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": None},
        {"low": None},
        {"high": None},
        {"basis": ""},
        {"basis": "guess"},
        {"as_of": None},
        {"assessment": None},
        {"low": 81},
        {"high": 79},
        {"low": -1},
        {"high": 101},
    ],
)
def test_the_database_refuses_a_half_or_impossible_score(wrong):
    case = make.case(recruitment.interview())
    row = EmployeeScore.objects.create(
        employee=case.employee, assessment=report(case, "partial", "80", "70", "90"), **WHOLE
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        EmployeeScore.objects.filter(pk=row.pk).update(**wrong)


def test_the_employee_page_shows_it_in_a_box_and_nothing_without_one(client):
    case = make.case(recruitment.interview())
    client.force_login(people.lead())
    address = reverse("admin:people_employee_change", args=[case.employee_id])
    assert "interview-score" not in client.get(address).content.decode()

    report(case, "partial", "71.5", "60", "83")
    write(case)

    page = client.get(address).content.decode()
    assert "interview-score" in page
    assert "72（60 至 83）" in page
