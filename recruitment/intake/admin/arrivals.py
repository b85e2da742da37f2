"""What came over public pages and by mail, the question who is meant, and the page on an opening's page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core import contacts
from core.admin import fields, panels
from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.masking import Masked
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import ConfirmForm, Step, StepForm, Text, WithSteps, offer
from core.history.models import LookKind
from core.sealed import masks
from people.actors import person_of
from recruitment.enums import OpeningState
from recruitment.enums_incoming import IntakeState, IntakeWay
from recruitment.intake.services import receiving
from recruitment.models import Application, Candidate, Opening, PublicApplication
from recruitment.services import applying

LOOKS = {"waiting": "warning", "taken": "success", "dismissed": "default"}


def _opening(**options: Any) -> Any:
    return fields.row(
        _("opening"),
        Application._meta.get_field("opening"),
        Opening.objects.filter(state=OpeningState.OPEN),
        **options,
    )


class NewcomerForm(StepForm):
    """Who it is, as the file was read, to be looked at and corrected; and for which opening."""

    name = fields.boxed(contacts.NameBox, _("full name"), max_length=60)
    phone = fields.boxed(contacts.PhoneBox, _("phone"), required=False)
    email = fields.boxed(contacts.EmailBox, _("e-mail"), required=False)
    opening = _opening()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.subject
        for name, value in (("name", row.name), ("phone", row.phone), ("email", row.email)):
            self.fields[name].initial = value
        self.fields["opening"].initial = row.opening_id


class SamePersonForm(StepForm):
    """Which candidate it is; whoever has the number or address is filled in. What came by mail asks for the opening."""

    candidate = fields.row(_("candidate"), Application._meta.get_field("candidate"), Candidate.objects.all())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = applying.known_as(
            applying.Newcomer(self.subject.name, self.subject.phone, self.subject.email)
        )
        self.fields["candidate"].initial = known.pk if known else None
        if self.subject.way == IntakeWay.MAIL:
            self.fields["opening"] = _opening()
            self.fields["opening"].initial = self.subject.opening_id


def _same_person(request: HttpRequest, row: PublicApplication, data: dict[str, Any]) -> Text:
    opening = data.get("opening")
    receiving.same_person(
        intake_id=row.pk,
        candidate_id=data["candidate"].pk,
        opening_id=opening.pk if opening else None,
        by=person_of(request),
    )
    return _("The application has begun; the résumé stands with it.")


def _newcomer(request: HttpRequest, row: PublicApplication, data: dict[str, Any]) -> Text:
    person = applying.Newcomer.of(
        name=data["name"], phone=data["phone"], email=data["email"], language=row.language
    )
    receiving.newcomer(intake_id=row.pk, person=person, opening_id=data["opening"].pk, by=person_of(request))
    return _("The application has begun; the résumé stands with it.")


def _dismiss(request: HttpRequest, row: PublicApplication, _data: dict[str, Any]) -> Text:
    receiving.dismiss(intake_id=row.pk, by=person_of(request))
    return _("It was put aside; its file is deleted.")


def _is_waiting(row: PublicApplication) -> bool:
    return row.state == IntakeState.WAITING


def _is_proposed(row: PublicApplication) -> bool:
    return _is_waiting(row) and row.way == IntakeWay.MAIL


@admin.register(PublicApplication)
class PublicApplicationAdmin(Masked, Lean, Scoped, ReadOnly, WithSteps, panels.WithPanels, ModelAdmin):
    """Applications over public pages, and what came by mail. A person says who it is where that is not plain."""

    nothing_yet = _("Nothing has come over a public page yet. Publish one on the page of an opening.")
    steps = (
        Step(
            "newcomer",
            _("New candidate"),
            _newcomer,
            form=NewcomerForm,
            look="primary",
            offered=_is_proposed,
            words=_(
                "The file says this of the person: compare it with the words on the page. Candidate and application "
                "are made of it, and the résumé becomes theirs."
            ),
        ),
        Step(
            "same-person",
            _("It is this candidate"),
            _same_person,
            form=SamePersonForm,
            look="primary",
            offered=_is_waiting,
            words=_(
                "The application begins for the candidate you choose, and the résumé becomes theirs. Their name, "
                "number and address stay as they are: compare first, since anybody can type somebody else's number."
            ),
        ),
        Step(
            "dismiss",
            _("Put aside"),
            _dismiss,
            form=ConfirmForm,
            look="danger",
            offered=_is_waiting,
            words=_("No application comes of it. The file is deleted for good."),
        ),
    )
    looked_at = LookKind.PAGE
    masked = ("phone", "email")
    personal = ("phone_shown", "email")
    list_display = ["name", "phone_shown", "email", "way_label", "opening", "state_label", "sent_at"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("opening", AutocompleteSelectFilter),
        ("sent_at", MomentRangeFilter),
    ]
    list_filter_submit = True
    sortable_by = ["sent_at"]
    fields = readonly_fields = [
        "name",
        "phone",
        "email",
        "way_label",
        "mail",
        "opening",
        "known",
        "state_label",
        "application",
        "file_name",
        "first_words",
        "consent_version",
        "settled_by",
        "sent_at",
    ]

    def with_details(self, rows: QuerySet[PublicApplication]) -> QuerySet[PublicApplication]:
        """With what it is for and what came of it."""
        return rows.select_related(
            "opening", "mail", "settled_by", "application__candidate", "application__opening"
        )

    @display(description=_("phone"))
    def phone_shown(self, row: PublicApplication) -> str:
        """As it is read."""
        return contacts.shown(row.phone)

    @admin.display(description=_("way"))
    def way_label(self, row: PublicApplication) -> str:
        """Over the page or by mail."""
        return str(IntakeWay(row.way).label)

    @display(description=_("how the file begins"), empty_value="–")
    def first_words(self, row: PublicApplication) -> Any:
        """What came by mail is judged by its words, before it is anybody's."""
        return format_html('<pre class="hs-payload">{}</pre>', row.words) if row.words else None

    @display(description=_("state"), label=LOOKS)
    def state_label(self, row: PublicApplication) -> Any:
        """The state in words."""
        return row.state, IntakeState(row.state).label

    @display(description=_("who has number or address"), empty_value="–")
    def known(self, row: PublicApplication) -> Any:
        """The candidate who has it already."""
        found = applying.known_as(applying.Newcomer(row.name, row.phone, row.email))
        if found is None or not _is_waiting(row):
            return None
        address = reverse("admin:recruitment_candidate_change", args=[found.pk])
        reach = " · ".join(filter(None, [masks.phone(found.phone), masks.email(found.email)]))
        return format_html('<a href="{}">{}</a> {}', address, found, reach)


