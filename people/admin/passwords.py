"""Whether somebody has a password: all that a person's page says of it. What is stored is nobody's business."""

from typing import Any

from django import forms
from django.contrib.auth.hashers import is_password_usable


class PasswordState(forms.Widget):
    """One sentence, and the way to a new one."""

    template_name = "people/admin/password.html"
    read_only = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Only whether there is one; the value itself goes nowhere."""
        context = super().get_context(name, None, attrs)
        return {**context, "is_set": bool(value) and is_password_usable(value)}

    def id_for_label(self, id_: str | None) -> str:
        """Nothing to type in."""
        return ""
