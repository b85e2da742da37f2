"""The pages of the reports in the back office: which there are, and each with its lines and what they rest on.

What a page shows stands in its address: it can be kept, sent and reloaded.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from math import ceil
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.bounded import TOO_SLOW, TooSlow
from core.errors import DomainError
from people.actors import person_of
from people.enums import Role
from people.models import Department, User
from people.rights import Right
from people.rules import has_right, is_hr, is_hr_or_manager
from recruitment.models import Opening
from reports import apart
from reports.asking import REPORTS, asked_for, is_current, is_usual, report_named
from reports.building import narrower, own_table, with_line
from reports.cells import beside, cells, cut, excluded, has_people, withheld
from reports.charts import charts
from reports.crossing import TOTAL
from reports.kept import Opened, anew, opened
from reports.lines import people_behind, times_behind
from reports.models import SavedView, rhythm_choices
from reports.parting import key_text
from reports.registry import Asked, Measure, Report, Table, Value
from reports.saved import SHARED_WITH, may_drop, views_of
from reports.small import is_guarded

View = Callable[..., HttpResponse]
# The selections of openings and of departments on the page; a further one is asked for by its address.
MOST_OFFERED = 200
UNITS = {
    "count": gettext_lazy("a number"),
    "rate": gettext_lazy("a share"),
    "hours": gettext_lazy("in hours"),
    "days": gettext_lazy("in days"),
    "minutes": gettext_lazy("in minutes"),
    "points": gettext_lazy("in points"),
}
PEOPLE_A_PAGE = 100
# Of a thousand lines drawing takes longer than counting, and nobody reads them.
MOST_LINES = 300


def for_readers(view: View) -> View:
    """The view for whomever the API answers, HR and managers; 403 for whoever keeps the machine alone: a report of
    nobody looks like one of nothing."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if not is_hr_or_manager(person_of(request)):
            raise PermissionDenied
        return view(request, *args, **named)

    return asked


@require_safe
@never_cache
@for_readers
def every_report(request: HttpRequest) -> HttpResponse:
    """The reports with what they tell, and the views that are kept of them."""
    person = person_of(request)
    return report_page(
        request,
        "reports/all.html",
        title=_("Reports"),
        reports=REPORTS.values(),
        views=[_kept(view, person) for view in views_of(person)],
        may_compare=has_right(person, Right.COMPARE),
        may_read=is_hr(person),
    )


@require_safe
@never_cache
@for_readers
def every_figure(request: HttpRequest) -> HttpResponse:
    """The dictionary: what each figure of each report counts, in which unit, by which version."""
    return report_page(
        request,
        "reports/figures.html",
        title=_("What each figure counts"),
        reports=[
            (report, [(one, UNITS[one.unit], counts) for one, counts in _every_measure(report)])
            for report in REPORTS.values()
        ],
    )


def _every_measure(report: Report) -> Iterator[tuple[Measure, Report]]:
    """Each figure of each version, the present ones first, with the newest version of the report that counts it."""
    known = set()
    for version in report.versions:
        for one in version.measures:
            if one.definition not in known:
                known.add(one.definition)
                yield one, version


@require_safe
@never_cache
@for_readers
def one_report(request: HttpRequest, name: str) -> HttpResponse:
    """The report as the address asks for it; what cannot be asked is said above the form, and nothing is counted."""
    person = person_of(request)
    found, refused, status, given = Opened(None), "", 200, request.GET.dict()
    report = _report_or_404(name, given)
    try:
        found = opened(report, asked_for(report, given, person), is_usual=is_usual(given))
    except DomainError as error:
        refused, status = str(error.message), error.status
    if found.has_failed:
        refused, status = str(TOO_SLOW), TooSlow.status
    elif found.table is None and found.kept is not None:
        status = 202
    table = found.table
    typed = _typed(table.asked) if table else request.GET
    return report_page(
        request,
        "reports/report.html",
        status=status,
        title=str(report.title),
        report=report,
        refused=refused,
        versions=_versions(report, given),
        is_current=is_current(report),
        beside=[
            (
                one.title,
                one.report.title,
                f"{reverse('report', args=[one.report.name])}?{urlencode(_shared(given))}",
            )
            for one in beside(report)
        ],
        kept=found.kept,
        seconds=ceil(found.kept.seconds) if found.kept and found.kept.seconds else None,
        is_being_counted=found.is_being_counted,
        table=table and _drawn(table, request.GET.dict()),
        asked=table.asked if table else None,
        typed=typed,
        as_of=table.as_of if table else None,
        openings=_offered(Opening.objects.visible_to(person).order_by("-pk"), typed.get("opening", "")),
        departments=_offered(
            Department.objects.visible_to(person).order_by("path"), typed.get("department", "")
        ),
        query=request.GET.urlencode(),
        own=table and own_table(table, request.GET.dict()),
        may_keep=is_hr(person),
        roles=SHARED_WITH,
        rhythms=rhythm_choices(),
    )


@require_POST
@for_readers
def count_anew(request: HttpRequest, name: str) -> HttpResponse:
    """Have what the page shows counted anew, and lead back to it."""
    query = QueryDict(request.POST.get("query", ""))
    given = query.dict()
    report = _report_or_404(name, given)
    try:
        anew(report, asked_for(report, given, person_of(request)), is_usual=is_usual(given))
    except DomainError as error:
        raise Http404(str(error.message)) from None
    return HttpResponseRedirect(f"{reverse('report', args=[name])}?{query.urlencode()}")


def _report_or_404(name: str, given: dict[str, str]) -> Report:
    """The report, by the version that the address asks for."""
    try:
        return report_named(name, given.get("version", ""))
    except DomainError as error:
        raise Http404(str(error.message)) from None


