"""The pages of what came before and after a change of a setting."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.errors import DomainError, Forbidden
from people.actors import person_of
from reports.before_after import FEWEST_DAYS, MOST_DAYS, USUAL_DAYS, Difference, Line, comparable, compared
from reports.cells import cells
from reports.leaving import EXIT_REPORT
from reports.pages import report_page
from reports.settings_changed import change_of_setting, changes_of_settings


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
    name = request.GET.get("report") or EXIT_REPORT.name
    found, refused, status = None, "", 200
    try:
        setting = change_of_setting(change_id, person)
    except Forbidden as error:
        raise PermissionDenied from error
    except DomainError as error:
        raise Http404(str(error.message)) from error
    try:
        found = compared(change_id, user=person, report=name, days=_days(request.GET.get("days")))
    except DomainError as error:
        refused, status = str(error.message), error.status
    return report_page(
        request,
        "reports/change.html",
        status=status,
        title=_("Before and after"),
        setting=setting,
        compared=found,
        lines=[_drawn(one) for one in found.lines] if found else [],
        refused=refused,
        name=name,
        days=found.days if found else USUAL_DAYS,
        reports=comparable(),
        fewest=FEWEST_DAYS,
        most=MOST_DAYS,
    )


def _days(text: str | None) -> int:
    """The number of days; one that `compared` refuses where it is no number."""
    if not text:
        return USUAL_DAYS
    try:
        number: int = forms.IntegerField(min_value=0, max_value=MOST_DAYS).clean(text)
    except forms.ValidationError:
        return 0
    return number


def _drawn(line: Line) -> dict[str, Any]:
    (before,), (after,) = (
        cells((line.measure,), {line.measure.name: value}) for value in (line.before, line.after)
    )
    return {
        "measure": line.measure,
        "before": before,
        "after": after,
        "difference": _points(line.difference) if line.difference else "",
        "is_clear": line.difference is not None and line.difference.is_clear,
    }


def _points(found: Difference) -> str:
    """In percentage points, with the interval."""
    return _("%(value)s points (%(low)s to %(high)s)") % {
        "value": f"{100 * found.value:+.1f}",
        "low": f"{100 * found.low:+.1f}",
        "high": f"{100 * found.high:+.1f}",
    }
