"""Résumé mailboxes: where they are, the password, whether they can be read; and what became of every mail."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget

from core.admin import panels
from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Catalogue, Lean
from core.admin.masking import Masked
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import Caution, Step, StepForm, Text, WithSteps
from people.actors import person_of
from people.rules import keeps_house
from recruitment.enums_incoming import MailState
from recruitment.intake import codes
from recruitment.intake.services import mailboxes
from recruitment.models import Mailbox, ReceivedMail
from recruitment.models.mailboxes import READ_BACK

# A change of these leads to another folder, or further back into it.
_PLACE, _AGAIN = {"host", "port", "safety", "account"}, {"folder", "reads_from"}
LOOKS = {"proposed": "success", "no_resume": "default", "refused": "danger", "repeated": "info"}


class MailboxForm(forms.ModelForm):
    """Where the folder is. The password is set by a step of its own."""

    class Meta:
        model = Mailbox
        fields = ["name", "host", "port", "safety", "account", "folder", "opening", "reads_from", "is_active"]

    def clean_host(self) -> str:
        """A name, and nothing around it."""
        host: str = self.cleaned_data["host"].strip().lower()
        if not host.isascii() or any(each in host for each in "/:@ \t"):
            raise forms.ValidationError(
                _("Only the server's name, without https:// and without the port."), code="host_invalid"
            )
        return host


class PasswordForm(StepForm):
    """The password, typed once and never shown again."""

    password = forms.CharField(
        label=_("password"),
        max_length=mailboxes.LONGEST_SECRET,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
        help_text=_(
            "At QQ, 163 and similar providers the authorisation code (授权码) of the mailbox's settings."
        ),
    )


def _set_password(request: HttpRequest, box: Mailbox, data: dict[str, Any]) -> Text:
    mailboxes.set_password(mailbox_id=box.pk, password=data["password"], by=person_of(request))
    return _("The password is kept, encrypted. Please test the connection.")


def _test(request: HttpRequest, box: Mailbox, _data: dict[str, Any]) -> Text:
    code = mailboxes.test(mailbox_id=box.pk, by=person_of(request))
    return Caution(codes.explain(code)) if code else _("The connection works.")


def _read_now(request: HttpRequest, box: Mailbox, _data: dict[str, Any]) -> Text:
    mailboxes.read_soon(mailbox_id=box.pk, by=person_of(request))
    return _("It is read now; what comes of it stands under the mails in a moment.")


@admin.register(Mailbox)
class MailboxAdmin(Catalogue, Scoped, WithSteps, panels.WithPanels, ModelAdmin):
    """The mailboxes. They are read every five minutes; nothing in them is changed."""

    nothing_yet = _(
        "No résumé mailbox is connected. Add one, and résumés that come by mail are proposed here."
    )
    form = MailboxForm
    steps = (
        Step("password", _("Set password"), _set_password, form=PasswordForm),
        Step(
            "test",
            _("Test connection"),
            _test,
            look="primary",
            offered=lambda box: bool(box.secret),
        ),
        Step(
            "read-now",
            _("Read now"),
            _read_now,
            offered=lambda box: bool(box.secret) and box.is_active,
        ),
    )
    autocomplete_fields = ["opening"]
    fields = [*MailboxForm.Meta.fields, "has_secret", "how_it_is", "read_at"]
    readonly_fields = ["has_secret", "how_it_is", "read_at"]
    list_display = ["name", "account", "folder", "opening", "is_active", "how_it_is", "read_at"]
    list_select_related = ["opening"]

    def has_step_permission(self, request: HttpRequest) -> bool:
        """For who keeps the house; the service asks again."""
        return super().has_step_permission(request) and keeps_house(request.user)  # type: ignore[arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: Mailbox | None = None) -> bool:
        """It is taken out of use instead: what came through it stays."""
        return False

    def save_model(self, request: HttpRequest, obj: Mailbox, form: Any, change: bool) -> None:
        """Another place has another password, and is read from its beginning."""
        changed = set(form.changed_data)
        if change and changed & _PLACE:
            mailboxes.move_place(obj)
        elif change and changed & _AGAIN:
            mailboxes.read_again(obj)
        super().save_model(request, obj, form, change)

    @display(description=_("password"), boolean=True)
    def has_secret(self, box: Mailbox) -> bool:
        """Whether one was set: until then nothing is read."""
        return bool(box.secret)

    @admin.display(description=_("how it is"))
    def how_it_is(self, box: Mailbox) -> str:
        """In words: what is missing, since when it fails and why, or that it works."""
        if not box.secret:
            return codes.explain("secret_missing")
        if box.failing_code:
            since = date_format(timezone.localtime(box.failing_since), "SHORT_DATETIME_FORMAT")
            return gettext("failing since %(since)s: %(why)s") % {
                "since": since,
                "why": codes.explain(box.failing_code),
            }
        if box.tested_code:
            return codes.explain(box.tested_code)
        return gettext("works") if box.read_at or box.tested_at else gettext("not tested yet")


@admin.register(ReceivedMail)
class ReceivedMailAdmin(Masked, Lean, Scoped, ReadOnly, ModelAdmin):
    """Every mail that was read, also the one in which there was no résumé."""

    nothing_yet = _("No mail has been read yet.")
    masked = ("sender",)
    personal = ("sender",)
    list_display = ["received_at", "sender_name", "sender", "subject", "state_label", "reason", "mailbox"]
    list_select_related = ["mailbox"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("mailbox", RelatedDropdownFilter),
        ("received_at", MomentRangeFilter),
    ]
    list_filter_submit = True
    sortable_by = ["received_at"]
    fields = readonly_fields = [
        "mailbox",
        "sender_name",
        "sender",
        "subject",
        "state_label",
        "reason",
        "files",
        "proposals",
        "received_at",
        "read_at",
    ]

    @display(description=_("state"), label=LOOKS)
    def state_label(self, mail: ReceivedMail) -> Any:
        """What became of it."""
        return mail.state, MailState(mail.state).label

    @display(description=_("reason"), empty_value="–")
    def reason(self, mail: ReceivedMail) -> Any:
        """Why it, or one of its files, was not taken."""
        return codes.explain(mail.code) or None

    @display(description=_("proposals"), empty_value="–")
    def proposals(self, mail: ReceivedMail) -> Any:
        """What came of it, each with its page."""
        found = mail.applications.order_by("pk")
        links = [(reverse("admin:recruitment_publicapplication_change", args=[one.pk]), one) for one in found]
        return format_html_join(" · ", '<a href="{}">{}</a>', links) or None


def _counted(request: HttpRequest, box: Mailbox) -> SafeString:
    """How many mails of a month became what, each number with its list. One query."""
    mails: QuerySet[ReceivedMail] = ReceivedMail.objects.visible_to(request.user).filter(
        mailbox=box, received_at__gte=timezone.now() - READ_BACK
    )
    counts = dict(mails.order_by().values_list("state").annotate(number=Count("pk")))
    address = reverse("admin:recruitment_receivedmail_changelist")
    lines = [
        (address, box.pk, state, label, counts[state])
        for state, label in MailState.choices
        if counts.get(state)
    ]
    if not lines:
        return format_html("<p>{}</p>", _("No mail within the last thirty days."))
    return format_html_join("", '<p><a href="{}?mailbox__id__exact={}&state__exact={}">{}</a>: {}</p>', lines)


panels.register(Mailbox, panels.Panel("mails", _("Mails of the last thirty days"), _counted, order=4))
