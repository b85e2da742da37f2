"""Rounds planned, and offers drafted, for many applications at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.admin import fields
from core.admin.steps import StepForm, Text
from core.many.declaring import ManyStep, declare
from people.models import User
from recruitment.admin.many_forms import from_stages
from recruitment.enums import InterviewState, OfferState
from recruitment.models import Application, Interview, Offer
from recruitment.models.slots import ROUNDS_HELD_IN
from recruitment.offers import approval
from recruitment.offers.admin.offers import (
    IN_ENGLISH,
    LONGEST_CONDITIONS,
    OfferForm,
    pay_range,
    place_for,
    reads_english,
    who_hears_of_drafts,
)
from recruitment.offers.services import offers
from recruitment.rounds import busy
from recruitment.rounds.admin.steps import WhoAndWhere, slot_warnings, usual_begin
from recruitment.rounds.services import planning
from recruitment.rules import sees_pay_of
from recruitment.telling import unreachable

# So many can each have a pay of their own: more boxes than that nobody fills in beside each other.
OWN_PAY = 20
# What a letter says as it was typed.
IN_WORDS = ("place", "conditions")


class RoundsForm(WhoAndWhere, StepForm):
    """When the first begins, how long each lasts, and by whom and where they are held."""

    opens_at = fields.moment(gettext_lazy("the first begins"))
    minutes = fields.number(
        gettext_lazy("minutes for each"), min_value=15, max_value=480, initial=60,
        help_text=gettext_lazy("One begins as the last one ends, in the order below."),
    )  # fmt: skip
    field_order: ClassVar[list[str]] = ["opens_at", "minutes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call_colleagues()
        self.fields["opens_at"].initial = usual_begin()
        openings = {row.opening_id: row.opening for row in self.subject or ()}
        if len(openings) == 1:
            ((_pk, opening),) = openings.items()
            proposed = opening.interviewers.filter(planning.colleagues())
            self.fields["interviewers"].initial = list(proposed.values_list("pk", flat=True))

    def warnings(self, values: dict[str, Any]) -> Iterable[Text]:
        """Of the times, each once, and of whoever or whatever is taken then."""
        times = list(_times(values, self.subject).values())
        said = dict.fromkeys(str(one) for opens, closes in times for one in slot_warnings(opens, closes))
        yield from said
        people = [one.pk for one in values["interviewers"]]
        yield from busy.warnings_of_many([
            busy.Booking(opens_at=opens, closes_at=closes, interviewers=people, room=values["room"].strip())
            for opens, closes in times
        ])  # fmt: skip


def _times(values: Mapping[str, Any], rows: Sequence[Any]) -> dict[int, tuple[datetime, datetime]]:
    """Each one's own hour, one after the other."""
    length = timedelta(minutes=values["minutes"])
    return {
        row.pk: (values["opens_at"] + place * length, values["opens_at"] + (place + 1) * length)
        for place, row in enumerate(rows)
    }


def _own_times(values: dict[str, Any], rows: Sequence[Any]) -> dict[int, dict[str, Any]]:
    own = _times(values, rows)
    return {pk: {"opens_at": opens, "closes_at": closes} for pk, (opens, closes) in own.items()}


def _plan(by: Any, pk: int, values: dict[str, Any]) -> object:
    return planning.plan(
        application_id=pk,
        opens_at=datetime.fromisoformat(values["opens_at"]),
        closes_at=datetime.fromisoformat(values["closes_at"]),
        interviewers=values["interviewers"],
        room=values["room"],
        meeting_link=values["meeting_link"],
        by=by,
    )


def _cannot_be_planned(person: Any, rows: Sequence[Any]) -> dict[int, Text]:
    found = from_stages(*ROUNDS_HELD_IN)(person, rows)
    running = Interview.objects.filter(
        application__in=[row.pk for row in rows], state__in=InterviewState.running
    )
    for pk, number in running.order_by().values_list("application").annotate(last=Max("round")):
        found.setdefault(pk, _("Round %(round)s is not finished yet.") % {"round": number})
    return found


