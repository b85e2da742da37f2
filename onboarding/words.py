"""Forecasts and delays in one line, for pages."""

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.joining import joined
from onboarding.models import OnboardingCase, OnboardingDelay


def forecast_words(case: OnboardingCase) -> str:
    """The day, and what it was counted without."""
    day = date_format(case.forecast_start, "DATE_FORMAT")
    if not case.provisional_years:
        if case.is_being_recounted:
            return _("%(day)s (provisional, is being counted again)") % {"day": day}
        return day
    years = joined(case.provisional_years)
    return _("%(day)s (provisional, calendar of %(years)s missing)") % {"day": day, "years": years}


def delay_words(delays: Iterable[OnboardingDelay]) -> str:
    """The longest active delay and its cause; empty when nothing holds the start up."""
    active = [delay for delay in delays if delay.is_active]
    if not active:
        return ""
    longest = max(active, key=lambda delay: delay.days)
    words = {"days": longest.days, "cause": longest.get_cause_display()}
    if longest.date_unknown:
        return (
            ngettext(
                "at least %(days)s working day: %(cause)s",
                "at least %(days)s working days: %(cause)s",
                longest.days,
            )
            % words
        )
    return (
        ngettext("%(days)s working day: %(cause)s", "%(days)s working days: %(cause)s", longest.days) % words
    )


def result_words(delay: OnboardingDelay) -> str:
    """When the result is expected now, or that nobody can say."""
    day = date_format(delay.expected_result, "DATE_FORMAT")
    if delay.date_unknown:
        return _("unknown, not before %(day)s") % {"day": day}
    return day
