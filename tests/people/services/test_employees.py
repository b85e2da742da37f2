"""The employee file: its number, and a score that is whole or missing."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.errors import Invalid, NotFound
from core.figures import Basis
from people.models import Employee, EmployeeStatus, User
from people.names import sort_key
from people.services import employees
from tests.factories import people

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def opened() -> Employee:
    return employees.open_file(name="张三", department=people.department(), position="数据分析师")


def score(employee: Employee) -> tuple:
    row = Employee.objects.get(pk=employee.pk)
    return tuple(getattr(row, field) for field in employees.SCORE_FIELDS)


MISSING = (None, None, None, "", None, "")


def recorded(employee: Employee, score: tuple[str, str, str], basis: Basis, source: str = "assessment 12"):
    numbers = dict(zip(("value", "low", "high"), map(Decimal, score), strict=True))
    return employees.record_score(employee_id=employee.pk, basis=basis, as_of=NOON, source=source, **numbers)


def test_a_file_is_opened_with_a_number_of_its_own_and_no_score():
    first, second = opened(), opened()
    assert first.number == f"E{first.pk:05d}"
    assert first.number != second.number
    assert first.status == EmployeeStatus.PREPARING
    assert score(first) == MISSING


def test_an_estimate_is_replaced_by_the_full_score_and_can_be_taken_off():
    employee = opened()
    recorded(employee, ("71.5", "60", "83"), Basis.FALLBACK)
    recorded(employee, ("86", "82.25", "90"), Basis.FULL, "assessment 13")
    assert score(employee) == (Decimal(86), Decimal("82.25"), Decimal(90), "full", NOON, "assessment 13")
    employees.clear_score(employee_id=employee.pk)
    assert score(employee) == MISSING


@pytest.mark.parametrize(
    "wrong",
    [("80", "81", "90"), ("91", "80", "90"), ("5", "-1", "10"), ("99", "98", "100.01")],
)
def test_a_score_outside_its_interval_is_refused_and_nothing_written(wrong):
    employee = opened()
    with pytest.raises(Invalid) as refused:
        recorded(employee, wrong, Basis.FULL)
    assert refused.value.code == "score_out_of_range"
    assert score(employee) == MISSING


def test_a_score_without_source_and_a_file_that_is_not_there():
    with pytest.raises(Invalid) as refused:
        recorded(opened(), ("80", "80", "80"), Basis.FULL, "")
    assert refused.value.code == "score_source_missing"
    with pytest.raises(NotFound) as missing:
        employees.clear_score(employee_id=0)
    assert missing.value.code == "employee_not_found"


WHOLE = {
    "score_value": 80,
    "score_low": 70,
    "score_high": 90,
    "score_basis": "partial",
    "score_as_of": NOON,
    "score_source": "assessment 1",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"score_value": None},
        {"score_low": None},
        {"score_high": None},
        {"score_basis": ""},
        {"score_basis": "guess"},
        {"score_as_of": None},
        {"score_source": ""},
        {"score_low": 81},
        {"score_high": 79},
        {"score_low": -1},
        {"score_high": 101},
    ],
)
def test_the_database_refuses_a_half_or_impossible_score(wrong):
    employee = opened()
    assert Employee.objects.filter(pk=employee.pk).update(**WHOLE) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Employee.objects.filter(pk=employee.pk).update(**wrong)


def test_the_database_refuses_unknown_words():
    employee, person = opened(), people.recruiter()
    with pytest.raises(IntegrityError), transaction.atomic():
        Employee.objects.filter(pk=employee.pk).update(status="gone")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=person.pk).update(roles=["king"])


def test_status_and_start():
    employee = opened()
    employees.set_status(employee_id=employee.pk, status=EmployeeStatus.ACTIVE, starts_on=date(2026, 12, 1))
    employees.set_status(employee_id=employee.pk, status=EmployeeStatus.LEFT)
    employee.refresh_from_db()
    assert (employee.status, employee.starts_on) == (EmployeeStatus.LEFT, date(2026, 12, 1))


def test_names_sort_by_pinyin():
    names = ["曾国强", "安妮", "张三", "单雄", "Bob", "李四", "张伟"]
    assert sorted(names, key=sort_key) == ["安妮", "Bob", "李四", "单雄", "曾国强", "张三", "张伟"]
    assert sort_key("张三") == "zhang1 san1"
    for name in names:
        people.employee(name=name)
    assert list(Employee.objects.values_list("name", flat=True)) == sorted(names, key=sort_key)
