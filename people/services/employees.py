"""Steps on the employee file."""

import uuid
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Invalid, NotFound
from core.figures import Basis
from people.enums import EmployeeStatus
from people.models import Department, Employee

HUNDRED = Decimal(100)


def open_file(
    *,
    name: str,
    department: Department,
    position: str,
    email: str = "",
    phone: str = "",
    wecom_userid: str = "",
    starts_on: date | None = None,
) -> Employee:
    """Open the file of somebody whose hire is being prepared; the number follows from the row ("E00042")."""
    with transaction.atomic():
        employee = Employee.objects.create(
            number=uuid.uuid4().hex[:20],
            name=name,
            department=department,
            position=position,
            email=email,
            phone=phone,
            wecom_userid=wecom_userid,
            starts_on=starts_on,
        )
        employee.number = f"E{employee.pk:05d}"
        employee.save(update_fields=["number"])
    return employee


def set_status(*, employee_id: int, status: EmployeeStatus, starts_on: date | None = None) -> Employee:
    """Bring the file to `status`, and to a given start date. Raises NotFound("employee_not_found")."""
    with transaction.atomic():
        employee = _locked(employee_id)
        employee.status = status
        if starts_on is not None:
            employee.starts_on = starts_on
        employee.save(update_fields=["status", "starts_on"])
    return employee


def record_score(
    *,
    employee_id: int,
    value: Decimal,
    low: Decimal,
    high: Decimal,
    basis: Basis,
    as_of: datetime,
    source: str,
) -> Employee:
    """Write the interview score with its interval, basis and source, in place of what stood there.

    Raises Invalid("score_out_of_range") unless 0 ≤ low ≤ value ≤ high ≤ 100, Invalid("score_source_missing"),
    NotFound("employee_not_found").
    """
    if not 0 <= low <= value <= high <= HUNDRED:
        raise Invalid("score_out_of_range", _("A score lies between 0 and 100, inside its own interval."))
    if not source:
        raise Invalid("score_source_missing", _("A score names its source."))
    with transaction.atomic():
        employee = _locked(employee_id)
        employee.score_value, employee.score_low, employee.score_high = value, low, high
        employee.score_basis, employee.score_as_of, employee.score_source = basis, as_of, source
        employee.save(update_fields=SCORE_FIELDS)
    return employee


def clear_score(*, employee_id: int) -> Employee:
    """Take the score off the file: there is none any more. Raises NotFound("employee_not_found")."""
    with transaction.atomic():
        employee = _locked(employee_id)
        employee.score_value = employee.score_low = employee.score_high = employee.score_as_of = None
        employee.score_basis = employee.score_source = ""
        employee.save(update_fields=SCORE_FIELDS)
    return employee


SCORE_FIELDS = ["score_value", "score_low", "score_high", "score_basis", "score_as_of", "score_source"]


def _locked(employee_id: int) -> Employee:
    employee = Employee.objects.select_for_update().filter(pk=employee_id).first()
    if employee is None:
        raise NotFound("employee_not_found", _("There is no such employee file."))
    return employee
