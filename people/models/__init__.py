"""The models of this app."""

from people.enums import HR_ROLES, EmployeeStatus, KeyScope, Role
from people.models.calendar import CalendarDay, CalendarYear
from people.models.department import Department
from people.models.employee import Employee
from people.models.rights import RoleRight
from people.models.signing_in import OpenSession, SecondFactorRule, TrustedDevice
from people.models.tokens import ApiToken
from people.models.tries import SignInTries
from people.models.user import User

__all__ = [
    "HR_ROLES",
    "ApiToken",
    "CalendarDay",
    "CalendarYear",
    "Department",
    "Employee",
    "EmployeeStatus",
    "KeyScope",
    "OpenSession",
    "Role",
    "RoleRight",
    "SecondFactorRule",
    "SignInTries",
    "TrustedDevice",
    "User",
]
