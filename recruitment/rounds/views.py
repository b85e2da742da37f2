"""`/admin/rounds/`: an interviewer's own pages, made for the phone. For whoever is signed in, HR or not."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError, Invalid, NotFound
from people.models import User
from people.pages import for_colleagues
from recruitment.models import Scorecard
from recruitment.rounds import busy, pages
from recruitment.rounds.services import cards, outside
from recruitment.rounds.words import levels_of

# Which card was handed in before this page.
HANDED_IN = "handed-in"


@require_GET
@for_colleagues
def mine(request: HttpRequest, user: User) -> HttpResponse:
    """The person's rounds: owed cards, what is ahead, what is done; and that the own calendar cannot be read."""
    kept = outside.of_person(user)
    failing = kept if kept is not None and kept.failing_since else None
    context = {
        "mine": pages.mine(user),
        "person": user,
        "failing": failing,
        "why": busy.explain(failing.failing_code) if failing else "",
    }
    return TemplateResponse(request, "recruitment/rounds/mine.html", context)


@require_GET
@for_colleagues
def card(request: HttpRequest, user: User, card_id: int) -> HttpResponse:
    """One round of the person's, with its scorecard; and which card was handed in on the way here."""
    return _page(request, user, _card(user, card_id))


@require_POST
@for_colleagues
def save(request: HttpRequest, user: User, card_id: int) -> HttpResponse:
    """What is typed, as it is typed: `{revision, saved}`; 409 with what stands where another page was first."""
    try:
        written = cards.save(card_id=card_id, by=user, **_typed(request, card_id))
    except DomainError as error:
        return JsonResponse(error.body(), status=error.status, headers=error.headers())
    at = date_format(timezone.localtime(written.saved_at or timezone.now()), "H:i:s")
    return JsonResponse({"revision": written.revision, "saved": _("Saved at %(time)s") % {"time": at}})


@require_POST
@for_colleagues
def hand_in(request: HttpRequest, user: User, card_id: int) -> HttpResponse:
    """Hand in what the page holds and go on to the next card that can be handed in; where there is none, the page comes
    back with the other interviewers' cards. Refused, it comes back with what was typed."""
    answer = _take(request, user, card_id, lambda typed: cards.hand_in(card_id=card_id, by=user, **typed))
    following = pages.next_of(user) if answer.status_code == HTTPStatus.FOUND else None
    if following is None:
        return answer
    return HttpResponseRedirect(f"{reverse('rounds:card', args=[following.pk])}?{HANDED_IN}={card_id}")


@require_POST
@for_colleagues
def correct(request: HttpRequest, user: User, card_id: int) -> HttpResponse:
    """Change a card that was handed in, for a reason."""
    reason = request.POST.get("reason", "")
    return _take(
        request, user, card_id, lambda typed: cards.correct(card_id=card_id, by=user, reason=reason, **typed)
    )


def _take(
    request: HttpRequest, user: User, card_id: int, step: Callable[[dict[str, Any]], Scorecard]
) -> HttpResponse:
    typed: dict[str, Any] = {}
    try:
        typed = _typed(request, card_id)
        step(typed)
    except NotFound as error:
        raise Http404 from error
    except DomainError as error:
        return _page(request, user, _card(user, card_id), refused=error, typed=typed)
    return HttpResponseRedirect(reverse("rounds:card", args=[card_id]))


def _card(user: User, card_id: int) -> Scorecard:
    found = pages.card_of(user, card_id)
    if found is None:
        raise Http404
    return found


def _typed(request: HttpRequest, card_id: int) -> dict[str, Any]:
    """The form as the services take it: an empty score is none. Invalid: malformed."""
    try:
        base = int(request.POST.get("base", ""))
        asked = Scorecard.objects.filter(pk=card_id).values_list("scores__competency", flat=True)
        scores = {
            one: _score(request.POST.get(f"score-{one}", "")) for one in asked.order_by("scores__pk") if one
        }
    except ValueError as error:
        raise Invalid("malformed", _("Please load this page again.")) from error
    return {"base": base, "notes": request.POST.get("notes", ""), "scores": scores}


def _score(typed: str) -> int | None:
    return int(typed) if typed else None


def _page(
    request: HttpRequest,
    user: User,
    found: Scorecard,
    *,
    refused: DomainError | None = None,
    typed: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page; refused, with the sentence and with what was typed instead of what is saved."""
    stands = dict(found.scores.values_list("competency", "value"))
    values = (typed or {}).get("scores", stands)
    context = {
        **pages.context_of(found, user),
        "person": user,
        "boxes": [
            {
                "competency": each.competency,
                "value": values.get(each.competency_id),
                "levels": levels_of(found.round.anchors, each.competency_id),
                "is_anchored": str(each.competency_id) in found.round.anchors,
            }
            for each in found.scores.select_related("competency").order_by("pk")
        ],
        "notes": (typed or {}).get("notes", found.notes),
        "reason": request.POST.get("reason", ""),
        "refused": refused,
        "before": pages.handed_in(user, request.GET.get(HANDED_IN, "")),
        "may_hand_in": found.slot.lower <= timezone.now(),
    }
    return TemplateResponse(
        request, "recruitment/rounds/card.html", context, status=refused.status if refused else 200
    )
