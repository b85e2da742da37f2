"""Steps on the employee file."""

from collections.abc import Mapping
from datetime import date

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import NotFound
from core.events.running import shared_step
from people.enums import EmployeeStatus
from people.models import Department, Employee, User


def open_file(
    *,
    name: str,
    department: Department,
    position: str,
    email: str = "",
    phone: str = "",
    wecom_userid: str = "",
    starts_on: date | None = None,
    other_contacts: str = "",
    status: EmployeeStatus = EmployeeStatus.PREPARING,
) -> Employee:
    """Open the file of somebody whose hire is being prepared. A prospective hire has no number yet."""
    with shared_step():
        employee = Employee.objects.create(
            status=EmployeeStatus.PROSPECTIVE,
            name=name,
            department=department,
            position=position,
            email=email,
            phone=phone,
            wecom_userid=wecom_userid,
            starts_on=starts_on,
            other_contacts=other_contacts,
        )
        if status != EmployeeStatus.PROSPECTIVE:
            _bring(employee, status)
            employee.save(update_fields=["status", "status_since", "number"])
    return employee


def set_status(*, employee_id: int, status: EmployeeStatus, starts_on: date | None = None) -> Employee:
    """Bring the file to `status`, and to a given start date.

    Who is taken on gets a number, and keeps it whatever follows.
    Who has left has no way in from that moment: the account is closed, its sessions and API keys end with it.
    Raises NotFound("employee_not_found").
    """
    with shared_step():
        employee = _locked(employee_id)
        _bring(employee, status)
        if starts_on is not None:
            employee.starts_on = starts_on
        employee.save(update_fields=["status", "status_since", "number", "starts_on"])
        if status == EmployeeStatus.LEFT and employee.user_id is not None:
            _close_account(employee.user_id)
    return employee


def assign(*, employee_id: int, department: Department, position: str) -> Employee:
    """Bring the file to a department and a position. Raises NotFound("employee_not_found")."""
    with shared_step():
        employee = _locked(employee_id)
        employee.department, employee.position = department, position
        employee.save(update_fields=["department", "position"])
    return employee


def correct(*, employee_id: int, name: str, phone: str, email: str) -> bool:
    """Bring name, phone and e-mail in the file to these; whether any was another. NotFound("employee_not_found")."""
    with shared_step():
        employee = _locked(employee_id)
        before = (employee.name, employee.phone, employee.email)
        if before == (name, phone, email):
            return False
        employee.name, employee.phone, employee.email = name, phone, email
        employee.save(update_fields=["name", "phone", "email"])
        return True


def move_starts(starts: Mapping[int, date]) -> None:
    """Bring the start dates of many files, by their ids, to new days: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_employee AS file SET starts_on = new.starts_on"
            " FROM unnest(%s::bigint[], %s::date[]) AS new (id, starts_on) WHERE file.id = new.id",
            [list(starts), list(starts.values())],
        )


def _bring(employee: Employee, status: EmployeeStatus) -> None:
    """The number follows from the row ("E00042")."""
    if employee.status != status:
        employee.status, employee.status_since = status, timezone.now()
    if employee.number is None and status not in EmployeeStatus.never_came:
        employee.number = f"E{employee.pk:05d}"


def _close_account(user_id: int) -> None:
    account = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    if account.is_active:
        account.is_active = False
        account.save(update_fields=["is_active"])


def _locked(employee_id: int) -> Employee:
    employee = Employee.objects.select_for_update().filter(pk=employee_id).first()
    if employee is None:
        raise NotFound("employee_not_found", _("There is no such employee file."))
    return employee
