"""Offers in the back office: the list, one offer with its steps, and the making of one on an application's page."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import fields
from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.many import WithMany
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import ConfirmForm, Step, StepForm, Text, WithSteps, offer
from core.history.models import LookKind
from people.actors import person_of
from people.calendar import first_working_day
from recruitment import colours
from recruitment.enums import OFFER_STEPS, ApplicationStage, OfferState, PayPeriod
from recruitment.models import Application, LetterTemplate, Offer, Opening
from recruitment.offers import approval, letters
from recruitment.offers.services import offers
from recruitment.rules import may_recruit, may_see_pay, sees_pay_of
from recruitment.telling import and_told, unreachable, will_be_told

ANSWER_WITHIN = timedelta(days=5)
LONGEST_CONDITIONS = 2000
# Read by whoever sees the opening's pay, by nobody else; and by whoever recruits for it.
PAY = (
    "salary", "currency", "period", "range_low", "range_high", "range_currency", "range_period", "letter_text",
    "letter_sha256", "letter_missing",
)  # fmt: skip
ANSWER = ("signed_name", "decline_reason", "decline_words", "withdraw_reason")


IN_ENGLISH = _(
    "Stand in the letter as they are typed. The letter is in English: please write them in English, too."
)


class OfferForm(StepForm):
    """What is offered."""

    salary = fields.decimal(_("salary"), min_value=1, max_digits=12)
    period = fields.choice(_("paid"), PayPeriod.choices, initial=PayPeriod.MONTH)
    start_on = fields.day(pgettext_lazy("of work", "first day"))
    place = fields.words(_("place of work"), lines=1, max_length=120)
    answer_by = fields.moment(_("answer by"))
    letter_template = fields.choice(_("letter template"), (), required=False)
    conditions = fields.words(
        _("conditions"),
        required=False,
        max_length=LONGEST_CONDITIONS,
        help_text=_("Stand in the letter as they are typed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = first_working_day(timezone.localdate() + ANSWER_WITHIN).date
        self.fields["answer_by"].initial = timezone.make_aware(datetime.combine(last, time(18)))
        self.fields["letter_template"].choices = _templates()  # type: ignore[attr-defined]
        self.propose()

    def propose(self) -> None:
        """What is known already."""
        if self.subject is not None:
            self.fields["start_on"].initial = self.subject.planned_start
            self.fields["place"].initial = place_for(self.subject)
            if reads_english(self.subject):
                self.fields["conditions"].help_text = IN_ENGLISH
            self.fields["salary"].help_text = pay_range(self.subject.opening, self.person)

    def warnings(self, values: dict[str, Any]) -> Iterable[Text]:
        """What only the lead approves is said before it is drafted."""
        opening = self.subject.opening if self.subject else None
        if opening is None or not pay_range(opening, self.person):
            return
        if approval.is_more(values["salary"], values["period"], opening.salary_high, opening.salary_period):
            yield _("The salary lies above the opening's range: the HR lead has to approve this offer.")


def reads_english(row: Application) -> bool:
    """Whether the candidate's letter is in English."""
    return bool(row.candidate.language.startswith("en"))


def place_for(row: Application) -> str:
    """The opening's place of work, as the candidate's letter says it."""
    with translation.override(row.candidate.language):
        return row.opening.place


def _templates() -> list[tuple[Any, Text]]:
    """Those that are published and in use, the first one chosen; in a house without any, the ready-made letter."""
    found = LetterTemplate.objects.filter(is_in_use=True, versions__isnull=False).distinct().order_by("pk")
    return list(found.values_list("pk", "name")) or [("", _("Ready-made letter"))]


def pay_range(opening: Opening, person: Any) -> Text:
    """The opening's range as a sentence; "" where there is none, and for whoever does not see it."""
    if person is None or not sees_pay_of(person, opening):
        return ""
    words = letters.salary_range(
        opening.salary_low,
        opening.salary_high,
        currency=opening.salary_currency,
        period=opening.salary_period,
    )
    return gettext("The opening's range: %(range)s.") % {"range": words} if words else ""


class WithdrawForm(StepForm):
    """Why we take it back."""

    reason = fields.words(_("reason"), max_length=offers.LONGEST_REASON)


def _make(request: HttpRequest, application: Application, data: dict[str, Any]) -> Text:
    data["letter_template"] = int(data["letter_template"]) if data["letter_template"] else None
    made = offers.make(application_id=application.pk, terms=offers.Terms(**data), by=person_of(request))
    return format_html(
        '{} <a href="{}">{}</a>',
        gettext("The offer is drafted; a colleague approves it."),
        reverse("admin:recruitment_offer_change", args=[made.pk]),
        gettext("See the offer"),
    )


