"""Which openings something happened to since their figures were counted: these are counted anew when they are read."""

from typing import Any

from django.db.models import QuerySet, Value

from core.events.models import Event
from onboarding.models import OnboardingCase
from recruitment.enums import InterviewState
from recruitment.models import Application, Interview, Opening
from reports.models import Fold

# Grows when a figure that is kept by week or month comes to mean something else: what was kept under another version is
# not read any more, and counted anew in a minute.
VERSION = 1
# What events are about, and the way from there to the opening.
_WAYS: tuple[tuple[Any, str], ...] = (
    (Interview, "application__opening"),
    (Application, "opening"),
    (OnboardingCase, "application__opening"),
    (Opening, "pk"),
)


def folded_up_to() -> int | None:
    """The event up to which the stored figures hold; None before everything was counted once by what the figures mean
    now. One query."""
    return Fold.objects.filter(version=VERSION).values_list("up_to", flat=True).first()


def stale(since: int) -> set[int]:
    """The openings that events after `since` belong to, and those where a lease has run out that is not swept yet:
    that is no event, but the effective state is another already. One query."""
    events = Event.objects.order_by().filter(pk__gt=since)
    lapsed = Interview.objects.in_live_state(InterviewState.INTERRUPTED).filter(
        state=InterviewState.IN_PROGRESS
    )
    found: list[QuerySet] = [lapsed.order_by().values_list("application__opening")]
    for model, way in _WAYS:
        rows: QuerySet = model._default_manager.all().order_by()
        label = model._meta.label_lower
        for named in ("origin", "subject"):
            about = events.filter(**{f"{named}_type": Value(label)}).values(f"{named}_id")
            found.append(rows.filter(pk__in=about).values_list(way))
    return {opening for (opening,) in found[0].union(*found[1:])}
