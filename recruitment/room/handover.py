"""To another device by a short code: made in the room, typed at `/continue`."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.errors import DomainError, NotFound
from recruitment.models import Interview, RoomSession
from recruitment.room import auth, language, limits
from recruitment.room.answering import endpoint, privately
from recruitment.services import handovers, links

_EVERYBODY = "code"


@endpoint("POST")
def make(request: HttpRequest) -> HttpResponse:
    """A new code: `{code, expires_at}`; earlier ones end. 409 `too_many_codes` after five in an hour, or `ended`."""
    session = auth.session_of(request)
    limits.counter.take(f"write {session.link_id}", limits.WRITES)
    try:
        code, expires_at = handovers.mint(link_id=session.link_id)
    except NotFound as error:
        raise auth.as_gone(error) from error
    return JsonResponse({"code": code, "expires_at": expires_at})


@require_http_methods(["GET", "HEAD", "POST"])
def go_on(request: HttpRequest) -> HttpResponse:
    """GET shows where the code is typed and changes nothing; POST turns it into the room's cookie.

    404 `code_unknown` for every code that does not work, 429 `too_many_requests` after too many of them.
    """
    if request.method != "POST":
        return _page(request)
    try:
        session_token, session = _exchange(request)
    except DomainError as error:
        return _page(request, error)
    own = Interview.objects.values_list("application__candidate__language", flat=True).get(
        pk=session.interview_id
    )
    with language.speaking(request, own) as spoken:
        response = HttpResponseRedirect(reverse("room:room"))
        auth.sign_in(request, response, session_token, session.link)
        language.remember(request, response, spoken)
    return privately(response)


def _exchange(request: HttpRequest) -> tuple[str, RoomSession]:
    """Counted before it is looked up, so that many at once gain nothing; a right one is given back."""
    counted = list(_counted(request))
    for key, most in counted:
        limits.counter.take(key, most)
    exchanged = handovers.exchange(typed=request.POST.get("code", ""))
    for key, _most in counted:
        limits.counter.give_back(key)
    return exchanged


def _counted(request: HttpRequest) -> Iterator[tuple[str, int]]:
    """This browser, by the form's own cookie, without which no form is taken; its address; everybody."""
    if secret := request.META.get("CSRF_COOKIE"):
        yield f"code {links.digest(secret)}", limits.WRONG_PER_BROWSER
    yield f"code {limits.address_of(request)}", limits.WRONG_PER_ADDRESS
    yield _EVERYBODY, limits.WRONG_ALTOGETHER


def _page(request: HttpRequest, error: DomainError | None = None) -> HttpResponse:
    """Chinese unless the address asks for another language: nobody knows yet who it is."""
    with language.speaking(request, "zh-hans") as spoken:
        context = {"code": error and error.code, "message": error and str(error.message)}
        response = render(request, "room/continue.html", context, status=error.status if error else 200)
        response["Content-Language"] = spoken
    return privately(response, error)
