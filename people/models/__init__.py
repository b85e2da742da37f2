"""The models of this app."""

from people.enums import HR_ROLES, EmployeeStatus, Role
from people.models.calendar import CalendarDay, CalendarYear
from people.models.department import Department
from people.models.employee import Employee
from people.models.user import User

__all__ = [
    "HR_ROLES",
    "CalendarDay",
    "CalendarYear",
    "Department",
    "Employee",
    "EmployeeStatus",
    "Role",
    "User",
]
