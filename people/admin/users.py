"""People who sign in, their roles and passwords."""

from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from core.admin.base import ModelAdmin
from core.admin.lists import Lean
from core.admin.looks import SHOWN_ONCE
from core.admin.masking import Masked
from core.admin.panels import WithPanels
from core.admin.steps import ConfirmForm, Step, Text, WithSteps
from core.errors import Refused
from core.joining import joined
from people.actors import person_of
from people.admin import keys, viewing
from people.admin.passwords import PasswordState
from people.models import KeyScope, Role, User
from people.rules import may_give, may_keep
from people.services import granting, password_links, second_factor, sessions

# Allauth's tables: what stands in them is shown on the pages of whoever owns it, and changed there.
for table in (Authenticator, EmailAddress, EmailConfirmation, SocialAccount, SocialApp, SocialToken):
    if admin.site.is_registered(table):
        admin.site.unregister(table)
# Rights follow from roles; Django's groups would be a second, silent way to them.
admin.site.unregister(Group)


class RolesField(forms.MultipleChoiceField):
    """The roles as check boxes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=Role.choices,
            widget=UnfoldAdminCheckboxSelectMultipleWidget,
            required=False,
            label=_("roles"),
            help_text=_(
                "The roles of HR and the administrator's open this site; a department manager sees the own department "
                "over the API, an interviewer the own rounds."
            ),
            **kwargs,
        )


class GivenRoles(forms.BaseModelForm):
    """Roles that the person behind the form may give or take; `by` is set by the page."""

    by: User

    def clean_roles(self) -> list[str]:
        """Those ticked. A ValidationError for a change that is not theirs to make."""
        roles: list[str] = self.cleaned_data["roles"]
        for role in sorted({*roles} ^ {*self.instance.roles}):
            if not may_give(self.by, self.instance, role):
                raise forms.ValidationError(
                    _(
                        "Nobody changes their own roles, and only an administrator gives or takes this one: %(role)s."
                    ),
                    code="role_not_yours",
                    params={"role": Role(role).label},
                )
        return roles


class PersonChangeForm(GivenRoles, UserChangeForm):
    """A person's page."""

    roles = RolesField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget = PasswordState()
        self.fields["password"].help_text = ""

    def clean_username(self) -> str:
        """As for a new person: one that differs from a colleague's in case alone is taken."""
        username: str = self.cleaned_data["username"]
        others = User.objects.exclude(pk=self.instance.pk)
        if "username" in self.changed_data and others.filter(username__iexact=username).exists():
            raise self.instance.unique_error_message(User, ("username",))
        return username

    def clean(self) -> dict[str, Any]:
        """The last account that keeps the rights stays open, and keeps them."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_superuser = cleaned.get("is_superuser", self.instance.is_superuser)
        keeps = is_superuser or Role.ADMINISTRATOR in cleaned.get("roles", ())
        if "roles" in cleaned and not (keeps and cleaned.get("is_active", True)):
            try:
                granting.require_another(self.instance)
            except Refused as error:
                raise forms.ValidationError(str(error.message), code=error.code) from error
        return cleaned

    class Meta:
        model = User
        fields = "__all__"


class PersonCreationForm(GivenRoles, UserCreationForm):
    """A new person."""

    roles = RolesField()

    class Meta:
        model = User
        fields = ["username", "name", "email", "department", "roles"]


def _sign_out(request: HttpRequest, user: User, data: dict[str, Any]) -> Text:
    sessions.end_all(user_id=user.pk, by=person_of(request))
    return _("Every session of this person has ended.")


def _reset(request: HttpRequest, user: User, data: dict[str, Any]) -> Text:
    second_factor.reset(user_id=user.pk, by=person_of(request))
    return _("The second factor is taken away; the password alone signs in until a new one is set up.")


def _invite(request: HttpRequest, user: User, data: dict[str, Any]) -> HttpResponse | Text:
    link = password_links.invite(user_id=user.pk, by=person_of(request))
    if not link:
        return _("The link is on its way to %(address)s.") % {"address": user.email}
    context = {
        **admin.site.each_context(request),
        "title": _("Link to choose a password"),
        "subtitle": str(user),
        "link": link,
        "person": user,
    }
    return TemplateResponse(request, "people/admin/link_once.html", context, headers=SHOWN_ONCE)


STEPS = (
    *keys.STEPS,
    viewing.SEE_AS,
    Step(
        "invite",
        _("Send a link to choose a password"),
        _invite,
        form=ConfirmForm,
        offered=lambda user: user.is_active,
        words=_(
            "The link goes to the person's e-mail address; without a mail server or an address it is shown to you, "
            "to hand over. It is good once, for seven days. The present password is good until then."
        ),
    ),
    Step(
        "sign-out",
        _("Sign out everywhere"),
        _sign_out,
        form=ConfirmForm,
        look="danger",
        words=_(
            "Every session ends at once, on every device; devices are asked for the second factor again."
        ),
    ),
    Step(
        "reset-second-factor",
        _("Reset second factor"),
        _reset,
        form=ConfirmForm,
        look="danger",
        offered=second_factor.is_held,
        words=_(
            "For a lost phone. Make sure first that it is this person who asks: their password alone signs in then."
        ),
    ),
)


class RoleFilter(DropdownFilter):
    """People who hold one role."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every role."""
        return list(Role.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Those who hold it."""
        return queryset.filter(roles__contains=[self.value()]) if self.value() else queryset


@admin.register(User)
class UserAdmin(Masked, Lean, WithSteps, WithPanels, DjangoUserAdmin, ModelAdmin):
    """People. Whoever keeps the house keeps them; only a superuser touches a superuser or makes one."""

    steps = STEPS
    masked = ("phone", "other_contacts")
    form = PersonChangeForm
    add_form = PersonCreationForm
    change_password_form = AdminPasswordChangeForm
    personal = ("email",)
    list_display = ["name", "username", "role_labels", "department", "email", "is_active", "last_login"]
    list_select_related = ["department"]
    list_filter = [RoleFilter, ("department", AutocompleteSelectFilter), "is_active"]
    list_filter_submit = True
    search_fields = ["search_key"]
    sortable_by = ["username"]
    ordering = ["name_key", "pk"]
    autocomplete_fields = ["department"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined", "api_keys"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (
            _("Person"),
            {
                "fields": [
                    "name",
                    "department",
                    "email",
                    "phone",
                    "other_contacts",
                    "wecom_userid",
                    "language",
                    "time_zone",
                ]
            },
        ),
        (_("Rights"), {"fields": ["roles", "is_active", "is_superuser"]}),
        (_("API keys"), {"fields": ["api_keys"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "name", "email", "department", "roles", "usable_password"]}),
        (_("Password"), {"fields": ["password1", "password2"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Without the password, and the way to set another one, for who may only look."""
        found = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return found
        return [
            (title, {**about, "fields": [name for name in about["fields"] if name != "password"]})
            for title, about in found
        ]

    @display(description=_("roles"))
    def role_labels(self, user: User) -> str:
        """The roles in words."""
        return joined(Role(role).label for role in user.roles) or "–"

    @display(description=_("API keys"), empty_value="–")
    def api_keys(self, user: User) -> SafeString | None:
        """Their names, what they may, since when, until when, and when last used: never the keys."""
        rows = (
            (
                key.name,
                KeyScope(key.scope).label,
                date_format(key.created_at, "Y-m-d"),
                key.expires_on or _("without end"),
                key.last_used_on or "–",
            )
            for key in user.api_tokens.all()
        )
        return format_html_join("", "<div>{} · {} · {} – {} · {}</div>", rows) or None

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Nobody but a superuser makes a superuser."""
        fields = list(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else [*fields, "is_superuser"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        """The form, which knows who fills it in."""
        form = super().get_form(request, obj, change=change, **options)
        return type(form.__name__, (form,), {"by": person_of(request)})

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A superuser's account, password included, is out of the lead's reach, and so is an administrator's."""
        if obj is not None and not may_keep(person_of(request), obj):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People are switched off, not deleted: what they did keeps their name."""
        return False
