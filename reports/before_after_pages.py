"""The pages of what came before and after a change of a setting."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.errors import DomainError, Forbidden
from core.exchange.writing import TYPES, XLSX
from people.actors import person_of
from reports import taken
from reports.before_after import (
    FEWEST_DAYS,
    MOST_DAYS,
    USUAL_DAYS,
    Compared,
    both_sides,
    comparable,
    compared,
)
from reports.before_after_files import cautions, charts, document, points, workbook
from reports.cells import cells, has_people
from reports.leaving import EXIT_REPORT
from reports.pages import people_page, report_page
from reports.settings_changed import change_of_setting, changes_of_settings

Found = TypeVar("Found")
SIDES = ("before", "after")
FILES = {"xlsx": (TYPES[XLSX], workbook), "pdf": ("application/pdf", document)}


@require_safe
@never_cache
def every_change(request: HttpRequest) -> HttpResponse:
    """The changes of settings, the newest first, each leading to its before and after."""
    try:
        found = changes_of_settings(person_of(request))
    except Forbidden as error:
        raise PermissionDenied from error
    return report_page(request, "reports/changes.html", title=_("Before and after"), changes=found)


@require_safe
@never_cache
def one_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """One change: `report` on both sides, `days` on each. What cannot be compared is said above the form."""
    person = person_of(request)
    found, refused, status = None, "", 200
    try:
        setting = change_of_setting(change_id, person)
    except Forbidden as error:
        raise PermissionDenied from error
    except DomainError as error:
        raise Http404(str(error.message)) from error
    try:
        found = compared(change_id, user=person, **_given(request))
    except DomainError as error:
        refused, status = str(error.message), error.status
    return report_page(
        request,
        "reports/change.html",
        status=status,
        title=_("Before and after"),
        setting=setting,
        compared=found,
        lines=_drawn(found) if found else [],
        charts=charts(found) if found else [],
        cautions=cautions(found)[:2] if found else [],
        query=request.GET.urlencode(),
        refused=refused,
        name=_given(request)["report"],
        days=found.days if found else USUAL_DAYS,
        reports=comparable(),
        fewest=FEWEST_DAYS,
        most=MOST_DAYS,
    )


@require_safe
@never_cache
def one_file(request: HttpRequest, change_id: int, kind: str) -> HttpResponse:
    """The same as a workbook or on paper; that it is taken away is noted."""
    if kind not in FILES:
        raise Http404
    content_type, make = FILES[kind]
    found = _found_or_404(lambda: compared(change_id, user=person_of(request), **_given(request)))
    taken.note(request, found.report, lines=len(found.lines), kind=kind)
    name = f"{found.report.name}-{found.before[0]}-{found.after[1]}.{kind}"
    return HttpResponse(
        make(found),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@require_safe
@never_cache
def people_on_a_side(request: HttpRequest, change_id: int) -> HttpResponse:
    """Whom a figure counts `before` or `after` the change (`side`)."""
    given, person = _given(request), person_of(request)
    _setting, report, sides = _found_or_404(lambda: both_sides(change_id, user=person, **given))
    asked = dict(zip(SIDES, sides, strict=True)).get(request.GET.get("side", ""))
    if asked is None:
        raise Http404
    back = f"{reverse('report-change', args=[change_id])}?{urlencode(given)}"
    return people_page(request, report, asked, request.GET.get("measure", ""), back=back)


def _found_or_404(find: Callable[[], Found]) -> Found:
    try:
        return find()
    except Forbidden as error:
        raise PermissionDenied from error
    except DomainError as error:
        raise Http404(str(error.message)) from error


def _given(request: HttpRequest) -> dict[str, Any]:
    """Report and days as the address asks for them."""
    return {
        "report": request.GET.get("report") or EXIT_REPORT.name,
        "days": _days(request.GET.get("days")),
    }


def _days(text: str | None) -> int:
    """The number of days; one that `compared` refuses where it is no number."""
    if not text:
        return USUAL_DAYS
    try:
        number: int = forms.IntegerField(min_value=0, max_value=MOST_DAYS).clean(text)
    except forms.ValidationError:
        return 0
    return number


def _drawn(found: Compared) -> list[dict[str, Any]]:
    """The lines as the page writes them; a figure leads to the people whom it counts."""
    facts = found.report.facts_of(found.asked[0])
    address = reverse("report-change-people", args=[found.setting.id])
    lines = []
    for line in found.lines:
        name = line.measure.name
        is_listed = facts is not None and facts.counted_by(name) is not None
        sides: dict[str, Any] = {}
        for side, value in zip(SIDES, (line.before, line.after), strict=True):
            (cell,) = cells((line.measure,), {name: value})
            asked: dict[str, str | int] = {
                "report": found.report.name,
                "days": found.days,
                "side": side,
                "measure": name,
            }
            led_to = {"people": f"{address}?{urlencode(asked)}"} if is_listed and has_people(value) else {}
            sides[side] = {**cell, **led_to}
        gap = line.difference
        lines.append({
            "measure": line.measure,
            **sides,
            "difference": points(gap) if gap else "",
            "is_clear": gap is not None and gap.is_clear,
        })  # fmt: skip
    return lines
