"""The rule of signing in: one row, whose roles and days are set."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from core.admin.base import ModelAdmin
from core.admin.lists import Catalogue
from core.joining import joined
from people.actors import person_of
from people.enums import Role
from people.models import SecondFactorRule
from people.services import second_factor


class RuleForm(forms.ModelForm):
    """Whose password is not enough, and how long they have."""

    roles = forms.MultipleChoiceField(
        choices=Role.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        required=False,
        label=_("roles that need a second factor"),
        help_text=_("Superusers count as HR leads. None ticked: the password is enough for everybody."),
    )

    class Meta:
        model = SecondFactorRule
        fields = ["roles", "grace_days"]


@admin.register(SecondFactorRule)
class SecondFactorRuleAdmin(Catalogue, ModelAdmin):
    """It is read by everybody, and set by whoever keeps the house."""

    form = RuleForm
    list_display = ["__str__", "role_labels", "grace_days", "since"]
    fields = ["roles", "grace_days", "since"]
    readonly_fields = ["since"]
    actions = None

    @display(description=_("roles that need a second factor"))
    def role_labels(self, rule: SecondFactorRule) -> str:
        """In words."""
        return joined(Role(role).label for role in rule.roles) or "–"

    def save_model(self, request: HttpRequest, obj: SecondFactorRule, form: Any, change: bool) -> None:
        """By the service. Whoever sets it and has no second factor yet is told so."""
        person = person_of(request)
        second_factor.change_rule(roles=list(obj.roles), grace_days=obj.grace_days, by=person)
        if second_factor.rule().due_at(person) and not second_factor.is_held(person):
            messages.warning(
                request, _("You need a second factor yourself now: set it up under “Signing in”.")
            )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Without any role ticked it asks nothing."""
        return False