class OffersForm(OfferForm):
    """What is offered to each: one pay for all of them, and another one for whom it differs; place and conditions once
    more in English, where some of the letters are."""

    def propose(self) -> None:
        """What they have in common; a box of its own for each one's pay."""
        rows: Sequence[Application] = self.subject or ()
        english = [row for row in rows if reads_english(row)]
        others = [row for row in rows if not reads_english(row)]
        if english and others:
            self._ask_in_english(len(english))
        elif english:
            self.fields["conditions"].help_text = IN_ENGLISH
        for name, found in (
            ("start_on", {row.planned_start for row in rows}),
            ("place", {place_for(row) for row in others or english}),
            ("place_en", {place_for(row) for row in english}),
        ):
            if name in self.fields and len(found) == 1:
                self.fields[name].initial = next(iter(found))
        ranges = {str(pay_range(row.opening, self.person)) for row in rows}
        if len(ranges) == 1:
            self.fields["salary"].help_text = next(iter(ranges))
        for row in rows if 1 < len(rows) <= OWN_PAY else ():
            self.fields[_own(row)] = fields.decimal(
                _("salary of %(name)s, if another") % {"name": row.candidate.name},
                min_value=1,
                max_digits=12,
                required=False,
            )

    def _ask_in_english(self, number: int) -> None:
        said = ngettext(
            "For %(n)s candidate whose letter is in English. Empty: as above.",
            "For %(n)s candidates whose letters are in English. Empty: as above.",
            number,
        ) % {"n": number}
        place = fields.words(
            _("English place of work"), lines=1, max_length=120, required=False, help_text=said
        )
        conditions = fields.words(
            _("English conditions"), required=False, max_length=LONGEST_CONDITIONS, help_text=said
        )
        self.fields |= {"place_en": place, "conditions_en": conditions}
        self.order_fields(["salary", "period", "start_on", "place", "place_en"])

    def clean(self) -> dict[str, Any]:
        """The days are the same for all of them."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("start_on") and values.get("answer_by"):
            self.require(
                lambda: offers.require_sensible(start_on=values["start_on"], answer_by=values["answer_by"])
            )
        return values

    def warnings(self, values: dict[str, Any]) -> Iterable[Text]:
        """How many of them only the lead approves."""
        above = sum(
            bool(pay_range(row.opening, self.person))
            and approval.is_more(
                _salary(values, row), values["period"], row.opening.salary_high, row.opening.salary_period
            )
            for row in self.subject
        )
        if above:
            yield ngettext(
                "%(n)s salary lies above its opening's range: the HR lead has to approve this offer.",
                "%(n)s salaries lie above their opening's range: the HR lead has to approve these offers.",
                above,
            ) % {"n": above}


def _own(row: Application) -> str:
    return f"salary_{row.pk}"


def _salary(values: Mapping[str, Any], row: Application) -> Any:
    return values.get(_own(row)) or values["salary"]


def _own_terms(values: dict[str, Any], rows: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """Each one's pay, and for whose letter is in English what was written in English."""
    english = {name: values[f"{name}_en"] for name in IN_WORDS if values.get(f"{name}_en")}
    return {
        row.pk: {"salary": _salary(values, row), **(english if reads_english(row) else {})} for row in rows
    }


def _draft(by: Any, pk: int, values: dict[str, Any]) -> object:
    template = values["letter_template"]
    terms = offers.Terms(
        salary=Decimal(values["salary"]),
        period=values["period"],
        start_on=date.fromisoformat(values["start_on"]),
        place=values["place"],
        answer_by=datetime.fromisoformat(values["answer_by"]),
        letter_template=int(template) if template else None,
        conditions=values["conditions"],
    )
    return offers.make(application_id=pk, terms=terms, by=by)


def _cannot_be_offered(person: User, rows: Sequence[Any]) -> dict[int, Text]:
    found = from_stages(*offers.MADE_FROM)(person, rows)
    made = Offer.objects.filter(application__in=[row.pk for row in rows], state__in=OfferState.open)
    has_one = set(made.values_list("application", flat=True))
    for row in rows:
        if row.pk in has_one:
            found.setdefault(row.pk, _("An offer to this candidate is open already. See it first."))
        elif not sees_pay_of(person, row.opening):
            found.setdefault(row.pk, _("This step shows or sets a salary, which your role does not."))
    return found


def _joined(rows: Any) -> Any:
    return rows.select_related("candidate", "opening__department")


declare(
    Application,
    ManyStep(
        name="plan_rounds",
        title=gettext_lazy("Plan rounds"),
        form=RoundsForm,
        take=_plan,
        look="primary",
        read=_joined,
        left_out=_cannot_be_planned,
        foresee=unreachable,
        each=_own_times,
        words=gettext_lazy(
            "Each gets a round of its own, one after the other. Candidates and interviewers are told at once; the "
            "cards ask for what each opening's plan measures."
        ),
    ),
    ManyStep(
        name="draft_offers",
        title=gettext_lazy("Draft offers"),
        form=OffersForm,
        take=_draft,
        look="primary",
        read=_joined,
        left_out=_cannot_be_offered,
        foresee=lambda rows: [*unreachable(rows), *who_hears_of_drafts(rows)],
        each=_own_terms,
        words=gettext_lazy(
            "Pay, first day and place as they stand in each letter. A colleague approves the offers before they are "
            "sent."
        ),
    ),
)
