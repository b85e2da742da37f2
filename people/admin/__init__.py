"""The admin pages of this app."""

from people.admin import calendar, departments, employees, users

__all__ = ["calendar", "departments", "employees", "users"]
