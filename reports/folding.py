"""Keeps the figures that were counted before: brings them up to date each minute, and counts all anew at night.

An opening that something happened to is counted anew whole. Between two runs whoever reads does the same for these
few, so that a figure is never old, only dearer. At night every figure is compared with a recount.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from core.events.models import Event
from recruitment.models import Opening
from reports.counting import WEEK, counted, monday
from reports.headcount import starts
from reports.models import Fold, MonthOfOpening, WeekOfOpening
from reports.stale import VERSION, folded_up_to, stale

AT_ONCE = 200
# No transaction lasts longer: an event numbered before is committed, or never will be.
SETTLED = timedelta(minutes=2)
Found = tuple[dict[tuple[int, date], Any], dict[tuple[int, date | None], tuple[int, int]]]
logger = logging.getLogger(__name__)


def fold() -> int:
    """Count the openings anew that something happened to since. Returns how many; everything the first time, and when
    the figures have come to mean something else."""
    since = folded_up_to()
    if since is None:
        return recount()
    until = _settled()
    if until is None or until <= since:
        return 0
    changed = sorted(stale(since))
    for some in _in_batches(changed):
        with transaction.atomic():
            _keep(some, _counted(some))
    Fold.objects.update(up_to=until, at=timezone.now())
    return len(changed)


def recount() -> int:
    """Count every opening anew and keep what is found. Returns how many figures were not as they should have been.

    What changes meanwhile is no difference: it is counted when it is read, and folded after.
    """
    since, until = folded_up_to(), _settled() or 0
    differences = 0
    for some in _in_batches(Opening.objects.order_by("pk").values_list("pk", flat=True)):
        found = _counted(some)
        if since is not None:
            differences += _compared(set(some) - stale(since), found)
        with transaction.atomic():
            _keep(some, found)
    if differences:
        logger.error("%s figures differed from their recount and were set right", differences)
    Fold.objects.update_or_create(
        pk=1,
        defaults={"up_to": until, "at": timezone.now(), "differences": differences, "version": VERSION},
    )
    return differences


def _settled() -> int | None:
    """The last event before which nothing is still being written."""
    until = timezone.now() - SETTLED
    last: int | None = (
        Event.objects.filter(at__lte=until).order_by("-at", "-pk").values_list("pk", flat=True).first()
    )
    return last


def _in_batches(ids: Any) -> Iterator[list[int]]:
    rows = list(ids)
    for begin in range(0, len(rows), AT_ONCE):
        yield rows[begin : begin + AT_ONCE]


def _counted(openings: Collection[int]) -> Found:
    times = Event.objects.aggregate(first=Min("at"), last=Max("at"))
    if times["first"] is None:
        return {}, {}
    first = monday(timezone.localdate(times["first"]))
    number = (monday(timezone.localdate(times["last"])) - first) // WEEK + 1
    weeks = {
        (opening, begun): figures.kept()
        for (begun, opening), figures in counted(first, number, openings=openings).items()
    }
    return weeks, starts(openings)


def _keep(openings: Collection[int], found: Found) -> None:
    weeks, months = found
    WeekOfOpening.objects.filter(opening__in=openings).delete()
    MonthOfOpening.objects.filter(opening__in=openings).delete()
    WeekOfOpening.objects.bulk_create(
        WeekOfOpening(opening_id=opening, first=first, figures=figures)
        for (opening, first), figures in weeks.items()
    )
    MonthOfOpening.objects.bulk_create(
        MonthOfOpening(opening_id=opening, month=month, hired=hired, expected=expected)
        for (opening, month), (hired, expected) in months.items()
    )


def _compared(openings: Collection[int], found: Found) -> int:
    """How many stored figures of these openings are not what was found now."""
    kept: list[dict[Any, Any]] = [defaultdict(), defaultdict()]
    for row in WeekOfOpening.objects.filter(opening__in=openings):
        kept[0][row.opening_id, row.first] = row.figures
    for opening, month, hired, expected in MonthOfOpening.objects.filter(opening__in=openings).values_list(
        "opening", "month", "hired", "expected"
    ):
        kept[1][opening, month] = hired, expected
    differences = 0
    both: list[tuple[dict[Any, Any], dict[Any, Any]]] = [(kept[0], found[0]), (kept[1], found[1])]
    for stored, fresh in both:
        mine = {key: value for key, value in fresh.items() if key[0] in openings}
        differences += sum(stored.get(key) != mine.get(key) for key in stored.keys() | mine.keys())
    return differences
