"""Connections to WeCom and to an SMS provider: who speaks, the secret, the approved texts and what they cost."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget

from core.admin.base import ModelAdmin
from core.admin.fields import WRITTEN_NUMBERS
from core.admin.formsets import CheckedFormSet
from core.admin.lists import Catalogue
from core.admin.looks import minute
from core.admin.scope import Scoped
from core.admin.steps import Caution, Step, StepForm, Text, WithSteps
from messaging import approving, kinds
from messaging.channels.codes import explain
from messaging.enums import SmsProvider
from messaging.models import (
    ApprovalTemplate,
    ConversationCursor,
    SmsConnection,
    SmsTemplate,
    WeComConnection,
)
from messaging.services import address_book, connections
from messaging.sms.text import LONGEST_VALUE, VARIABLES, cost, filled, segments, variables, whole
from people.actors import person_of
from people.rules import keeps_house

# The longest that a message fills in: what is shown costs rather less than more.
LONGEST = {"name": "欧阳娜娜", "subject": "面" * LONGEST_VALUE, "code": "x" * 43}


class SecretForm(StepForm):
    """The secret, typed once and never shown again."""

    secret = forms.CharField(
        label=_("secret"),
        max_length=connections.LONGEST_SECRET,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
    )


def _set_secret(request: HttpRequest, connection: Any, data: dict[str, Any]) -> Text:
    connections.set_secret(connection, secret=data["secret"], by=person_of(request))
    return _("The secret is kept, encrypted. Please test the connection.")


class CallbackForm(StepForm):
    """What WeCom's console makes up, or is given, for calling us."""

    token = forms.CharField(
        label="Token",
        max_length=connections.LONGEST_TOKEN,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
    )
    aes_key = forms.CharField(
        label="EncodingAESKey",
        max_length=43,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
    )


def _set_callback(request: HttpRequest, connection: WeComConnection, data: dict[str, Any]) -> Text:
    connections.set_callback(connection, **data, by=person_of(request))
    return _("Both are kept, encrypted. Now save the address in WeCom's console: it checks them.")


def _said(found: list[str]) -> Text:
    if not found:
        return _("The connection works.")
    return Caution(" ".join(explain(code) for code in found))


def _test_wecom(request: HttpRequest, connection: WeComConnection, data: dict[str, Any]) -> Text:
    found = connections.test_wecom(connection, by=person_of(request))
    callers = [] if found else connections.callers(connection, by=person_of(request))
    if not callers:
        return _said(found)
    return _(
        "The connection works. WeCom calls this server from these addresses, which a firewall has to let through: "
        "%(those)s."
    ) % {"those": ", ".join(callers)}


def _test_sms(request: HttpRequest, connection: SmsConnection, data: dict[str, Any]) -> Text:
    return _said(connections.test_sms(connection, by=person_of(request)))


def _read_book(request: HttpRequest, connection: WeComConnection, data: dict[str, Any]) -> Text:
    batch = address_book.read(connection, by=person_of(request))
    return format_html(
        '{} <a href="{}">{}</a>',
        _("The address book is being looked through; nothing is changed yet."),
        reverse("admin:exchange_import_change", args=[batch.pk]),
        _("See what would be made, changed and left"),
    )


SECRET = Step("secret", _("Set secret"), _set_secret, form=SecretForm)


class _Connection(Catalogue, Scoped, WithSteps, ModelAdmin):
    """What both have in common."""

    def has_step_permission(self, request: HttpRequest) -> bool:
        """The secret is for who keeps the house; the service asks again."""
        return super().has_step_permission(request) and keeps_house(request.user)  # type: ignore[arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is taken out of use instead: what was sent through it stays in the ledger."""
        return False

    @display(description=_("secret"), boolean=True)
    def has_secret(self, connection: Any) -> bool:
        """Whether one was set."""
        return bool(connection.secret)

    @admin.display(description=_("last test"))
    def tested(self, connection: Any) -> str:
        """What it found, in words."""
        if connection.tested_at is None:
            return gettext("not tested yet")
        codes = [code for code in connection.tested_code.split(", ") if code]
        return " ".join(explain(code) for code in codes) or gettext("works")


