"""The admin pages of this app."""

from people.admin import calendar, departments, employees, users, zone

__all__ = ["calendar", "departments", "employees", "users", "zone"]
