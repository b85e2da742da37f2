"""The letter of an offer as PDF, in the candidate's language."""

from decimal import Decimal
from pathlib import Path

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from core import pdf
from people.colleagues import whom_to_turn_to
from recruitment.enums import PayPeriod
from recruitment.models import Offer

TEMPLATE = Path(__file__).parent / "documents" / "letter.typ"


def pay(offer: Offer) -> str:
    """The salary in words: amount, currency, for what."""
    return in_money(_amount(offer.salary), currency=offer.currency, period=offer.period)


def salary_range(low: Decimal | None, high: Decimal | None, *, currency: str, period: str) -> str:
    """From where to where, as the salary is written; "" without a range."""
    if low is None or high is None:
        return ""
    return in_money(f"{_amount(low)}–{_amount(high)}", currency=currency, period=period)


def in_money(amount: str, *, currency: str, period: str) -> str:
    """An amount that is written already, with its currency and for what."""
    return _("%(currency)s %(amount)s %(period)s, before tax") % {
        "currency": currency,
        "amount": amount,
        "period": PayPeriod(period).label,
    }


def _amount(value: Decimal) -> str:
    # By thousands in every language: contracts are written so.
    return f"{value:,.2f}".removesuffix(".00")


def terms(offer: Offer) -> list[tuple[str, str]]:
    """What is offered, line by line, as letter and page say it."""
    opening = offer.application.opening
    found = [
        (_("Position"), opening.title),
        (_("Department"), str(opening.department)),
        (_("Pay"), pay(offer)),
        (_("First day"), formats.date_format(offer.start_on, "DATE_FORMAT")),
        (_("Place of work"), offer.place),
        (_("Please answer by"), moment(offer)),
    ]
    if offer.conditions:
        found.append((_("Further conditions"), offer.conditions))
    return found


def moment(offer: Offer) -> str:
    """Until when an answer is awaited, by the company's clock."""
    local = timezone.localtime(offer.answer_by)
    return _("%(day)s, %(time)s (Beijing time)") % {
        "day": formats.date_format(local, "DATE_FORMAT"),
        "time": local.strftime("%H:%M"),
    }


def make(offer: Offer, *, company: str) -> pdf.Document:
    """The letter. DocumentError as `core.pdf.make` says."""
    candidate = offer.application.candidate
    with translation.override(candidate.language):
        specialist = whom_to_turn_to(offer.application.opening.specialist)
        return pdf.make(
            TEMPLATE,
            {
                "greeting": _("Dear %(name)s,") % {"name": candidate.name},
                "opening": _("We are glad to offer you this position, on the following terms:"),
                "terms": [[name, words] for name, words in terms(offer)],
                "closing": _(
                    "You accept on the page that our message leads to, by typing your name. Please do not give notice "
                    "at your present work before you have read this letter in full."
                ),
                "signed": specialist.name or str(specialist),
                "company": company or _("Human Resources"),
                "day": formats.date_format(timezone.localdate(), "DATE_FORMAT"),
            },
            title=_("Offer of employment"),
        )
