"""`/admin/rounds/calendar/`: how the own calendar program reads the own rounds, and what it reads; and which calendar
kept elsewhere says when one is busy, the own one or, for whoever recruits, a colleague's."""

import hashlib
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from core import limits
from core.admin.looks import SHOWN_ONCE
from core.errors import DomainError, NotFound
from people.models import User
from people.pages import for_colleagues
from recruitment.rounds import busy, entries, pages
from recruitment.rounds.services import feeds, outside, planning

_counter = limits.Counter()


@require_GET
@for_colleagues
def page(request: HttpRequest, user: User) -> HttpResponse:
    """Whether there is a link, since when, and the ways to make and to end it."""
    return _page(request, user)


@require_POST
@for_colleagues
def make_link(request: HttpRequest, user: User) -> HttpResponse:
    """A new link; it stands on this one answer and nowhere else."""
    try:
        token = feeds.make(by=user)
    except DomainError as error:
        return _page(request, user, error=error)
    address = settings.BASE_URL + reverse("rounds:feed", args=[token])
    answer = _page(request, user, address=address)
    for name, value in SHOWN_ONCE.items():
        answer[name] = value
    return answer


@require_POST
@for_colleagues
def end_link(request: HttpRequest, user: User) -> HttpResponse:
    """The link ends at once."""
    feeds.revoke(by=user)
    return HttpResponseRedirect(reverse("rounds:calendar"))


@require_GET
@for_colleagues
def of_colleague(request: HttpRequest, user: User, person_id: int) -> HttpResponse:
    """A colleague's calendar that is kept elsewhere, for whoever recruits. 404 for everybody else."""
    return _page(request, user, of=_whose(user, person_id))


@require_POST
@for_colleagues
def heed(request: HttpRequest, user: User, person_id: int) -> HttpResponse:
    """Keep the address of a calendar, and have it read; refused, the page comes back with what was typed."""
    of, typed = _whose(user, person_id), request.POST.get("calendar", "")
    try:
        outside.heed(address=typed, by=user, person_id=of.pk)
    except DomainError as error:
        return _page(request, user, of=of, typed=typed, wrong=error)
    return _back(user, of)


@require_POST
@for_colleagues
def forget(request: HttpRequest, user: User, person_id: int) -> HttpResponse:
    """Take the address back, with what was read there."""
    of = _whose(user, person_id)
    outside.forget(by=user, person_id=of.pk)
    return _back(user, of)


def _whose(user: User, person_id: int) -> User:
    of = User.objects.filter(planning.colleagues(), pk=person_id).first()
    if of is None or not outside.may_give(user, of):
        raise Http404
    return of


def _back(user: User, of: User) -> HttpResponse:
    if of.pk == user.pk:
        return HttpResponseRedirect(reverse("rounds:calendar"))
    return HttpResponseRedirect(reverse("rounds:calendar_of", args=[of.pk]))


def _page(
    request: HttpRequest,
    user: User,
    *,
    of: User | None = None,
    address: str = "",
    error: DomainError | None = None,
    typed: str = "",
    wrong: DomainError | None = None,
) -> HttpResponse:
    of = of or user
    kept = outside.of_person(of)
    error = wrong or error
    context: dict[str, Any] = {
        "person": user,
        "of": of,
        "is_own": of.pk == user.pk,
        "link": feeds.live_of(user) if of.pk == user.pk else None,
        "address": address,
        "refused": error,
        "kept": kept,
        "why": busy.explain(kept.failing_code) if kept else "",
        "typed": typed,
    }
    return TemplateResponse(
        request, "recruitment/rounds/calendar.html", context, status=error.status if error else 200
    )


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The rounds as iCalendar, in their reader's language; 304 where nothing changed. 404 for what is no live link.

    A GET changes nothing: it is not even noted that somebody read.
    """
    try:
        user = feeds.owner(token)
    except NotFound as error:
        raise Http404 from error
    _counter.take(f"feed {user.pk}", feeds.READS_A_MINUTE)
    with translation.override(user.language):
        body = entries.feed(pages.rounds_for(user), name=_("My interviews"))
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)