class ApprovalTemplateForm(forms.ModelForm):
    """A template of WeCom's, for one kind of decision."""

    kind = forms.ChoiceField(label=_("kind"), widget=UnfoldAdminSelectWidget())

    class Meta:
        model = ApprovalTemplate
        fields = ["kind", "number"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = approving.choices()  # type: ignore[attr-defined]


class ApprovalTemplateInline(TabularInline):
    """Without any, nothing is asked in WeCom: cards and the back office's own pages are."""

    model = ApprovalTemplate
    form = ApprovalTemplateForm
    formset = CheckedFormSet
    extra = 1
    fields = ["kind", "number"]


@admin.register(WeComConnection)
class WeComConnectionAdmin(_Connection):
    """The application that speaks to colleagues."""

    nothing_yet = _("WeCom is not connected: colleagues are written to by e-mail and in their inbox.")
    steps = (
        SECRET,
        Step("callback", _("Set up callbacks"), _set_callback, form=CallbackForm),
        Step(
            "test",
            _("Test connection"),
            _test_wecom,
            look="primary",
            offered=lambda row: bool(row.secret),
        ),
        Step(
            "address-book",
            _("Read the address book"),
            _read_book,
            offered=lambda row: bool(row.secret),
        ),
    )
    fields = [
        "corp_id",
        "agent_id",
        "kf_account",
        "is_active",
        "has_secret",
        "called_at",
        "has_callback",
        "tested",
        "wechat_read",
    ]
    readonly_fields = ["has_secret", "called_at", "has_callback", "tested", "wechat_read"]
    inlines = [ApprovalTemplateInline]
    list_display = ["corp_id", "agent_id", "is_active", "has_secret", "tested"]

    @display(description=_("callbacks set up"), boolean=True)
    def has_callback(self, connection: WeComConnection) -> bool:
        """Whether token and key are set."""
        return bool(connection.callback_pair)

    @admin.display(description=_("WeChat last read"), empty_value="–")
    def wechat_read(self, connection: WeComConnection) -> str | None:
        """When what people wrote was last read, and what WeCom answers while it does not let us."""
        row = ConversationCursor.objects.filter(account=connection.kf_account or "-").first()
        if row is None:
            return None
        said = minute(row.read_at) if row.read_at else gettext("never")
        return f"{said} · {explain(row.last_code)}" if row.failing_since else said

    @admin.display(description=_("address for callbacks"))
    def called_at(self, connection: WeComConnection) -> str:
        """What to type into WeCom's console."""
        return f"{settings.BASE_URL}{reverse('wecom-hook')}"


class TemplateForm(forms.ModelForm):
    """An approved text: its kind and language in words, its variables known."""

    kind = forms.ChoiceField(label=_("kind"), required=False, widget=UnfoldAdminSelectWidget())
    language = forms.ChoiceField(
        label=_("language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget()
    )

    class Meta:
        model = SmsTemplate
        fields = ["kind", "language", "number", "text"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = [
            (one.code, one.title)
            for one in kinds.kinds()
            if any(part == "candidate" for part in one.audiences)
        ]
        self.fields["kind"].choices = [("", _("Every other message")), *theirs]  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        """Only what a message has can be filled in."""
        text: str = self.cleaned_data["text"]
        unknown = [name for name in variables(text) if name not in VARIABLES]
        if unknown:
            raise forms.ValidationError(
                _("A message has nothing to fill in for %(name)s.") % {"name": unknown[0]},
                code="variable_unknown",
            )
        return text


class TemplateInline(TabularInline):
    """The approved texts of an account, each with how it looks at its longest and what it costs then."""

    model = SmsTemplate
    form = TemplateForm
    formset = CheckedFormSet
    extra = 1
    fields = ["kind", "language", "number", "text", "at_most"]
    readonly_fields = ["at_most"]

    @admin.display(description=_("on the phone, at its longest"))
    def at_most(self, template: SmsTemplate) -> SafeString | str:
        """Letters, segments and yuan."""
        if not template.pk:
            return "–"
        account = template.connection
        link = f"{settings.BASE_URL}/i/{LONGEST['code']}"
        shown = whole(account.signature, filled(template.text, {**LONGEST, "link": link}))
        size = gettext("characters: %(letters)s, segments: %(segments)s, ¥%(cost)s") % {
            "letters": len(shown),
            "segments": segments(shown),
            "cost": f"{cost(shown, account.price):.3f}",
        }
        return format_html(
            '<div style="max-width: 20rem; overflow-wrap: anywhere">{}</div><div>{}</div>', shown, size
        )


class SmsConnectionForm(forms.ModelForm):
    """An account; Tencent Cloud's has an application as well."""

    class Meta:
        model = SmsConnection
        fields = ["provider", "key_id", "application", "signature", "price", "is_active"]

    def clean(self) -> dict[str, Any] | None:
        """Whichever provider it is, what that one needs is there."""
        found = super().clean()
        if self.cleaned_data.get("provider") == SmsProvider.TENCENT and not self.cleaned_data.get(
            "application"
        ):
            self.add_error(
                "application",
                forms.ValidationError(
                    _("Tencent Cloud needs the SdkAppId of the SMS application."), code="required"
                ),
            )
        return found


@admin.register(SmsConnection)
class SmsConnectionAdmin(_Connection):
    """The account that carries text messages to candidates."""

    nothing_yet = _("No SMS provider is connected: candidates without an e-mail address have to be called.")
    steps = (
        SECRET,
        Step(
            "test",
            _("Test connection"),
            _test_sms,
            look="primary",
            offered=lambda row: bool(row.secret),
        ),
    )
    form = SmsConnectionForm
    formfield_overrides = WRITTEN_NUMBERS
    fields = ["provider", "key_id", "application", "signature", "price", "is_active", "has_secret", "tested"]
    readonly_fields = ["has_secret", "tested"]
    list_display = ["provider", "signature", "price", "is_active", "has_secret", "tested"]
    inlines = [TemplateInline]
