"""What may be done with many rounds that were held, and with many offers: decided, taken back, approved, sent,
withdrawn."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.db.models import Exists, Max, Min, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.admin import fields
from core.admin.steps import ConfirmForm, StepForm, Text
from core.many.declaring import ManyStep, declare
from people.rules import is_lead
from recruitment.admin.many_forms import ReasonForm, not_theirs
from recruitment.enums import OFFER_STEPS, ApplicationStage, InterviewState, OfferState, RoundOutcome
from recruitment.models import Interview, Offer, Round, Scorecard, ScorecardScore
from recruitment.offers import approval, letters
from recruitment.offers.services import offers
from recruitment.rounds.services import outcomes
from recruitment.rules import sees_pay_of
from recruitment.telling import unreachable

# From here on interviewers saw two different candidates: it is said before it is decided for many at once.
APART = 2
# More kinds of pay than anybody compares at once.
MOST_NAMED = 20


class DecideForm(StepForm):
    """One outcome for all of them."""

    outcome = fields.choice(
        gettext_lazy("outcome"), [one for one in RoundOutcome.choices if one[0] != RoundOutcome.OPEN]
    )
    reason = fields.words(gettext_lazy("reason"), required=False, max_length=outcomes.LONGEST_REASON)

    def clean(self) -> dict[str, Any]:
        """A round that was not passed has its reason."""
        values = super().clean() or self.cleaned_data
        if values.get("outcome") == RoundOutcome.NOT_PASSED and not values.get("reason", "").strip():
            raise forms.ValidationError(_("Please say why the round was not passed."))
        return values


def _rounds(rows: Sequence[Any]) -> dict[int, Any]:
    """The rounds of these interviews, each with whether a card is missing. One query."""
    missing = Scorecard.objects.filter(round=OuterRef("pk"), is_called=True, handed_in_at=None)
    found = Round.objects.filter(interview__in=[row.pk for row in rows]).annotate(is_missing=Exists(missing))
    return {held.interview_id: held for held in found.select_related("settled_by")}


def _why_not_held(row: Any, held: Any) -> Text:
    if held is None:
        return _("It is no round that people hold.")
    if row.state != InterviewState.COMPLETED:
        return _("The round was not held yet.")
    return ""


def _cannot_be_decided(person: Any, rows: Sequence[Any]) -> dict[int, Text]:
    found, rounds = not_theirs(person, Interview, rows), _rounds(rows)
    for row in rows:
        held: Any = rounds.get(row.pk)
        why = _why_not_held(row, held)
        if not why and held.outcome != RoundOutcome.OPEN:
            why = _("It was decided already: %(outcome)s.") % {"outcome": held.get_outcome_display()}
        elif not why and held.is_missing:
            why = _("Not every scorecard is in. Decide it on its own page.")
        if why:
            found.setdefault(row.pk, why)
    return found


def _cannot_be_opened(person: Any, rows: Sequence[Any]) -> dict[int, Text]:
    found, rounds = not_theirs(person, Interview, rows), _rounds(rows)
    for row in rows:
        held: Any = rounds.get(row.pk)
        why = _why_not_held(row, held)
        if not why and held.outcome == RoundOutcome.OPEN:
            why = _("It is not decided.")
        elif not why and held.settled_by_id != person.pk:
            why = _("%(who)s decided it since.") % {"who": held.settled_by or _("Somebody else")}
        if why:
            found.setdefault(row.pk, why)
    return found


def _foreseen_of_rounds(rows: Sequence[Any]) -> list[Text]:
    """Where the interviewers saw it differently, and that nothing follows by itself."""
    scores = ScorecardScore.objects.filter(
        card__round__interview__in=[row.pk for row in rows], card__is_called=True, value__isnull=False
    )
    apart = (
        scores.order_by()
        .values("card__round", "competency")
        .annotate(spread=Max("value") - Min("value"))
        .filter(spread__gte=APART)
        .values_list("card__round", flat=True)
    )
    number = len(set(apart))
    said = ngettext(
        "In %(n)s round the interviewers lie two points or more apart on a competency.",
        "In %(n)s rounds the interviewers lie two points or more apart on a competency.",
        number,
    )
    lines: list[Text] = [said % {"n": number}] if number else []
    return [*lines, _("The applications stay where they stand; nobody is told.")]


def _with_people(rows: Any) -> Any:
    return rows.select_related("application__candidate", "application__opening")


declare(
    Interview,
    ManyStep(
        name="decide",
        title=gettext_lazy("Decide rounds"),
        form=DecideForm,
        take=lambda by, pk, values: outcomes.settle(
            interview_id=pk, outcome=values["outcome"], reason=values["reason"], by=by
        ),
        look="primary",
        read=_with_people,
        left_out=_cannot_be_decided,
        foresee=_foreseen_of_rounds,
        undo="undecide",
        words=gettext_lazy(
            "The same outcome for each of these rounds. Offer or rejection stays your next step, on the list of "
            "applications."
        ),
    ),
    ManyStep(
        name="undecide",
        title=gettext_lazy("Take back: rounds to be decided"),
        form=ConfirmForm,
        take=lambda by, pk, values: outcomes.settle(interview_id=pk, outcome=RoundOutcome.OPEN, by=by),
        read=_with_people,
        left_out=_cannot_be_opened,
        words=gettext_lazy("The rounds are to be decided again; their history keeps what was decided."),
    ),
)


def _offers_from(step: str) -> Callable[[Any, Sequence[Any]], dict[int, Text]]:
    """Offers in any other state are left out."""
    sources = OFFER_STEPS.sources(step)

    def left_out(person: Any, rows: Sequence[Any]) -> dict[int, Text]:
        found = not_theirs(person, Offer, rows)
        for row in rows:
            if row.state not in sources:
                state = OfferState(row.state).label
                found.setdefault(row.pk, _("The offer is “%(state)s”.") % {"state": state})
        return found

    return left_out


def _cannot_be_sent(person: Any, rows: Sequence[Any]) -> dict[int, Text]:
    found, now = _offers_from("send")(person, rows), timezone.now()
    for row in rows:
        if row.application.stage != ApplicationStage.OFFER:
            found.setdefault(row.pk, _("Its application does not stand at the offer."))
        elif row.answer_by <= now:
            found.setdefault(row.pk, _("The day of the answer has passed. Withdraw it, make a new one."))
    return found


def _cannot_be_approved(person: Any, rows: Sequence[Any]) -> dict[int, Text]:
    found = _offers_from("approve")(person, rows)
    asked = [row for row in rows if row.pk not in found]
    reasons = {} if is_lead(person) else approval.why_lead_of_each(asked)
    for row in asked:
        if not sees_pay_of(person, row.application.opening):
            found[row.pk] = _("This step shows or sets a salary, which your role does not.")
        elif row.made_by_id == person.pk:
            found[row.pk] = _("Whoever made an offer does not approve it: ask a colleague.")
        elif reasons.get(row.pk):
            words = {"reasons": approval.in_words(reasons[row.pk])}
            found[row.pk] = _("The HR lead approves this offer: %(reasons)s.") % words
    return found


def _foreseen_of_pay(rows: Sequence[Any]) -> list[Text]:
    """What is agreed to: how many offers of which pay. Who does not see it has no row here."""
    paid = Counter((str(row.application.opening), letters.pay(row)) for row in rows)
    lines: list[Text] = [
        ngettext("%(opening)s: %(n)s offer of %(pay)s.", "%(opening)s: %(n)s offers of %(pay)s each.", number)
        % {"opening": opening, "n": number, "pay": pay}
        for (opening, pay), number in paid.most_common(MOST_NAMED)
    ]
    return [
        *lines,
        _("Candidates are told when the offers are sent; who made them hears that they are approved."),
    ]


def _foreseen_of_letters(rows: Sequence[Any]) -> list[Text]:
    """Who cannot be told, where there are more offers than places, and until when the answers are awaited."""
    lines = unreachable([row.application for row in rows])
    openings: dict[int, tuple[Any, int]] = {}
    for row in rows:
        opening = row.application.opening
        openings[opening.pk] = (opening, openings.get(opening.pk, (opening, 0))[1] + 1)
    for opening, number in openings.values():
        if number > opening.headcount:
            words = {"opening": opening, "n": number, "places": opening.headcount}
            lines.append(_("%(opening)s: %(n)s offers for a headcount of %(places)s.") % words)
    return [
        *lines,
        _(
            "The letters are made as PDF. Sent they can be withdrawn, of which the candidates are told; not unsent."
        ),
    ]


def _withdrawn_from(rows: Sequence[Any]) -> list[Text]:
    sent = [row for row in rows if row.state == OfferState.SENT]
    said = ngettext(
        "%(n)s candidate has the letter already and is told.",
        "%(n)s candidates have the letter already and are told.",
        len(sent),
    )
    return [*unreachable([row.application for row in sent]), *([said % {"n": len(sent)}] if sent else [])]


def _with_departments(rows: Any) -> Any:
    return rows.select_related("application__candidate", "application__opening__department")


declare(
    Offer,
    ManyStep(
        name="approve",
        title=gettext_lazy("Approve offers"),
        form=ConfirmForm,
        take=lambda by, pk, values: offers.approve(offer_id=pk, by=by),
        look="primary",
        read=_with_departments,
        left_out=_cannot_be_approved,
        foresee=_foreseen_of_pay,
        words=gettext_lazy(
            "Whoever made an offer does not approve it. Beyond the opening's headcount, and above its salary "
            "range, the HR lead approves."
        ),
    ),
    ManyStep(
        name="send",
        title=gettext_lazy("Send offers"),
        form=ConfirmForm,
        take=lambda by, pk, values: offers.send(offer_id=pk, by=by),
        look="primary",
        read=_with_people,
        left_out=_cannot_be_sent,
        foresee=_foreseen_of_letters,
        undo="withdraw",
        words=gettext_lazy(
            "Each letter is made as PDF and kept as it is; each candidate gets a message with the way to a page on "
            "which it is read, accepted or turned down."
        ),
    ),
    ManyStep(
        name="withdraw",
        title=gettext_lazy("Withdraw offers"),
        form=ReasonForm,
        take=lambda by, pk, values: offers.withdraw(offer_id=pk, reason=values["reason"], by=by),
        look="danger",
        read=_with_people,
        left_out=_offers_from("withdraw"),
        foresee=_withdrawn_from,
        words=gettext_lazy("The candidates can no longer answer, and whoever has the letter is told so."),
    ),
)
