"""The candidate's page of the own application: the résumé, a word to HR, and the way out. Reading changes nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_fsm import TransitionNotAllowed

from core.errors import DomainError, Invalid, Refused
from people.actors import Party
from recruitment.enums import ApplicationStage, FollowUpKind, FollowUpState
from recruitment.models import Application, FollowUp, Interview, Resume
from recruitment.resumes.services import adding
from recruitment.room import auth, limits, own_page, views
from recruitment.room.status import Status, status_of
from recruitment.services import applications, follow_ups

MOST = 5
# What the candidate knows to be over; every other end is told first, and until then the page reads as before.
OVER = frozenset({"hired", "rejected", "withdrawn", "fell_through"})


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """GET shows what may be done; POST does it, once however often it is sent, or says on the page why not."""
    try:
        session = auth.counted_session(request)
        interview = own_page.interview_of(session)
    except DomainError as error:
        return views.gone(request, error)
    return own_page.answer(
        request,
        "room/application.html",
        own_language=interview.application.candidate.language,
        take=lambda: f"{reverse('room:application')}?done={_done(request, interview, session.link_id)}",
        context=lambda: {**_context(interview), "done": request.GET.get("done", "")},
    )


def _context(interview: Interview) -> dict[str, Any]:
    status = status_of(interview.pk)
    application = interview.application
    return {
        **views.contact_of(application),
        "status": status,
        "resumes": Resume.objects.filter(candidate=application.candidate_id).order_by("-pk")[:MOST],
        "is_open": status.situation not in OVER,
        "asked": FollowUp.objects.filter(
            interview=interview, kind=FollowUpKind.ASKED, state__in=FollowUpState.unfinished
        ).first(),
        "longest": follow_ups.LONGEST_NOTE,
    }


def _done(request: HttpRequest, interview: Interview, link_id: int) -> str:
    """Take what was sent; its name. Invalid: unknown_step, file_missing, sure_missing, and what the services say."""
    deeds = {"resume": _keep_resume, "contact": _ask, "withdraw": _withdraw}
    name = request.POST.get("do", "")
    if name not in deeds:
        raise Invalid("unknown_step", _("Please use one of the buttons on this page."))
    deeds[name](request, interview, link_id)
    return name


def _keep_resume(request: HttpRequest, interview: Interview, link_id: int) -> None:
    _require_open(status_of(interview.pk))
    sent = request.FILES.get("file")
    if sent is None or not sent.name:
        raise Invalid("file_missing", _("Please choose a file first."))
    limits.counter.take(f"résumé {link_id}", limits.RESUMES)
    with limits.at_once(link_id):
        adding.add(
            looked=adding.look(sent, sent.name),
            candidate_id=interview.application.candidate_id,
            application_id=interview.application_id,
            by=Party.CANDIDATE,
        )


def _ask(request: HttpRequest, interview: Interview, link_id: int) -> None:
    follow_ups.ask(interview_id=interview.pk, note=request.POST.get("note", ""))


def _withdraw(request: HttpRequest, interview: Interview, link_id: int) -> None:
    if not request.POST.get("sure"):
        raise Invalid("sure_missing", _("Please tick that you withdraw your application."))
    stage = Application.objects.values_list("stage", flat=True).get(pk=interview.application_id)
    if stage == ApplicationStage.WITHDRAWN:
        return  # sent twice
    try:
        applications.withdraw(application_id=interview.application_id, by=Party.CANDIDATE)
    except (Refused, TransitionNotAllowed) as error:
        raise _not_here() from error


def _require_open(status: Status) -> None:
    if status.situation in OVER:
        raise _not_here()


def _not_here() -> Refused:
    """Without a word of why: an end is told in words of its own, at its time."""
    return Refused(
        "not_possible_here", _("This is not possible here now. Please call or write to your contact.")
    )
