"""The pages that are no list of records: reports, pipeline, calendar, search, and what each role works with."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from people.models import User
from recruitment.models import Opening
from reports.asking import REPORTS

YEAR, WEEK = timedelta(days=364), timedelta(days=7)


def work_pages(
    superuser: User, hr: User, manager: User, typed: list[tuple[str, str]]
) -> Iterator[tuple[str, str, User]]:
    """What each is called, its address, and who asks for it."""
    yield from _reports(superuser)
    middle = Opening.objects.order_by("pk")[Opening.objects.count() // 2]
    yield "pipeline", reverse("admin:recruitment_opening_pipeline", args=[middle.pk]), hr
    late = urlencode({"late": 1})
    yield "pipeline, late", f"{reverse('admin:recruitment_opening_pipeline', args=[middle.pk])}?{late}", hr
    for view in ("month", "week", "day"):
        address = f"{reverse('admin:recruitment_interview_calendar')}?view={view}"
        yield f"calendar, {view}", address, hr
        ago = (timezone.localdate() - YEAR).isoformat()
        yield f"calendar, {view} a year ago", f"{address}&on={ago}", hr
    for name, words in typed:
        yield f"search for {name}", f"/admin/search/?{urlencode({'q': words})}", hr
    for address in (
        "/admin/reports/", "/admin/reports/figures/", "/admin/reports/changes/", "/admin/fairness/", "/admin/rights/",
        "/admin/keeping/", "/admin/health-reports/", "/admin/pages/",
    ):  # fmt: skip
        yield address, address, superuser
    yield "managers' page", "/admin/managers/", manager
    own = Opening.objects.visible_to(manager).order_by("pk").first()
    if own is not None:
        yield "managers' page of an opening", f"/admin/managers/openings/{own.pk}/", manager
    yield "rounds, HR", "/admin/rounds/", hr


def _reports(person: User) -> Iterator[tuple[str, str, User]]:
    """Every report by each of its ways over its usual stretch, a year back, and the list behind its first figure. No
    past day: the history of a company that is loaded begins today."""
    for name, report in REPORTS.items():
        address = f"/admin/reports/{name}/"
        for way in report.dimensions:
            yield f"report {name} by {way.name}", f"{address}?by={way.name}", person
        if not report.looks_ahead:
            yield f"report {name}, a year back", f"{address}?{urlencode(_a_year_back())}", person
            behind = urlencode({"measure": report.measures[0].name})
            yield f"people behind {name}", f"{address}people/?{behind}", person


def _a_year_back() -> dict[str, Any]:
    first = timezone.localdate() - YEAR
    return {"from": first.isoformat(), "to": (first + 12 * WEEK).isoformat()}