def who_hears_of_drafts(rows: Sequence[Application]) -> list[str]:
    """Whom a draft tells, and when: from the second round it brings the application to the offer."""
    hear = sum(row.stage == ApplicationStage.SECOND_ROUND for row in rows)
    if not hear:
        return [gettext("No candidate hears of a draft. The offer itself is told when it is sent.")]
    said = ngettext(
        "%(n)s candidate hears %(when)s that an offer is being prepared, and so does the department's manager; not "
        "where the offer itself was sent before.",
        "%(n)s candidates hear %(when)s that an offer is being prepared, and so do the departments' managers; not "
        "where the offer itself was sent before.",
        hear,
    )
    return [said % {"n": hear, "when": will_be_told(ApplicationStage.OFFER)}]


def _who_hears(request: HttpRequest, application: Application) -> SafeString:
    lines = unreachable([application])
    if application.stage == ApplicationStage.SECOND_ROUND:
        said = gettext(
            "The candidate and the department's manager hear %(when)s that an offer is being prepared; not if the "
            "offer itself was sent before."
        )
        lines.append(said % {"when": will_be_told(ApplicationStage.OFFER)})
    else:
        lines.append(
            gettext("The candidate does not hear of a draft. The offer itself is told when it is sent.")
        )
    return format_html(
        '<ul class="hs-consequences">{}</ul>', format_html_join("", "<li>{}</li>", ((one,) for one in lines))
    )


def _approve(request: HttpRequest, row: Offer, _data: dict[str, Any]) -> Text:
    offers.approve(offer_id=row.pk, by=person_of(request))
    return _("Approved. It can be sent now.")


def _send(request: HttpRequest, row: Offer, _data: dict[str, Any]) -> Text:
    sent = offers.send(offer_id=row.pk, by=person_of(request))
    said = and_told(_("The letter is made and kept."), row.application.candidate)
    if not sent.letter_missing:
        return said
    missing = gettext("Characters that the letter's font has not, shown by their code: %(characters)s.")
    return f"{said} {missing % {'characters': sent.letter_missing}}"


def _withdraw(request: HttpRequest, row: Offer, data: dict[str, Any]) -> Text:
    offers.withdraw(offer_id=row.pk, reason=data["reason"], by=person_of(request))
    return _("The offer is withdrawn.")


def _from(step: str) -> Any:
    sources = OFFER_STEPS.sources(step)
    return lambda row: row.state in sources