def _publish(request: HttpRequest, opening: Opening, _data: dict[str, Any]) -> Text:
    receiving.publish(opening_id=opening.pk, by=person_of(request))
    return _("The public page is open; its address can be copied.")


def _take_offline(request: HttpRequest, opening: Opening, _data: dict[str, Any]) -> Text:
    receiving.take_offline(opening_id=opening.pk, by=person_of(request))
    return _("The public page is closed; its address leads nowhere any more.")


_OPENED = _(
    "Whoever has the address can apply without an account, in Chinese and English. It shows the opening's title, place "
    "of work and description, and its specialist's name. Closing the opening closes the page as well."
)


def _may_publish(opening: Opening) -> bool:
    return not opening.apply_slug and opening.state == OpeningState.OPEN


def _page(request: HttpRequest, opening: Opening) -> SafeString:
    """The address, to be copied; while there is none, what a page would show, and the button that opens it."""
    address = ""
    if opening.apply_slug:
        address = request.build_absolute_uri(reverse("intake:apply", args=[opening.apply_slug]))
    elif not _may_publish(opening) or not request.user.has_perm("recruitment.change_opening"):
        return SafeString("")
    context = {
        "address": address,
        "words": _OPENED,
        "opening": opening,
        "publish": reverse("admin:recruitment_opening_step", args=[opening.pk, "publish"]),
    }
    return SafeString(render_to_string("recruitment/admin/public_page.html", context, request=request))


offer(
    Opening,
    Step(
        "publish",
        _("Publish application page"),
        _publish,
        offered=_may_publish,
        # The button stands beside what it opens.
        on_page=False,
    ),
    Step(
        "take-offline",
        _("Take page offline"),
        _take_offline,
        form=ConfirmForm,
        offered=lambda opening: bool(opening.apply_slug),
        words=_("The address stops working; published again, the page has another one. What was sent stays."),
    ),
)
panels.register(Opening, panels.Panel("public-page", _("Public application page"), _page, order=4))
