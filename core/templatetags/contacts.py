"""Phone numbers and addresses as they are read, or as far as it takes to know them again."""

from django import template

from core import contacts
from core.sealed import masks

register = template.Library()


@register.filter
def as_phone(stored: str) -> str:
    """138 0013 8000 for what is stored as +8613800138000."""
    return contacts.shown(stored)


@register.filter
def masked_phone(stored: str) -> str:
    """138****8000 for what is stored as +8613800138000."""
    return masks.phone(stored)


@register.filter
def masked_email(stored: str) -> str:
    """z***@example.com."""
    return masks.email(stored)