@admin.register(Offer)
class OfferAdmin(Lean, Scoped, ReadOnly, WithMany, WithSteps, ModelAdmin):
    """Offers. They are made on the page of an application; what was offered never changes."""

    looked_at = LookKind.PAGE
    nothing_yet = _("No offer has been made yet. Make one on the page of an application in the second round.")
    steps = (
        Step(
            "approve",
            _("Approve"),
            _approve,
            form=ConfirmForm,
            look="primary",
            offered=_from("approve"),
            words=_(
                "Whoever made an offer does not approve it. Beyond the opening's headcount, and above its salary "
                "range, the HR lead approves."
            ),
        ),
        Step(
            "send",
            _("Send offer"),
            _send,
            form=ConfirmForm,
            look="primary",
            offered=_from("send"),
            words=_(
                "The letter is made as PDF and kept as it is. The candidate gets a message with the way to a page on "
                "which it is read, accepted or turned down."
            ),
        ),
        Step(
            "withdraw",
            _("Withdraw offer"),
            _withdraw,
            form=WithdrawForm,
            look="danger",
            offered=_from("withdraw"),
            words=_("The candidate can no longer answer it, and is told so when it had been sent."),
        ),
    )
    list_display = ["candidate", "opening", "state_label", "start_on", "answer_by"]
    list_display_links = ["candidate"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("of_opening", AutocompleteSelectFilter),
        ("answer_by", MomentRangeFilter),
    ]
    list_filter_submit = True
    search_fields = ["application__candidate__search_key", "application__opening__search_key"]
    sortable_by = ["start_on", "answer_by"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("application", "state_label"),
                    ("pay", "salary_range"),
                    ("start_on", "place"),
                    "answer_by",
                    "approval",
                ]
            },
        ),
        (None, {"fields": ["conditions", ("made_by", "approved_by"), ("sent_at", "ended_at")]}),
        (_("Letter"), {"fields": ["letter_version", "words", "to_letter"]}),
        (None, {"fields": ["signed_name", ("decline_reason", "decline_words"), "withdraw_reason"]}),
    ]
    readonly_fields = [
        "application", "state_label", "pay", "salary_range", "approval", "start_on", "place", "answer_by",
        "conditions", "made_by", "approved_by", "sent_at", "ended_at", "letter_version", "words", "to_letter",
        "signed_name", "decline_reason", "decline_words", "withdraw_reason",
    ]  # fmt: skip

    def with_details(self, rows: QuerySet[Offer]) -> QuerySet[Offer]:
        """With whom and what for."""
        return rows.select_related(
            "application__candidate", "application__opening__department", "application__opening__specialist",
            "letter_version__template",
        )  # fmt: skip

    @display(description=_("candidate"))
    def candidate(self, row: Offer) -> str:
        """To whom."""
        return row.application.candidate.name

    @display(description=_("opening"))
    def opening(self, row: Offer) -> str:
        """For what."""
        return str(row.application.opening)

    @display(description=_("state"), label=colours.OFFER)
    def state_label(self, row: Offer) -> tuple[str, str]:
        """In words, by colour."""
        return row.state, str(OfferState(row.state).label)

    @display(description=_("salary"))
    def pay(self, row: Offer) -> str:
        """For whoever sees the opening's pay."""
        return letters.pay(row)

    @display(description=_("salary range"), empty_value="–")
    def salary_range(self, row: Offer) -> str | None:
        """The opening's, as it was when the offer was made."""
        words = letters.salary_range(
            row.range_low, row.range_high, currency=row.range_currency, period=row.range_period
        )
        return words or None

    @display(description=_("approval"), empty_value="–")
    def approval(self, row: Offer) -> str | None:
        """Who has to approve it, and why it is the lead; nothing once that is done."""
        if row.state != OfferState.DRAFT:
            return None
        if reasons := approval.why_lead(row):
            words = {"reasons": approval.in_words(reasons)}
            return gettext("The HR lead approves this offer: %(reasons)s.") % words
        return gettext("A colleague other than %(maker)s approves it.") % {"maker": row.made_by}

    @display(description=_("text of the letter"), empty_value="–")
    def words(self, row: Offer) -> Any:
        """As it was sent; before that, as it would be sent."""
        if row.letter_text:
            return SafeString(
                render_to_string("recruitment/admin/letter_words.html", {"sent": row.letter_text})
            )
        if row.state not in OfferState.open or row.letter_version is None:
            return None
        with translation.override(row.application.candidate.language):
            values = letters.values_of(row, company=settings.COMPANY_NAME)
            title, paragraphs = letters.words_of(row.letter_version, values)
            shown = {"title": title, "paragraphs": paragraphs, "terms": letters.terms(row)}
        return SafeString(render_to_string("recruitment/admin/letter_words.html", shown))

    @display(description=_("letter"))
    def to_letter(self, row: Offer) -> Any:
        """The letter as it was sent, with its hash."""
        if not row.letter_sha256:
            return "–"
        address = reverse("offers:letter", args=[row.pk])
        return format_html(
            '<a href="{}">PDF</a> <p class="hs-words">SHA-256 {}</p>', address, row.letter_sha256
        )

    def history_hides(self, request: HttpRequest, record: Any) -> frozenset[tuple[str, str]]:
        """What the page hides of it."""
        person, hidden = person_of(request), set(super().history_hides(request, record))
        if not may_see_pay(person, Offer, record.pk):
            hidden |= {(Offer._meta.label_lower, name) for name in PAY}
        if not may_recruit(person, Offer, record.pk):
            hidden |= {(Offer._meta.label_lower, name) for name in ANSWER}
        return frozenset(hidden)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Salary and letter only for whoever sees the opening's pay, the answer for whoever recruits for it."""
        shown = super().get_fieldsets(request, obj)
        if obj is None:
            return shown
        person, (terms, ways, letter, answer) = person_of(request), shown
        if not may_see_pay(person, Offer, obj.pk):
            terms = (None, {"fields": [("application", "state_label"), "start_on", ("place", "answer_by")]})
            letter = None
        if not may_recruit(person, Offer, obj.pk):
            answer = None
        return [box for box in (terms, ways, letter, answer) if box is not None]


offer(
    Application,
    Step(
        "draft-offer",
        _("Draft an offer"),
        _make,
        form=OfferForm,
        look="primary",
        offered=lambda application: (
            application.stage in (ApplicationStage.SECOND_ROUND, ApplicationStage.OFFER)
        ),
        words=_(
            "Pay, first day and place as they stand in the letter. A colleague approves it before it is sent."
        ),
        details=_who_hears,
    ),
)
