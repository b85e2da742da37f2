"""The candidate's pages: what will happen (GET changes nothing), the room itself, and a kind word for a dead link."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.errors import DomainError, NotFound
from core.language import in_language
from core.middleware import CANDIDATE_POLICY
from messaging import connected
from people.colleagues import whoever_leads, whom_to_turn_to
from recruitment.enums import EnquiryWay
from recruitment.enums_faces import Faces
from recruitment.models import Application, Checkpoint, Interview
from recruitment.room import asked, auth, faces, language, limits, trying
from recruitment.room.answering import privately
from recruitment.room.state import media_of, stages_of
from recruitment.room.status import ENTERABLE, Status, status_of
from recruitment.room.words import causes, heading_of, sentences
from recruitment.services import enquiries, links
from recruitment.services.answers import LONGEST_TEXT

# The practice question is played back from the page's own memory; nobody else gets camera or microphone.
ROOM_POLICY = f"{CANDIDATE_POLICY}; media-src 'self' blob:"
ROOM_PERMISSIONS = (
    "camera=(self), microphone=(self), screen-wake-lock=(self), geolocation=(), display-capture=()"
)


AN_HOUR = timedelta(hours=1)
# The page on which somebody waits for an answer; everybody else goes to the room.
ANSWERING = {"offer_sent": "room:offer", "slots_offered": "room:times"}


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what will happen and changes nothing; POST turns the link into a cookie and goes to the room.

    Where nothing can be entered or answered the POST asks how it stands: it counts as an enquiry.
    """
    try:
        link = links.find(token)
        if request.method == "POST":
            limits.counter.take(f"exchange {link.pk}", limits.EXCHANGES)
    except NotFound as error:
        return gone(request, auth.as_gone(error))
    except limits.TooMany as error:
        return gone(request, error)
    interview = link.interview
    with language.speaking(request, interview.application.candidate.language) as spoken:
        if request.method == "POST":
            session_token, session = links.exchange(token=token)
            status = status_of(interview.pk)
            if status.situation not in ENTERABLE and status.situation not in ANSWERING:
                enquiries.keep(
                    application_id=interview.application_id, way=EnquiryWay.OPENED, once_within=AN_HOUR
                )
            response: HttpResponse = HttpResponseRedirect(_where_to(status))
            auth.sign_in(request, response, session_token, session.link)
            language.remember(request, response, spoken)
        else:
            status = status_of(interview.pk)
            if status.situation in ENTERABLE:
                response = render(request, "room/confirm.html", _confirm_context(interview, status))
            else:
                response = _standing(request, interview, status)
            response["Content-Language"] = spoken
    return privately(response)


def _where_to(status: Status) -> str:
    """The page on which somebody waits for an answer: to the offer, to the offered times; else the room."""
    return reverse(ANSWERING.get(status.situation, "room:room"))


@csrf_exempt
def no_link(request: HttpRequest, **parts: Any) -> HttpResponse:
    """`/i/` without a whole token behind it: the address was cut off on its way."""
    return gone(
        request,
        NotFound(
            "link_incomplete",
            _(
                "Part of the address is missing. Please open the link in our message itself, or copy all of it."
            ),
        ),
    )


@require_http_methods(["GET", "HEAD"])
def room(request: HttpRequest) -> HttpResponse:
    """The room: one page whose script asks the API for the state. Without a session it says how to get one.

    Where there is nothing to enter it says how it stands; its script then only sends what the device still holds.
    """
    try:
        session = auth.session_of(request)
    except DomainError as error:
        return gone(request, error)
    interview = Interview.objects.select_related(
        "version", "application__candidate", "application__opening__specialist"
    ).get(pk=session.interview_id)
    with language.speaking(request, interview.application.candidate.language) as spoken:
        context = {**people_of(interview), "status": status_of(interview.pk)}
        context["asked"] = asked.of(interview.application)
        context["causes"] = causes()
        trial = trying.of_exit(interview.application_id)
        context["exit_words"] = trying.words_of(trial, spoken)
        context["continue_at"] = f"{request.get_host()}{reverse('room:continue')}"
        context["config"] = {
            "api": reverse("room:state").removesuffix("state"),
            "interview": interview.pk,
            "language": "zh-CN" if spoken.startswith("zh") else spoken,
            "max_text": LONGEST_TEXT,
            "time_zone": timezone.get_default_timezone_name(),
            "resume_hours": interview.version.resume_hours,
            "strings": sentences(),
            "leaving": trying.way_of(trial),
            "faces": faces.config_of(interview),
        }
        context["faces_shown"] = interview.version.faces == Faces.SHOW
        response = render(request, "room/room.html", context)
        response["Content-Security-Policy"] = ROOM_POLICY
        response["Permissions-Policy"] = ROOM_PERMISSIONS
        language.remember(request, response, spoken)
    return privately(response)


def _standing(request: HttpRequest, interview: Interview, status: Status) -> HttpResponse:
    """The page of a situation in which there is nothing to enter: it offers no consent and no way in."""
    return render(request, "room/situation.html", {**people_of(interview), "status": status})


def people_of(interview: Interview) -> dict[str, Any]:
    """What every page of the candidate's says of the opening and of whom to turn to."""
    media = media_of(interview.application.opening)
    return {
        **contact_of(interview.application),
        "records": len(media["allowed"]) > 1,
        "video": "video" in media["allowed"],
        "keep_days": media["keep_days"],
    }


def contact_of(application: Application) -> dict[str, Any]:
    """Who applies for what, and whom they turn to."""
    specialist = whom_to_turn_to(application.opening.specialist)
    return {
        "opening": str(application.opening),
        "candidate": application.candidate.name,
        "specialist": specialist.name or str(specialist),
        "specialist_phone": specialist.phone,
        "specialist_email": specialist.email,
        "in_wechat": connected.kf() is not None,
    }


def _confirm_context(interview: Interview, status: Status) -> dict[str, Any]:
    stages = list(interview.version.stages.prefetch_related("questions"))
    saved = Checkpoint.objects.filter(interview=interview, attempt=interview.attempt)
    saved_when = dict(saved.values_list("stage_id", "saved_at"))
    return {
        **people_of(interview),
        # Who has not come in yet is nobody that a link could be made for.
        "in_wechat": False,
        "stages": [
            {"title": listed["title"], "saved_at": listed["saved_at"], "count": len(stage.questions.all())}
            for stage, listed in zip(stages, stages_of(interview, saved_when), strict=True)
        ],
        "minutes": sum(stage.minutes for stage in stages),
        "plan_notes": in_language(interview.version.notes, interview.version.notes_en),
        "status": status,
        "returning": status.situation in ("in_progress", "interrupted"),
    }


def gone(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page for a link or cookie that leads nowhere, in the language that was chosen or the browser asks for."""
    with language.speaking(request, None):
        context = {
            "code": error.code,
            "heading": heading_of(error.code),
            "message": str(error.message or _("Sorry.")),
            **_whom_to_ask(),
        }
        return privately(render(request, "room/gone.html", context, status=error.status), error)


def _whom_to_ask() -> dict[str, str]:
    """The company's contact for whoever has no working link: the acting lead of HR; nothing of any interview."""
    lead = whoever_leads()
    if not lead:
        return {}
    return {
        "specialist": lead["name"],
        "specialist_phone": lead["phone"],
        "specialist_email": lead["email"],
    }
