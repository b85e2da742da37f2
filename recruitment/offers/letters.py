"""The letter of an offer as PDF, in the candidate's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from core import pdf
from core.language import in_language
from people.colleagues import whom_to_turn_to
from recruitment.enums import PayPeriod
from recruitment.models import LetterVersion, Offer
from recruitment.models.letters import Worded
from recruitment.offers import wording

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
    values = {"currency": currency, "amount": amount, "period": PayPeriod(period).label}
    if currency == "CNY":
        return _("CNY %(amount)s %(period)s, before tax") % values
    return _("%(currency)s %(amount)s %(period)s, before tax") % values


def _amount(value: Decimal) -> str:
    # By thousands in every language: contracts are written so.
    return f"{value:,.2f}".removesuffix(".00")


def terms(offer: Offer, *, is_awaited: bool = True) -> list[tuple[str, str]]:
    """What is offered, line by line, as letter and page say it; until when to answer, while that is awaited."""
    return _lines(values_of(offer, company=settings.COMPANY_NAME), is_awaited=is_awaited)


def _lines(values: Mapping[str, str], *, is_awaited: bool = True) -> list[tuple[str, str]]:
    found = [
        (_("Position"), values["position"]),
        (_("Department"), values["department"]),
        (_("Pay"), values["pay"]),
        (_("First day"), values["first_day"]),
        (_("Place of work"), values["place"]),
    ]
    if is_awaited:
        found.append((_("Please answer by"), values["answer_by"]))
    if values["conditions"]:
        found.append((_("Further conditions"), values["conditions"]))
    return found


def moment(offer: Offer) -> str:
    """Until when an answer is awaited, by the company's clock."""
    local = timezone.localtime(offer.answer_by)
    return _("%(day)s, %(time)s (Beijing time)") % {
        "day": formats.date_format(local, "DATE_FORMAT"),
        "time": local.strftime("%H:%M"),
    }


def words_of(said: Worded, values: Mapping[str, str]) -> tuple[str, list[str | None]]:
    """Title and paragraphs in the language that is active; None where the table of the terms stands."""
    title = in_language(said.title, said.title_en)
    return title, wording.filled(in_language(said.body, said.body_en), values)


def values_of(offer: Offer, *, company: str) -> dict[str, str]:
    """What each variable stands for, in the language that is active."""
    application = offer.application
    specialist = whom_to_turn_to(application.opening.specialist)
    return {
        "name": application.candidate.name,
        "position": str(application.opening),
        "department": str(application.opening.department),
        "pay": pay(offer),
        "first_day": formats.date_format(offer.start_on, "DATE_FORMAT"),
        "place": offer.place,
        "answer_by": moment(offer),
        "conditions": offer.conditions,
        "company": company or _("Human Resources"),
        "contact": specialist.name or str(specialist),
        "today": formats.date_format(timezone.localdate(), "DATE_FORMAT"),
    }


def sample_values() -> dict[str, str]:
    """What a preview puts in place of each variable, in the language that is active."""
    day = timezone.localdate()
    return {
        "name": _("Zhang San"),
        "position": _("Data analyst"),
        "department": _("Data department"),
        "pay": in_money("18,000", currency="CNY", period=PayPeriod.MONTH),
        "first_day": formats.date_format(day + timedelta(days=30), "DATE_FORMAT"),
        "place": _("Shanghai"),
        "answer_by": _("%(day)s, %(time)s (Beijing time)")
        % {"day": formats.date_format(day + timedelta(days=5), "DATE_FORMAT"), "time": "18:00"},
        "conditions": _("Three months of probation"),
        "company": settings.COMPANY_NAME or _("Human Resources"),
        "contact": _("Li Na"),
        "today": formats.date_format(day, "DATE_FORMAT"),
    }


def sample_terms(values: Mapping[str, str]) -> list[tuple[str, str]]:
    """The table of a preview."""
    return _lines(values)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as PDF, and its text."""

    document: pdf.Document
    text: str


def make(offer: Offer, version: LetterVersion, *, company: str) -> Letter:
    """The letter in the candidate's language, in the words of this version. DocumentError as `core.pdf.make` says."""
    with translation.override(offer.application.candidate.language):
        values = values_of(offer, company=company)
        title, paragraphs = words_of(version, values)
        table = [[name, words] for name, words in _lines(values)]
        document = pdf.make(
            TEMPLATE,
            {
                "paragraphs": paragraphs,
                "terms": table,
                "signed": values["contact"],
                "company": values["company"],
                "day": values["today"],
            },
            title=title,
        )
        listed = "\n".join(f"{name}: {words}" for name, words in table)
        return Letter(
            document, "\n\n".join([title, *(one if one is not None else listed for one in paragraphs)])
        )
