"""消息文案: the words of each message, who hears it on which channel, a preview on a phone, and its versions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from core.admin import panels
from core.admin.base import ModelAdmin
from core.admin.lists import Catalogue
from core.admin.panels import WithPanels
from core.admin.steps import ConfirmForm, Step, Text, WithSteps
from core.errors import Invalid
from core.joining import joined
from messaging import channels, kinds
from messaging.enums import ChannelName
from notifications import editing, rendering
from notifications.enums import Audience
from notifications.models import Wording, WordingVersion
from notifications.services import wordings
from people.actors import person_of
from people.rights import Right
from people.rules import has_right

MOST_VERSIONS = 20


class WordingForm(forms.ModelForm):
    """The draft; what is no message is refused beside the text, with what is wrong."""

    class Meta:
        model = Wording
        fields = ["text"]
        widgets = {"text": UnfoldAdminTextareaWidget(attrs={"rows": 18})}

    def clean_text(self) -> str:
        """As `editing` wants it; empty for the product's own words."""
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        if text:
            try:
                editing.require(self.instance, text)
            except Invalid as error:
                raise forms.ValidationError(str(error.message), code=error.code) from error
        return text


def _publish(request: HttpRequest, row: Wording, _data: dict[str, Any]) -> Text:
    version = wordings.publish(wording_id=row.pk, by=person_of(request))
    return gettext("Version %(number)s is published: messages written from now on say this.") % {
        "number": version.number
    }


def _reset(request: HttpRequest, row: Wording, _data: dict[str, Any]) -> Text:
    wordings.reset(wording_id=row.pk, by=person_of(request))
    return gettext("The original words are in force again.")


def _is_published(row: Any) -> bool:
    # As the list and the page read it, with what is in force.
    return bool(row.text == (row.in_force or ""))


@admin.register(Wording)
class WordingAdmin(Catalogue, WithSteps, WithPanels, ModelAdmin):
    """One row for each message, audience and language."""

    form = WordingForm
    list_display = ["title", "heard_by", "language", "is_own", "is_published"]
    list_filter = ["language"]
    search_fields = ["kind", "audience"]
    fields = ["title", "heard_by", "language", "text"]
    readonly_fields = ["title", "heard_by", "language"]
    actions = None
    steps = (
        Step(
            "publish",
            _("Publish"),
            _publish,
            form=ConfirmForm,
            look="primary",
            offered=lambda row: not _is_published(row),
            words=_("Messages that are written already, sent or waiting, keep their words."),
        ),
        Step(
            "reset",
            _("Back to the original words"),
            _reset,
            form=ConfirmForm,
            offered=lambda row: bool(row.in_force),
            words=_("The product's own words are in force again; your versions stay readable below."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Wording]:
        """With what is in force."""
        newest = WordingVersion.objects.filter(wording=OuterRef("pk")).order_by("-number")
        return super().get_queryset(request).annotate(in_force=Subquery(newest.values("text")[:1]))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Nothing is added by hand."""
        return {}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Where nothing was written yet, the original stands beside the box."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None and "text" in form.base_fields:
            form.base_fields["text"].help_text = _(
                "First line: the subject. Empty: the original words, which stand below to be copied."
            )
        return form

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Every message has its row."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The original words come back by a step."""
        return False

    def has_step_permission(self, request: HttpRequest) -> bool:
        """The lead's; the service asks again."""
        return has_right(request.user, Right.DECIDE)  # type: ignore[arg-type]

    @display(description=_("message"))
    def title(self, row: Wording) -> str:
        """What kind of message it is."""
        return str(kinds.kind(row.kind).title)

    @display(description=_("heard by"))
    def heard_by(self, row: Wording) -> str:
        """Whom these words are for."""
        return joined(Audience(one).label for one in audiences_of(row))

    @display(description=_("own words"), boolean=True)
    def is_own(self, row: Any) -> bool:
        """Whether HR's own words are in force."""
        return bool(row.in_force)

    @display(description=_("published"), boolean=True)
    def is_published(self, row: Any) -> bool:
        """Whether the draft is what is in force."""
        return _is_published(row)


def audiences_of(row: Wording) -> list[str]:
    """Who reads these words: one audience, or all colleagues who have none of their own."""
    if row.audience != "staff":
        return [row.audience]
    name = editing.name_of(row)
    told = [one for one in kinds.kind(row.kind).audiences if one != Audience.CANDIDATE]
    return [one for one in told if rendering.template_name(row.kind, one, row.language) == name]


def _ways(row: Wording) -> list[dict[str, Any]]:
    """Who hears it on which channel, in the order of trying; candidates have no inbox and no WeCom of the house."""
    to_candidate = (ChannelName.SMS, ChannelName.EMAIL)
    to_colleague = (ChannelName.WECOM, ChannelName.EMAIL, ChannelName.INBOX)
    return [
        {
            "audience": Audience(one).label,
            "channels": [
                {"name": ChannelName(name).label, "is_on": channels.channel(name).is_connected()}
                for name in (to_candidate if one == Audience.CANDIDATE else to_colleague)
            ],
        }
        for one in audiences_of(row)
    ]


def _who(request: HttpRequest, row: Wording) -> SafeString:
    kind = kinds.kind(row.kind)
    context = {"ways": _ways(row), "kind": kind, "by_sms": row.audience == Audience.CANDIDATE}
    return SafeString(render_to_string("notifications/admin/wording_who.html", context, request))


def _variables(request: HttpRequest, row: Wording) -> SafeString:
    context = {"variables": editing.variables_of(row), "conditions": editing.conditions_of(row)}
    return SafeString(render_to_string("notifications/admin/wording_variables.html", context, request))


def _preview(request: HttpRequest, row: Wording) -> SafeString:
    subject, body = editing.preview(row)
    context = {"subject": subject, "body": body, "language": row.language}
    return SafeString(render_to_string("notifications/admin/wording_preview.html", context, request))


def _original(request: HttpRequest, row: Wording) -> SafeString:
    context = {
        "original": rendering.default_text(editing.name_of(row)),
        "versions": row.versions.select_related("published_by").order_by("-number")[:MOST_VERSIONS],
    }
    return SafeString(render_to_string("notifications/admin/wording_versions.html", context, request))


for _order, (_name, _title, _panel) in enumerate(
    (
        ("who", _("Who hears it, on which channel"), _who),
        ("preview", _("On a phone, as it was saved last"), _preview),
        ("variables", _("Variables and conditions"), _variables),
        ("versions", _("Original words and versions"), _original),
    ),
    start=1,
):
    panels.register(Wording, panels.Panel(_name, _title, _panel, order=_order * 10))
