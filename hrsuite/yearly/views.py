"""年度体检: the reports that are kept, one more on demand, each as a page and a document. For the lead."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.checks.models import HealthReport
from hrsuite.yearly import making, printing, words
from people.actors import person_of
from people.rules import is_lead

MOST_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def reports(request: HttpRequest) -> HttpResponse:
    """The newest first; POST makes one more and leads to it."""
    _require_lead(request)
    if request.method == "POST":
        made = making.make(by=person_of(request))
        messages.success(request, _("Everything was looked at. The report is kept."))
        return HttpResponseRedirect(reverse("health_report", args=[made.pk]))
    context = {
        **admin.site.each_context(request),
        "title": _("Yearly health check"),
        "reports": HealthReport.objects.defer("parts")[:MOST_SHOWN],
    }
    return render(request, "hrsuite/health_reports.html", context)


@require_safe
@never_cache
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report in words."""
    _require_lead(request)
    found = get_object_or_404(HealthReport, pk=pk)
    context = {
        **admin.site.each_context(request),
        "title": _("Yearly health check"),
        "report": found,
        "made": words.heading(found),
        "sections": words.sections(found),
    }
    return render(request, "hrsuite/health_report.html", context)


@require_safe
@never_cache
def as_document(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a PDF."""
    _require_lead(request)
    found = get_object_or_404(HealthReport, pk=pk)
    answer = HttpResponse(printing.document(found).content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="hrsuite-health-{found}.pdf"'
    return answer


def _require_lead(request: HttpRequest) -> None:
    if not is_lead(person_of(request)):
        raise PermissionDenied
