"""The candidate's page of an offer: the terms, the letter, and the answer. Reading changes nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import DomainError, Invalid, NotFound
from recruitment.enums import ApplicationStage, DeclineReason, OfferState
from recruitment.models import Interview, Offer, RoomSession
from recruitment.offers import letters
from recruitment.offers.services import offers
from recruitment.offers.views import as_file
from recruitment.room import asked, auth, own_page, parsing
from recruitment.room.answering import endpoint, privately
from recruitment.room.views import contact_of, gone


def _offer_of(session: RoomSession) -> Offer:
    """The last offer that was sent to this candidate. NotFound: offer_unknown."""
    sent = Offer.objects.filter(application__interviews=session.interview_id, sent_at__isnull=False)
    found = (
        sent.select_related(
            "application__candidate", "application__opening__department", "application__opening__specialist"
        )
        .order_by("-pk")
        .first()
    )
    if found is None:
        raise NotFound("offer_unknown", _("There is no offer here."))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """GET shows the terms and the way to answer; POST takes the answer, once however often it is sent."""
    try:
        offer = _offer_of(auth.counted_session(request))
    except DomainError as error:
        return gone(request, error)

    def take() -> str:
        _answer(offer, request.POST.dict())
        return reverse("room:offer")

    return own_page.answer(
        request,
        "room/offer.html",
        own_language=offer.application.candidate.language,
        take=take,
        context=lambda: _context(offer),
    )


def _answer(offer: Offer, given: dict[str, Any]) -> None:
    if given.get("answer") == "decline":
        offers.decline(
            application_id=offer.application_id,
            offer_id=offer.pk,
            reason=given.get("reason", ""),
            words=given.get("note", ""),
        )
    else:
        _accept(offer.application_id, offer.pk, given.get("name", ""), bool(given.get("consent")))


def _accept(application_id: int, offer_id: int | None, name: str, consent: bool) -> Offer:
    if not consent:
        raise Invalid("consent_missing", _("Please tick that you have read the letter and accept."))
    return offers.accept(application_id=application_id, name=name, offer_id=offer_id)


def _context(offer: Offer) -> dict[str, Any]:
    offer.refresh_from_db(fields=["state", "signed_name"])
    stage = offer.application.stage
    is_open = offer.state == OfferState.SENT and stage == ApplicationStage.OFFER and not offer.is_late
    return {
        **contact_of(offer.application),
        "offer": offer,
        "is_open": is_open,
        "terms": letters.terms(offer, is_awaited=is_open),
        "reasons": DeclineReason.choices,
        "asked": asked.of(offer.application),
    }


@require_safe
def letter(request: HttpRequest) -> HttpResponse:
    """The letter as it was sent."""
    try:
        return privately(as_file(_offer_of(auth.counted_session(request))))
    except DomainError as error:
        return gone(request, error)


@endpoint("POST")
def accept(request: HttpRequest) -> HttpResponse:
    """`{offer?, name, consent: true}` → `{offer, state}`; the same again is 200. 409 `offer_over`."""
    application_id, offer_id, content = _asked(request)
    offer = _accept(application_id, offer_id, parsing.note(content, "name"), content.get("consent") is True)
    return JsonResponse({"offer": offer.pk, "state": offer.state})


@endpoint("POST")
def decline(request: HttpRequest) -> HttpResponse:
    """`{offer?, reason, note}` → `{offer, state}`; the same again is 200. 409 `offer_over`."""
    application_id, offer_id, content = _asked(request)
    offer = offers.decline(
        application_id=application_id,
        offer_id=offer_id,
        reason=parsing.note(content, "reason"),
        words=parsing.note(content),
    )
    return JsonResponse({"offer": offer.pk, "state": offer.state})


def _asked(request: HttpRequest) -> tuple[int, int | None, dict[str, Any]]:
    session = auth.counted_session(request)
    content = parsing.json_object(request)
    interview = Interview.objects.only("application").get(pk=session.interview_id)
    offer_id = parsing.number(content, "offer") if "offer" in content else None
    return interview.application_id, offer_id, content
