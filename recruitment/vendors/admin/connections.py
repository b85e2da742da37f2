"""Outside interview vendors: who they are, their secret, which interview is theirs, and what they reported."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from core.admin import fields, panels
from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Catalogue, Lean
from core.admin.looks import SHOWN_ONCE
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import Step, StepForm, Text, WithSteps, offer
from core.counts import REACH, Size
from core.errors import Invalid
from people.actors import person_of
from people.rules import keeps_house
from recruitment.enums import InterviewKind, InterviewState
from recruitment.models import Interview, Vendor, VendorEvent, VendorInterview
from recruitment.models.vendors import VendorEventState
from recruitment.vendors import network
from recruitment.vendors.admin import reports
from recruitment.vendors.mappings import MAPPINGS
from recruitment.vendors.services import connections


class VendorForm(forms.ModelForm):
    """A vendor; its format is one of those that we know. The secret is made, never typed."""

    mapping = forms.ChoiceField(
        label=_("format"),
        choices=[(name, reports.format_words(name)) for name in MAPPINGS],
        widget=UnfoldAdminSelectWidget(),
        help_text=_("Which vendor's words its reports use."),
    )

    class Meta:
        model = Vendor
        fields = ["name", "code", "mapping", "poll_url", "is_active"]

    def clean_poll_url(self) -> str:
        """A public https address, or none."""
        address: str = self.cleaned_data["poll_url"]
        if address:
            try:
                network.check_address(address)
            except Invalid as error:
                raise forms.ValidationError(str(error.message), code=error.code) from error
        return address


class ConfirmForm(StepForm):
    """The page says what will happen, and asks."""


def _renew(request: HttpRequest, vendor: Vendor, data: dict[str, Any]) -> TemplateResponse:
    """The secret is on this one page only: it is kept encrypted, and put into no message, cookie or log."""
    context = {
        **admin.site.each_context(request),
        "title": _("Secret of the vendor"),
        "subtitle": str(vendor),
        "vendor": vendor,
        "secret": connections.renew_secret(vendor_id=vendor.pk, by=person_of(request)),
        "address": settings.BASE_URL + reverse("vendor-events", args=[vendor.code]),
    }
    return TemplateResponse(request, "recruitment/admin/vendor_secret.html", context, headers=SHOWN_ONCE)


@admin.register(Vendor)
class VendorAdmin(Catalogue, Scoped, WithSteps, ModelAdmin):
    """The vendors. Their reports come in only with a secret, which the HR lead makes."""

    nothing_yet = _("No vendor is connected. Add one to hand interviews over to it.")
    steps = (
        Step(
            "renew-secret",
            _("Renew secret"),
            _renew,
            form=ConfirmForm,
            look="primary",
            words=_("The vendor's present secret ends at once; the new one is shown a single time."),
        ),
    )
    form = VendorForm
    list_display = ["name", "code", "speaks", "has_secret", "is_active", "interview_count", "last_heard"]
    list_filter = ["is_active"]
    search_fields = ["name", "code"]
    prepopulated_fields = {"code": ["name"]}

    def with_details(self, rows: QuerySet[Vendor]) -> QuerySet[Vendor]:
        """With how many interviews it holds, as far as they are counted, and when it last reported."""
        heard = VendorInterview.objects.filter(vendor=OuterRef("pk"), heard_at__isnull=False).order_by(
            "-heard_at"
        )
        theirs = VendorInterview.objects.filter(vendor=OuterRef("pk")).order_by().values("pk")
        counted = Func(
            ArraySubquery(theirs[: REACH + 1]), function="cardinality", output_field=IntegerField()
        )
        return rows.annotate(heard=Subquery(heard.values("heard_at")[:1]), interview_total=counted)

    def has_step_permission(self, request: HttpRequest) -> bool:
        """The secret is the lead's; the service asks again."""
        return super().has_step_permission(request) and keeps_house(request.user)  # type: ignore[arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: Vendor | None = None) -> bool:
        """Its reports are evidence: it is made inactive instead."""
        return False

    @display(description=_("format"), ordering="mapping")
    def speaks(self, vendor: Vendor) -> str:
        """Whose words its reports use."""
        return reports.format_words(vendor.mapping)

    @display(description=_("secret"), boolean=True)
    def has_secret(self, vendor: Vendor) -> bool:
        """Whether one was made: until then nothing is taken in."""
        return bool(vendor.secret)

    @display(description=_("interviews"))
    def interview_count(self, vendor: Any) -> str:
        """How many are or were theirs."""
        return Size.of(vendor.interview_total).words

    @display(description=_("last report"), empty_value="–")
    def last_heard(self, vendor: Any) -> Any:
        """The latest of all."""
        return vendor.heard


