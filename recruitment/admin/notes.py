"""Notes on a candidate's page: read by right, written and changed there, seen by whom they name."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.admin import panels
from core.errors import DomainError, Forbidden, NotFound
from core.history.models import Change, Did
from people.actors import person_of
from people.rules import is_hr
from recruitment.enums import NoteReaders
from recruitment.models import Candidate, CandidateNote
from recruitment.services import notes

MOST = 50


def _panel(request: HttpRequest, candidate: Candidate) -> SafeString:
    """The newest notes that this person may read, each with what stood there before. Three queries."""
    if not is_hr(request.user):
        return SafeString("")
    readable = CandidateNote.objects.visible_to(request.user).filter(candidate=candidate)
    rows: list[Any] = list(readable.select_related("written_by").prefetch_related("mentions__person")[:MOST])
    before = _before([row.pk for row in rows if row.edited_at])
    for row in rows:
        row.before = before.get(str(row.pk), [])
        row.is_mine = row.written_by_id == request.user.pk
        row.for_me = next(
            (one for one in row.mentions.all() if one.person_id == request.user.pk and not one.seen_at), None
        )
    context = {
        "notes": rows,
        "readers": NoteReaders.choices,
        "address": reverse("candidate_note", args=[candidate.pk]),
        "longest": notes.LONGEST,
        "may_write": candidate.erased_at is None,
    }
    return SafeString(render_to_string("recruitment/admin/notes.html", context, request))


def _before(keys: list[int]) -> dict[str, list[Any]]:
    """What the notes said before, by the database's history, the newest first. One query, or none."""
    found: dict[str, list[Any]] = {}
    kept: Any = CandidateNote._meta.get_field("text")
    if keys:
        label = CandidateNote._meta.label_lower
        changed = Change.objects.filter(
            model=label, object_id__in=[str(key) for key in keys], did=Did.CHANGED
        )
        for one in changed.order_by("-pk")[: MOST * 4]:
            text = (one.before or {}).get("text")
            if text is not None:
                found.setdefault(one.object_id, []).append({"at": one.at, "text": kept.unseal(text)})
    return found


@require_POST
def write(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """A new note; refused, a page with the sentence and what was typed."""
    person = person_of(request)
    typed = {"text": request.POST.get("text", ""), "readers": request.POST.get("readers", NoteReaders.HR)}
    try:
        notes.write(candidate_id=candidate_id, by=person, **typed)
    except NotFound as error:
        raise Http404 from error
    except DomainError as error:
        return _again(request, error, typed)
    messages.success(request, _("The note is kept; whoever it names is told."))
    return HttpResponseRedirect(_page(candidate_id))


@require_POST
def edit(request: HttpRequest, note_id: int) -> HttpResponse:
    """Another text for one's own note; refused, a page with the sentence and what was typed."""
    typed = {"text": request.POST.get("text", ""), "was": request.POST.get("was", "")}
    try:
        note = notes.edit(note_id=note_id, by=person_of(request), **typed)
    except NotFound as error:
        raise Http404 from error
    except DomainError as error:
        return _again(request, error, typed)
    messages.success(request, _("The note was changed; what stood there before is kept."))
    return HttpResponseRedirect(_page(note.candidate_id))


@require_POST
def see(request: HttpRequest, mention_id: int) -> HttpResponse:
    """The line on the first page has been seen."""
    try:
        notes.see(mention_id=mention_id, by=person_of(request))
    except NotFound as error:
        raise Http404 from error
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return HttpResponseRedirect(back if ours else reverse("admin:index"))


def _page(candidate_id: int) -> str:
    return f"{reverse('admin:recruitment_candidate_change', args=[candidate_id])}#panel-notes"


def _again(request: HttpRequest, error: DomainError, typed: dict[str, str]) -> HttpResponse:
    if isinstance(error, Forbidden):
        raise PermissionDenied from error
    context = {
        **admin.site.each_context(request),
        "title": _("Note"),
        "error": error.message,
        "typed": typed,
        "readers": NoteReaders.choices,
        "address": request.path,
        "longest": notes.LONGEST,
    }
    return TemplateResponse(request, "recruitment/admin/note_again.html", context, status=error.status)


panels.register(Candidate, panels.Panel("notes", gettext_lazy("Notes"), _panel, order=3))
