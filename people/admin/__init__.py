"""The admin pages of this app."""

from people.admin import calendar, departments, employees, keys, second_factor, users, zone

__all__ = ["calendar", "departments", "employees", "keys", "second_factor", "users", "zone"]
