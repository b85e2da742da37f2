"""API keys: the own ones on a page of their own, anybody's on the person's page for the lead."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from core.admin import fields
from core.admin.base import ModelAdmin
from core.admin.lists import Catalogue
from core.admin.looks import SHOWN_ONCE
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import ConfirmForm, Creation, Step, StepForm, Text, WithSteps
from people.actors import person_of
from people.enums import KeyScope
from people.models import ApiToken, User
from people.rules import is_hr, keeps_house
from people.services import tokens

LIFETIMES = [(90, _("90 days")), (30, _("30 days")), (180, _("180 days")), (365, _("one year"))]


class NewKeyForm(StepForm):
    """Which program it is for, what it may do, and for how long."""

    name = forms.CharField(
        label=_("name"),
        max_length=tokens.LONGEST_NAME,
        widget=forms.TextInput(attrs={"class": fields.CLASSES, "autocomplete": "off"}),
        help_text=_("Which program uses it: a key of the same name ends."),
    )
    scope = fields.choice(_("may"), KeyScope.choices, initial=KeyScope.READ)
    days = forms.TypedChoiceField(
        label=_("good for"), choices=LIFETIMES, coerce=int, widget=UnfoldAdminSelectWidget()
    )


class EndKeyForm(StepForm):
    """Which of the person's keys."""

    key = forms.ModelChoiceField(
        label=_("API key"), queryset=ApiToken.objects.none(), widget=UnfoldAdminSelectWidget()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].queryset = ApiToken.objects.filter(user=self.subject)  # type: ignore[attr-defined]


def _shown_once(request: HttpRequest, key: str, person: User, back: str) -> HttpResponse:
    """The key is on this one page only: its hash is stored, and it is put into no message, cookie or log."""
    context = {
        **admin.site.each_context(request),
        "title": _("API key"),
        "subtitle": str(person),
        "key": key,
        "back": back,
    }
    return TemplateResponse(request, "people/admin/key_once.html", context, headers=SHOWN_ONCE)


def _new_key(request: HttpRequest, user: User, data: dict[str, Any]) -> HttpResponse:
    key = tokens.mint(user_id=user.pk, by=person_of(request), **data)
    return _shown_once(request, key, user, reverse("admin:people_user_change", args=[user.pk]))


def _end_key(request: HttpRequest, user: User, data: dict[str, Any]) -> Text:
    tokens.end(user_id=user.pk, token_id=data["key"].pk, by=person_of(request))
    return _("The key has ended.")


def _own_key(request: HttpRequest, data: dict[str, Any]) -> ApiToken:
    person = person_of(request)
    key = tokens.mint(user_id=person.pk, by=person, **data)
    row = ApiToken.objects.select_related("user").get(digest=tokens.digest(key))
    row.shown_once = key
    return row


def _own_key_once(request: HttpRequest, row: ApiToken) -> HttpResponse:
    return _shown_once(request, row.shown_once, row.user, reverse("admin:people_apitoken_changelist"))


def _end_this(request: HttpRequest, row: ApiToken, data: dict[str, Any]) -> HttpResponse | Text:
    tokens.end(user_id=row.user_id, token_id=row.pk, by=person_of(request))
    return _("The key has ended.")


# On a person's page, for whoever keeps the accounts.
STEPS = (
    Step(
        "new-key",
        _("New API key"),
        _new_key,
        form=NewKeyForm,
        words=_(
            "Whoever has the key reads over the API what this person may read. It is shown a single time."
        ),
    ),
    Step(
        "end-key",
        _("End an API key"),
        _end_key,
        form=EndKeyForm,
        look="danger",
        offered=lambda user: user.api_tokens.exists(),
        words=_("The program that uses it is refused from now on."),
    ),
)


@admin.register(ApiToken)
class ApiTokenAdmin(Catalogue, Scoped, WithSteps, ReadOnly, ModelAdmin):
    """One's own keys; the lead sees everybody's, and makes one for somebody else on that person's page."""

    nothing_yet = _("No key yet: a program that asks the API needs one.")
    creation = Creation(
        title=_("New API key"),
        form=NewKeyForm,
        run=_own_key,
        answer=_own_key_once,
        words=_("Whoever has the key may do over the API what you may. It is shown a single time."),
    )
    steps = (
        Step(
            "end",
            _("End this key"),
            _end_this,
            form=ConfirmForm,
            look="danger",
            in_list=True,
            words=_("The program that uses it is refused from now on."),
        ),
    )
    list_display = ["name", "user", "scope_label", "created_at", "until", "last_used_on", "step_buttons"]
    in_copies = {"until": ("expires_on",)}
    list_select_related = ["user"]
    list_filter = [("scope", ChoicesDropdownFilter)]
    list_filter_submit = True
    search_fields = ["name", "user__name", "user__username"]
    fields = ["name", "user", "scope_label", "created_at", "until", "last_used_on"]
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Everybody makes own ones; the service asks again."""
        return is_hr(request.user) or keeps_house(request.user)  # type: ignore[arg-type]

    def has_step_permission(self, request: HttpRequest) -> bool:
        """Who sees a key may end it."""
        return is_hr(request.user) or keeps_house(request.user)  # type: ignore[arg-type]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        """With whose they are."""
        return super().get_queryset(request).select_related("user")

    @display(description=_("may"))
    def scope_label(self, key: ApiToken) -> str:
        """In words."""
        return str(KeyScope(key.scope).label)

    @display(description=_("good until"), ordering="expires_on")
    def until(self, key: ApiToken) -> str:
        """The last day, and whether it has passed."""
        if key.expires_on is None:
            return str(_("without end"))
        day = date_format(key.expires_on, "Y-m-d")
        return str(_("%(day)s (run out)") % {"day": day}) if key.is_over else day
