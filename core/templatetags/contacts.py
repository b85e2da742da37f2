"""Phone numbers as they are read."""

from django import template

from core import contacts

register = template.Library()


@register.filter
def as_phone(stored: str) -> str:
    """138 0013 8000 for what is stored as +8613800138000."""
    return contacts.shown(stored)