def _versions(report: Report, given: dict[str, str]) -> list[dict[str, Any]]:
    """The report's other versions, each with the address of what is shown counted by it and the figures that it counts
    otherwise."""
    mine = {one.name: one.version for one in report.measures}
    rest = {name: value for name, value in given.items() if name != "version"}
    return [
        {
            "number": other.version,
            "is_current": is_current(other),
            "address": f"?{urlencode(rest if is_current(other) else {**rest, 'version': str(other.version)})}",
            "figures": [one.title for one in other.measures if mine.get(one.name) != one.version],
        }
        for other in REPORTS[report.name].versions
        if other.version != report.version
    ]


def _shared(given: dict[str, str]) -> dict[str, str]:
    """What every report can be asked alike: whose days and openings these are."""
    return {
        name: value
        for name, value in given.items()
        if value and name in ("from", "to", "opening", "department")
    }


def _typed(asked: Asked) -> dict[str, str]:
    """What the form holds of a report that was counted; of one that was refused it keeps what was asked."""
    ahead = asked.recovered is not None
    return {
        "from": asked.first.isoformat(),
        "to": asked.last.isoformat(),
        "by": asked.by,
        "opening": str(asked.opening or ""),
        "department": str(asked.department or ""),
        "as_of": asked.as_of.isoformat() if asked.as_of else "",
        "recovered": str(asked.recovered) if ahead else "",
        "days": str(asked.days) if ahead else "",
    }


def _offered(rows: QuerySet[Any], chosen: str) -> list[Any]:
    """The first of these rows, and the chosen one wherever it stands: the form keeps what was asked."""
    offered = list(rows[:MOST_OFFERED])
    if chosen.isdecimal() and all(str(one.pk) != chosen for one in offered):
        offered += rows.filter(pk=chosen)
    return offered


@require_safe
@never_cache
@for_readers
def people_counted(request: HttpRequest, name: str) -> HttpResponse:
    """Whom a figure of the report counts, as far as one may see them: `measure`, and `line` for one line of it."""
    given = request.GET.dict()
    report = _report_or_404(name, given)
    measure, line = given.pop("measure", ""), given.pop("line", None)
    given.pop("page", None)
    try:
        asked = asked_for(report, given, person_of(request))
    except DomainError as error:
        raise Http404(str(error.message)) from None
    back = f"{reverse('report', args=[name])}?{urlencode(given)}"
    return people_page(request, report, asked, measure, line, back=back)


def people_page(
    request: HttpRequest, report: Report, asked: Asked, measure: str, line: str | None = None, *, back: str
) -> HttpResponse:
    """The list behind a figure, by pages; 404 where there is none."""
    wanted = {one.name: one for one in report.measures}.get(measure)
    if wanted is None:
        raise Http404
    try:
        found = people_behind(report, asked, wanted.name, line)
        shown = Paginator(found.select_related("candidate", "opening"), PEOPLE_A_PAGE).get_page(
            request.GET.get("page", 1)
        )
        counted, times = times_behind(report, asked, wanted.name, line, of=[one.pk for one in shown])
    except DomainError as error:
        raise Http404(str(error.message)) from None
    return report_page(
        request,
        "reports/people.html",
        title=" · ".join(dict.fromkeys([str(report.title), str(wanted.title)])),
        measure=wanted,
        asked=asked,
        people=shown,
        lines=[(one, times.get(one.pk, 0)) for one in shown],
        counted=counted,
        back=back,
    )


def report_page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the back office."""
    return render(request, template, {**admin.site.each_context(request), **context}, status=status)


def _kept(view: SavedView, person: User) -> dict[str, Any]:
    """A kept view as a line of the list."""
    report = REPORTS.get(view.report)
    return {
        "pk": view.pk,
        "name": view.name,
        "report_title": report.title if report else _("gone"),
        "owner": view.owner,
        "roles": " · ".join(str(Role(role).label) for role in view.shared_with),
        "sent": view.get_rhythm_display(),
        "may_drop": may_drop(view, person),
    }


def _drawn(table: Table, query: dict[str, str]) -> dict[str, Any]:
    """Headings, lines and total as the page writes them; a figure leads to the people whom it counts."""
    asked, measures = table.asked, table.report.measures
    address = reverse("report-people", args=[table.report.name])
    facts = table.report.facts_of(asked)
    listed = set(table.report.people_of(asked))
    if facts is not None and not is_guarded(table.report, asked.user):
        listed = {
            one.name
            for one in measures
            if facts.counted_by(asked.measure if asked.across else one.name) is not None
        }

    def behind(measure: str, line: dict[str, str]) -> str:
        given = {**query, "measure": measure, **line}
        if asked.across:
            given = {**given, "measure": asked.measure}
            if measure != TOTAL:
                given["only"] = with_line(query.get("only", ""), asked.across, measure)
        return f"{address}?{urlencode(given)}"

    def figures(values: dict[str, Value], **line: str) -> list[dict[str, str]]:
        return [
            {**cell, "people": behind(measure.name, line)}
            if measure.name in listed and has_people(values[measure.name])
            else cell
            for measure, cell in zip(measures, cells(measures, values), strict=True)
        ]

    return {
        "by": next(one.title for one in table.report.dimensions if one.name == asked.by),
        "measures": measures,
        "rows": [
            (row.label, figures(row.values, line=key_text(row.key)), narrower(table, query, row))
            for row in table.rows[:MOST_LINES]
        ],
        "cut": cut(table, MOST_LINES),
        "totals": figures(table.totals),
        "excluded": excluded(table),
        "withheld": withheld(table),
        "apart": apart.sentences(table),
        "charts": charts(table),
    }
