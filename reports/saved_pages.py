"""What the pages of the reports do with kept views: open one, keep what is shown, delete one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError, Forbidden, NotFound
from people.actors import person_of
from reports import saved
from reports.asking import REPORTS


@require_safe
@never_cache
def open_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """The report as the view asks for it today, counted for whoever opens it."""
    try:
        view = saved.opened(view_id, person_of(request))
        return HttpResponseRedirect(saved.address_of(view, timezone.localdate()))
    except NotFound as error:
        raise Http404(str(error.message)) from error


@require_safe
@never_cache
def open_file(request: HttpRequest, view_id: int, kind: str) -> HttpResponse:
    """The same as a file: whoever comes from a message signs in first, as for the page."""
    if kind not in saved.FILES:
        raise Http404
    try:
        view = saved.opened(view_id, person_of(request))
        return HttpResponseRedirect(saved.address_of(view, timezone.localdate(), saved.FILES[kind]))
    except NotFound as error:
        raise Http404(str(error.message)) from error


@require_POST
def keep(request: HttpRequest, name: str) -> HttpResponse:
    """Keep what the page shows; refused, the same page with the sentence."""
    if name not in REPORTS:
        raise Http404
    query = QueryDict(request.POST.get("query", "")).dict()
    try:
        view = saved.keep(
            name=request.POST.get("name", ""),
            report=name,
            filters=query,
            by=person_of(request),
            moves=bool(request.POST.get("moves")),
            shared_with=request.POST.getlist("shared_with"),
            rhythm=request.POST.get("rhythm", ""),
        )
    except Forbidden as error:
        raise PermissionDenied from error
    except DomainError as error:
        messages.error(request, str(error.message))
        return HttpResponseRedirect(f"{reverse('report', args=[name])}?{request.POST.get('query', '')}")
    messages.success(request, _("“%(name)s” is kept under Reports.") % {"name": view.name})
    return HttpResponseRedirect(reverse("report-view", args=[view.pk]))


@require_POST
def drop(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete a view."""
    try:
        saved.drop(view_id=view_id, by=person_of(request))
    except NotFound as error:
        raise Http404(str(error.message)) from error
    except Forbidden as error:
        raise PermissionDenied from error
    messages.success(request, _("The view was deleted; the report is as it was."))
    return HttpResponseRedirect(reverse("reports"))
