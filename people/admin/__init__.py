"""The admin pages of this app."""

from people.admin import calendar, departments, employees, keys, users, zone

__all__ = ["calendar", "departments", "employees", "keys", "users", "zone"]