@admin.register(VendorEvent)
class VendorEventAdmin(Lean, ReadOnly, ModelAdmin):
    """Every report as it came, what became of it, and why."""

    nothing_yet = _("No vendor has reported anything yet.")
    list_display = ["occurred_at", "vendor", "to_interview", "what", "state_label", "reason", "received_at"]
    list_select_related = ["vendor"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("vendor", AutocompleteSelectFilter),
        ("occurred_at", MomentRangeFilter),
    ]
    list_filter_submit = True
    search_fields = ["=reference", "=event_id"]
    sortable_by = ["occurred_at"]
    ordering = ["-occurred_at", "-id"]
    fields = readonly_fields = [
        "vendor",
        "to_interview",
        "what",
        "event_id",
        "state",
        "reason",
        "occurred_at",
        "received_at",
        "settled_at",
        "own_scores",
        "whole",
    ]

    def with_details(self, rows: QuerySet[VendorEvent]) -> QuerySet[VendorEvent]:
        """With the interview that the reference means."""
        meant = VendorInterview.objects.filter(vendor=OuterRef("vendor"), reference=OuterRef("reference"))
        return rows.annotate(interview_id=Subquery(meant.values("interview")[:1]))

    @display(description=_("interview"))
    def to_interview(self, event: Any) -> Any:
        """By the vendor's reference."""
        if event.interview_id is None:
            return event.reference
        address = reverse("admin:recruitment_interview_change", args=[event.interview_id])
        return format_html('<a href="{}">{}</a>', address, event.reference)

    @display(description=_("kind"))
    def what(self, event: VendorEvent) -> Any:
        """In words."""
        return reports.kind_words(event.kind)

    @display(description=_("state"), label=reports.STATE_LOOKS)
    def state_label(self, event: VendorEvent) -> Any:
        """Waiting, applied, overtaken or refused."""
        return event.state, VendorEventState(event.state).label

    @display(description=_("reason"), empty_value="–")
    def reason(self, event: VendorEvent) -> Any:
        """Why it was not applied."""
        return reports.reason_words(event.code) or None

    @display(description=_("the vendor's own scores"))
    def own_scores(self, event: VendorEvent) -> SafeString:
        """As received, with what we make of each."""
        scores = reports.scores_of(event.payload, event.vendor.mapping)
        return SafeString(render_to_string("recruitment/admin/vendor_scores.html", {"scores": scores}))

    @display(description=_("report as received"))
    def whole(self, event: VendorEvent) -> SafeString:
        """The JSON, readable."""
        return format_html('<pre class="hs-payload">{}</pre>', reports.readable(event.payload))


class HandOverForm(StepForm):
    """To whom, and by which name the vendor knows it."""

    vendor = forms.ModelChoiceField(
        label=_("vendor"), queryset=Vendor.objects.none(), widget=UnfoldAdminSelectWidget()
    )
    reference = forms.CharField(
        label=_("the vendor's reference"),
        max_length=80,
        widget=forms.TextInput(attrs={"class": fields.CLASSES}),
        help_text=_("The name under which the vendor reports on this interview."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = Vendor.objects.filter(is_active=True)
        self.fields["vendor"].queryset = active  # type: ignore[attr-defined]
        present = VendorInterview.objects.filter(interview=self.subject).first()
        if present is not None:
            self.fields["vendor"].initial = present.vendor_id
            self.fields["reference"].initial = present.reference


def _hand_over(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    connections.hand_over(
        interview_id=interview.pk,
        vendor_id=data["vendor"].pk,
        reference=data["reference"],
        by=person_of(request),
    )
    return _("The vendor holds this interview now.")


HAND_OVER = Step(
    "hand-over",
    _("Hand over to a vendor"),
    _hand_over,
    form=HandOverForm,
    offered=lambda interview: interview.state == InterviewState.SCHEDULED,
    words=_(
        "The interview is then held in the vendor's room and not in ours: a link to our room no longer begins it. "
        "What the vendor reports moves it through the same states."
    ),
)


def panel(request: HttpRequest, interview: Interview) -> SafeString:
    """For an interview at a vendor: under which reference, and what was reported. Two queries at most."""
    if interview.kind != InterviewKind.VENDOR:
        return SafeString("")
    link = VendorInterview.objects.select_related("vendor").filter(interview=interview).first()
    if link is None:
        return SafeString("")
    context = {
        "link": link,
        "reports": reports.of(link),
    }
    return SafeString(render_to_string("recruitment/admin/vendor_panel.html", context, request))


offer(Interview, HAND_OVER)
panels.register(Interview, panels.Panel("vendor", _("Held by a vendor"), panel, order=6))
