"""The pages of the reports in the back office: which there are, and each with its lines and what they rest on.

What a page shows stands in its address: it can be kept, sent and reloaded.
"""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.errors import DomainError
from people.actors import person_of
from recruitment.models import Opening
from reports.asking import REPORTS, asked_for
from reports.cells import cells, excluded
from reports.charts import charts
from reports.registry import Table

# The selection of openings on the page; a further one is asked for by its address.
MOST_OPENINGS = 200


@require_safe
@never_cache
def every_report(request: HttpRequest) -> HttpResponse:
    """The reports with what they tell."""
    return _page(request, "reports/all.html", title=_("Reports"), reports=REPORTS.values())


@require_safe
@never_cache
def one_report(request: HttpRequest, name: str) -> HttpResponse:
    """The report as the address asks for it; what cannot be asked is said above the form, and nothing is counted."""
    if name not in REPORTS:
        raise Http404
    report = REPORTS[name]
    person = person_of(request)
    table, refused, status = None, "", 200
    try:
        table = report.table(asked_for(report, request.GET.dict(), person))
    except DomainError as error:
        refused, status = str(error.message), error.status
    openings = Opening.objects.visible_to(person).order_by("-pk")[:MOST_OPENINGS]
    return _page(
        request,
        "reports/report.html",
        status=status,
        title=str(report.title),
        report=report,
        refused=refused,
        table=table and _drawn(table),
        asked=table.asked if table else None,
        as_of=table.as_of if table else None,
        openings=openings,
        query=request.GET.urlencode(),
    )


def _page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), **context}, status=status)


def _drawn(table: Table) -> dict[str, Any]:
    """Headings, lines and total as the page writes them."""
    measures = table.report.measures
    return {
        "by": next(one.title for one in table.report.dimensions if one.name == table.asked.by),
        "measures": measures,
        "rows": [(row.label, cells(measures, row.values)) for row in table.rows],
        "totals": cells(measures, table.totals),
        "excluded": excluded(table),
        "charts": charts(table),
    }
