"""The candidate's page of times: one is chosen among those offered, or the own interview is moved. GET only reads."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError, Invalid
from core.numbers import row_number
from recruitment.models import Interview, OfferedSlot, SlotOffer
from recruitment.room import auth, own_page, parsing
from recruitment.room.answering import endpoint
from recruitment.room.views import contact_of, gone
from recruitment.rounds import free
from recruitment.rounds.services import moving
from recruitment.rounds.services import slots as service


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """GET shows the times; POST takes one, once however often it is sent; refused, the page says what is free now."""
    try:
        interview = own_page.interview_of(auth.counted_session(request))
    except DomainError as error:
        return gone(request, error)

    def take() -> str:
        _take(interview.application_id, request.POST.dict())
        return f"{reverse('room:times')}?done=1"

    return own_page.answer(
        request,
        "room/times.html",
        own_language=interview.application.candidate.language,
        take=take,
        context=lambda: {**_context(interview), "is_done": "done" in request.GET},
    )


def _context(interview: Interview) -> dict[str, Any]:
    return {
        **contact_of(interview.application),
        **_times_of(interview.application_id),
        "ahead": _ahead(interview.application_id),
    }


def _take(application_id: int, given: dict[str, Any]) -> None:
    if slot := given.get("slot", ""):
        service.choose(application_id=application_id, slot_id=_number(slot))
        return
    moving.move(
        application_id=application_id,
        interview_id=_number(given.get("interview", "")),
        opens_at=_moment(given.get("opens_at", "")),
    )


def _number(typed: str) -> int:
    if (number := row_number(typed)) is None:
        raise Invalid("time_missing", _("Please choose a time."))
    return number


def _moment(typed: str) -> datetime:
    """A moment with its offset. Invalid: time_missing."""
    try:
        found = parse_datetime(typed)
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found):
        raise Invalid("time_missing", _("Please choose a time."), field="opens_at")
    return found


def _times_of(application_id: int) -> dict[str, Any]:
    """The times that are offered, those that somebody else took meanwhile marked, and what may be moved."""
    offer = SlotOffer.objects.live().filter(application=application_id).select_related("interview").first()
    return {
        "offer": offer,
        "offered": _offered(offer) if offer is not None else [],
        "moves": moving.moves_of(application_id) if offer is None else [],
    }


def _offered(offer: SlotOffer) -> list[dict[str, Any]]:
    rows = list(OfferedSlot.objects.filter(offer=offer, slot__startswith__gt=timezone.now()))
    if not rows:
        return []
    people, room, held = service.booked_for(offer)
    booked = free.taken_between(
        rows[0].slot.lower, max(row.slot.upper for row in rows), interviewers=people, room=room, but=held
    )
    return [
        {
            "id": row.pk,
            "opens_at": timezone.localtime(row.slot.lower),
            "closes_at": timezone.localtime(row.slot.upper),
            "free": not free.overlaps((row.slot.lower, row.slot.upper), booked),
        }
        for row in rows
    ]


def _ahead(application_id: int) -> list[Interview]:
    """What is arranged already."""
    rows = Interview.objects.filter(application=application_id, state="scheduled")
    return list(rows.filter(window_closes_at__gt=timezone.now()).select_related("held").order_by("round"))


@endpoint("GET", "HEAD")
def slots(request: HttpRequest) -> HttpResponse:
    """`{choose_by, slots: [{id, opens_at, closes_at, free}], moves: [{interview, kind, opens_at, closes_at, left,
    times: [{opens_at, closes_at}]}]}`: `choose_by` null and `slots` empty where none are offered."""
    found = _times_of(own_page.interview_of(auth.counted_session(request)).application_id)
    return JsonResponse({
        "choose_by": found["offer"].choose_by if found["offer"] else None,
        "slots": found["offered"],
        "moves": [
            {
                "interview": one.interview.pk,
                "kind": one.interview.kind,
                "opens_at": one.interview.window_opens_at,
                "closes_at": one.interview.window_closes_at,
                "left": one.left,
                "times": [{"opens_at": begin, "closes_at": end} for begin, end in one.times],
            }
            for one in found["moves"]
        ],
    })  # fmt: skip


@endpoint("POST")
def choose(request: HttpRequest) -> HttpResponse:
    """`{slot}` → `{interview, opens_at, closes_at}`; the same again is 200. 404 `slot_unknown`, 409 `slot_taken`,
    `slots_over`."""
    application_id, content = _asked(request)
    offer = service.choose(application_id=application_id, slot_id=parsing.number(content, "slot"))
    return _arranged(Interview.objects.get(pk=offer.interview_id))


@endpoint("POST")
def reschedule(request: HttpRequest) -> HttpResponse:
    """`{opens_at, interview?}` → `{interview, opens_at, closes_at}`; one of the `times` of `GET slots`.

    404 `interview_unknown`, 403 `reschedules_used_up`, 409 `nothing_to_move`, `slot_taken`.
    """
    application_id, content = _asked(request)
    interview_id = parsing.number(content, "interview") if "interview" in content else None
    opens_at = _moment(parsing.text(content, "opens_at"))
    moved = moving.move(application_id=application_id, interview_id=interview_id, opens_at=opens_at)
    return _arranged(moved)


def _asked(request: HttpRequest) -> tuple[int, dict[str, Any]]:
    session = auth.counted_session(request)
    content = parsing.json_object(request)
    return Interview.objects.only("application").get(pk=session.interview_id).application_id, content


def _arranged(interview: Interview) -> JsonResponse:
    return JsonResponse({
        "interview": interview.pk,
        "opens_at": interview.window_opens_at,
        "closes_at": interview.window_closes_at,
    })  # fmt: skip
