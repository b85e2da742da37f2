"""Whose approval an offer needs: a colleague's, or the lead's, and then why."""

from collections.abc import Iterable
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
    found: list[str | Promise] = []
    if is_beyond_headcount(offer):
        found.append(_("it goes beyond the opening's headcount"))
    if not is_comparable(offer):
        found.append(_("its currency is another than that of the opening's salary range"))
    elif is_above_range(offer):
        found.append(_("the salary lies above the opening's range"))
    return found


def in_words(reasons: Iterable[str | Promise]) -> str:
    """Several reasons as one part of a sentence."""
    return gettext(" and ").join(str(reason) for reason in reasons)


def is_beyond_headcount(offer: Offer) -> bool:
    """Hired, and offers that wait for an answer, fill every place."""
    waiting = Offer.objects.filter(
        application__opening=offer.application.opening_id, state=OfferState.SENT
    ).exclude(application__stage=ApplicationStage.HIRED)
    return vacancies.of(offer.application.opening).left <= waiting.exclude(pk=offer.pk).count()


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
