"""Steps on the employee file."""

import uuid
from collections.abc import Mapping
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from core.errors import NotFound
from core.events.running import shared_step
from people.enums import EmployeeStatus
from people.models import Department, Employee


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
    with shared_step():
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
    with shared_step():
        employee = _locked(employee_id)
        employee.status = status
        if starts_on is not None:
            employee.starts_on = starts_on
        employee.save(update_fields=["status", "starts_on"])
    return employee


def assign(*, employee_id: int, department: Department, position: str) -> Employee:
    """Bring the file to a department and a position. Raises NotFound("employee_not_found")."""
    with shared_step():
        employee = _locked(employee_id)
        employee.department, employee.position = department, position
        employee.save(update_fields=["department", "position"])
    return employee


def move_starts(starts: Mapping[int, date]) -> None:
    """Bring the start dates of many files, by their ids, to new days: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_employee AS file SET starts_on = new.starts_on"
            " FROM unnest(%s::bigint[], %s::date[]) AS new (id, starts_on) WHERE file.id = new.id",
            [list(starts), list(starts.values())],
        )


def _locked(employee_id: int) -> Employee:
    employee = Employee.objects.select_for_update().filter(pk=employee_id).first()
    if employee is None:
        raise NotFound("employee_not_found", _("There is no such employee file."))
    return employee
