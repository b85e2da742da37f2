"""Times offered to candidates: the steps on applications and interviews, what became of them, and their list."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import fields, panels
from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import ConfirmForm, Step, StepForm, Text, WithSteps, offer
from core.joining import clauses
from people.actors import person_of
from people.calendar import add_working_days
from recruitment import colours
from recruitment.enums import INTERVIEW_STEPS, InterviewKind, SlotState
from recruitment.models import Application, Competency, Interview, SlotOffer
from recruitment.models.slots import ROUNDS_HELD_IN
from recruitment.rounds import free
from recruitment.rounds.admin.steps import WhoAndWhere
from recruitment.rounds.services import planning, slots
from recruitment.telling import and_told

SHOWN = 40
LOOKED_AHEAD = timedelta(days=9)


class TimesForm(StepForm):
    """Which times are offered: days and length first, then the free times among them."""

    first = fields.day(_("from"))
    last = fields.day(_("until"))
    minutes = fields.number(_("minutes"), min_value=15, max_value=480, initial=60)
    choose_by = fields.moment(
        _("choose by"), help_text=_("Afterwards nobody can choose any more, and you hear of it.")
    )
    times = forms.MultipleChoiceField(
        label=_("times to offer"),
        required=False,
        widget=fields.ticks(),
        help_text=_(
            "What is free for everybody and the room. Nothing is reserved: the first who chooses has it."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepare()
        today = timezone.localdate()
        self.fields["first"].initial = add_working_days(today, 1).date
        self.fields["last"].initial = today + LOOKED_AHEAD
        self.fields["choose_by"].initial = timezone.localtime().replace(hour=18, minute=0) + timedelta(days=1)
        self.found = [self._as_choice(span) for span in self._free()] if self.is_bound else []
        self.fields["times"].choices = self.found  # type: ignore[attr-defined]
        if not self.is_bound:
            self.fields["times"].help_text = _("Press the button: the free times appear here to choose from.")

    def prepare(self) -> None:
        """What the fields need before anything typed is read."""

    @staticmethod
    def _as_choice(span: free.Span) -> tuple[str, str]:
        begin, end = timezone.localtime(span[0]), timezone.localtime(span[1])
        words = f"{date_format(begin, 'Y-m-d D H:i')} – {date_format(end, 'H:i')}"
        return f"{begin.isoformat()}/{end.isoformat()}", words

    def _given(self, name: str) -> Any:
        """What was typed into one field, before the whole is judged; None where it is wrong."""
        field = self.fields[name]
        try:
            return field.clean(field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name)))
        except forms.ValidationError:
            return None

    def who_and_where(self) -> tuple[list[int], str, int | None]:
        """For whom the times have to be free: interviewers, room, the round that is moved."""
        return slots.booked_with(self.subject)

    def _free(self) -> list[free.Span]:
        first, last, minutes = self._given("first"), self._given("last"), self._given("minutes")
        if not (first and last and minutes):
            return []
        people, room, held = self.who_and_where()
        return free.free_times(
            interviewers=people, room=room, length=timedelta(minutes=minutes),
            first=max(first, timezone.localdate()), last=last, but=held, at_most=SHOWN,
        )  # fmt: skip

    def clean_times(self) -> list[free.Span]:
        """The chosen ones; without any, the question which of the free ones, or what to do where none is free."""
        chosen = [tuple(map(parse_datetime, one.split("/"))) for one in self.cleaned_data["times"]]
        if chosen:
            return chosen  # type: ignore[return-value]
        if not self.found and self.errors:
            # Nothing was looked for: what is missing is said beside its own box.
            return []
        if not self.found:
            raise forms.ValidationError(
                _(
                    "On these days no such time is free. Choose other days, a shorter time, or other interviewers."
                )
            )
        raise forms.ValidationError(_("Please tick the times that the candidate may choose from."))


class RoundTimesForm(WhoAndWhere, TimesForm):
    """Times for a new round, with who holds it, and where."""

    competencies = forms.ModelMultipleChoiceField(
        label=_("competencies"),
        queryset=Competency.objects.all(),
        widget=fields.ticks(),
    )
    field_order = [
        "interviewers", "room", "meeting_link", "competencies", "first", "last", "minutes", "choose_by", "times",
    ]  # fmt: skip

    def prepare(self) -> None:
        """Who may hold a round, and what its cards ask for."""
        self.call_colleagues()
        if self.subject is not None:
            self.fields["competencies"].initial = planning.planned_competencies(self.subject)

    def who_and_where(self) -> tuple[list[int], str, int | None]:
        """As they are typed."""
        people = self._given("interviewers") or ()
        return [one.pk for one in people], " ".join((self._given("room") or "").split()), None

    def _free(self) -> list[free.Span]:
        return super()._free() if self._given("interviewers") else []


def _offer_round(request: HttpRequest, application: Application, data: dict[str, Any]) -> Text:
    slots.offer_round(
        application_id=application.pk,
        times=data["times"],
        choose_by=data["choose_by"],
        place=slots.Place(
            interviewers=[one.pk for one in data["interviewers"]],
            room=data["room"],
            meeting_link=data["meeting_link"],
            competencies=[one.pk for one in data["competencies"]],
        ),
        by=person_of(request),
    )
    return and_told(_("The times are offered."), application.candidate)


def _offer_move(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    slots.offer_move(
        interview_id=interview.pk, times=data["times"], choose_by=data["choose_by"], by=person_of(request)
    )
    return and_told(_("The times are offered."), interview.application.candidate)


def _withdraw(request: HttpRequest, row: SlotOffer, _data: dict[str, Any]) -> Text:
    slots.withdraw(offer_id=row.pk, by=person_of(request))
    return and_told(_("The times are taken back."), row.application.candidate)


def _is_movable(interview: Interview) -> bool:
    movable = INTERVIEW_STEPS.sources("reschedule")
    return interview.kind != InterviewKind.VENDOR and interview.state in movable


def _panel(request: HttpRequest, rows: "QuerySet[SlotOffer]") -> SafeString:
    found = list(rows.select_related("offered_by").prefetch_related("slots").order_by("-pk")[:3])
    if not found:
        return SafeString("")
    context = {"offers": [{"row": row, "address": _address(row)} for row in found]}
    return SafeString(render_to_string("recruitment/rounds/times_panel.html", context, request=request))


def _address(row: SlotOffer) -> str:
    return reverse("admin:recruitment_slotoffer_change", args=[row.pk])


@admin.register(SlotOffer)
class SlotOfferAdmin(Lean, Scoped, ReadOnly, WithSteps, ModelAdmin):
    """Offered times. They are offered on the page of an application or an interview."""

    nothing_yet = _(
        "No times have been offered yet. Offer some on the page of an application in the second round, or of an "
        "interview that is to be moved."
    )
    steps = (
        Step(
            "withdraw",
            _("Take the times back"),
            _withdraw,
            form=ConfirmForm,
            look="danger",
            offered=lambda row: row.state == SlotState.OPEN,
            words=_("The candidate can no longer choose, and is told so."),
        ),
    )
    list_display = ["candidate", "opening", "state_label", "choose_by", "offered_at"]
    list_display_links = ["candidate"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("of_opening", AutocompleteSelectFilter),
        ("choose_by", MomentRangeFilter),
    ]
    list_filter_submit = True
    search_fields = ["application__candidate__search_key", "application__opening__search_key"]
    sortable_by = ["choose_by"]
    fieldsets = [
        (None, {"fields": [("application", "interview"), ("state_label", "choose_by"), "shown_times"]}),
        (None, {"fields": [("room", "meeting_link"), ("offered_by", "offered_at"), "ended_at"]}),
    ]
    readonly_fields = [
        "application", "interview", "state_label", "choose_by", "shown_times", "room", "meeting_link",
        "offered_by", "offered_at", "ended_at",
    ]  # fmt: skip

    def with_details(self, rows: QuerySet[SlotOffer]) -> QuerySet[SlotOffer]:
        """With whom and what for."""
        return rows.select_related("application__candidate", "application__opening")

    @display(description=_("candidate"))
    def candidate(self, row: SlotOffer) -> str:
        """To whom."""
        return row.application.candidate.name

    @display(description=_("opening"))
    def opening(self, row: SlotOffer) -> str:
        """For what."""
        return str(row.application.opening)

    @display(description=_("state"), label=colours.SLOTS)
    def state_label(self, row: SlotOffer) -> tuple[str, str]:
        """In words, by colour."""
        return row.state, str(SlotState(row.state).label)

    @display(description=_("times"))
    def shown_times(self, row: SlotOffer) -> str:
        """Each of them, the chosen one marked."""
        return clauses(
            f"{'✓ ' if one.is_chosen else ''}{TimesForm._as_choice((one.slot.lower, one.slot.upper))[1]}"
            for one in row.slots.order_by("slot")
        )


WORDS = _(
    "The candidate gets a message with a link and chooses on the phone; the time that is chosen becomes the interview, "
    "and all concerned are told. Until then nothing is reserved."
)
offer(
    Application,
    Step(
        "offer-times",
        _("Offer times for a round"),
        _offer_round,
        form=RoundTimesForm,
        offered=lambda application: application.stage in ROUNDS_HELD_IN,
        words=WORDS,
    ),
)
offer(
    Interview,
    Step(
        "offer-times", _("Offer other times"), _offer_move, form=TimesForm, offered=_is_movable, words=WORDS
    ),
)
panels.register(
    Application,
    panels.Panel(
        "times",
        _("Offered times"),
        lambda request, row: _panel(request, SlotOffer.objects.filter(application=row.pk)),
        order=7,
    ),
)
