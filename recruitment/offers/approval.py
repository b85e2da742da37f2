"""Whose approval an offer needs: a colleague's, or the lead's, and then why."""

from collections import Counter
from collections.abc import Collection, Iterable
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from recruitment.enums import ApplicationStage, OfferState, PayPeriod
from recruitment.models import Offer
from recruitment.services import vacancies

MONTHS = {PayPeriod.MONTH: 12, PayPeriod.YEAR: 1}


def why_lead(offer: Offer) -> list[str | Promise]:
    """Each reason for which the lead approves it; none when any colleague may. Two queries."""
    return why_lead_of_each([offer])[offer.pk]


def why_lead_of_each(rows: Collection[Offer]) -> dict[int, list[str | Promise]]:
    """`why_lead` of each of these, by its id, as each stands by itself. Two queries; openings are read already."""
    found: dict[int, list[str | Promise]] = {}
    beyond = _beyond_headcount(rows)
    for offer in rows:
        reasons = found[offer.pk] = []
        if offer.pk in beyond:
            reasons.append(_("it goes beyond the opening's headcount"))
        if not is_comparable(offer):
            reasons.append(_("its currency is another than that of the opening's salary range"))
        elif is_above_range(offer):
            reasons.append(_("the salary lies above the opening's range"))
    return found


def in_words(reasons: Iterable[str | Promise]) -> str:
    """Several reasons as one part of a sentence."""
    return gettext(" and ").join(str(reason) for reason in reasons)


def _beyond_headcount(rows: Collection[Offer]) -> set[int]:
    """Those of whose opening hired, and other offers that wait for an answer, fill every place."""
    openings = {row.application.opening_id: row.application.opening for row in rows}
    places = vacancies.of_each(list(openings.values()))
    sent = Offer.objects.filter(application__opening__in=openings, state=OfferState.SENT)
    waiting = dict(
        sent.exclude(application__stage=ApplicationStage.HIRED).values_list("pk", "application__opening")
    )
    others = Counter(waiting.values())
    return {
        row.pk
        for row in rows
        for opening in [row.application.opening_id]
        if places[opening].left <= others[opening] - (row.pk in waiting)
    }


def is_comparable(offer: Offer) -> bool:
    """Whether the range under which it was made, if any, is in the offer's own currency."""
    return offer.range_high is None or offer.range_currency == offer.currency


def is_above_range(offer: Offer) -> bool:
    """Whether it pays more than the range allowed when it was made; without a range nothing is too much."""
    if offer.range_high is None or not is_comparable(offer):
        return False
    return is_more(offer.salary, offer.period, offer.range_high, offer.range_period)


def is_more(amount: Decimal, period: str, than: Decimal, than_period: str) -> bool:
    """Whether `amount` a `period` is more than the other; a year is twelve months."""
    return _a_year(amount, period) > _a_year(than, than_period)


def _a_year(amount: Decimal, period: str) -> Decimal:
    return amount * MONTHS[PayPeriod(period)]
