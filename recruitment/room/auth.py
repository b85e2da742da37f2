"""Who is in the room: the cookie that a link was exchanged for, and where a write may come from."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import DomainError, Forbidden, NotFound
from recruitment.models import RoomLink, RoomSession
from recruitment.room import limits
from recruitment.services import links, sessions

SECURE_NAME = "__Host-room"
PLAIN_NAME = "room"


class NotSignedIn(DomainError):
    """No cookie, or one that belongs to no session."""

    status = 401


class Gone(DomainError):
    """The link was good once."""

    status = 410


def token_of(request: HttpRequest) -> str:
    """The session token in the cookie; raises NotSignedIn (401 `no_session`) when there is none."""
    name = SECURE_NAME if request.is_secure() else PLAIN_NAME
    token = request.COOKIES.get(name, "")
    if not token:
        raise NotSignedIn("no_session", _("Please open the link in your invitation again."))
    return token


def token_hash_of(request: HttpRequest) -> str:
    """What the database knows the cookie by, without asking the database whether it does."""
    return links.digest(token_of(request))


def session_of(request: HttpRequest) -> RoomSession:
    """The session behind the cookie. 401 `no_session` without one; an expired or revoked link says so with 410."""
    try:
        return sessions.of(token_of(request))
    except NotFound as error:
        raise as_gone(error) from error


def counted_session(request: HttpRequest) -> RoomSession:
    """The session, counted against its link before anything is read or done. 429 `too_many_requests`."""
    session = session_of(request)
    is_read = request.method in ("GET", "HEAD")
    limits.counter.take(
        f"{'read' if is_read else 'write'} {session.link_id}", limits.READS if is_read else limits.WRITES
    )
    return session


def as_gone(error: NotFound) -> DomainError:
    """How the room answers a link or session that is not there: 410 when it was good once, else 401 or 404."""
    if error.code in ("link_expired", "link_revoked"):
        return Gone(error.code, error.message)
    if error.code == "session_unknown":
        return NotSignedIn("no_session", _("Please open the link in your invitation again."))
    return error


def sign_in(request: HttpRequest, response: HttpResponse, token: str, link: RoomLink) -> None:
    """Give the browser its cookie: `__Host-room` over HTTPS, `room` over HTTP.

    It lasts as long as one interview with its returns may take, never longer than the link. Whoever comes later opens
    the link again.
    """
    response.set_cookie(
        SECURE_NAME if request.is_secure() else PLAIN_NAME,
        token,
        max_age=max(60, int(min(link.expires_at - timezone.now(), sessions.LONGEST).total_seconds())),
        path="/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def check_origin(request: HttpRequest) -> None:
    """Refuse a write that another site's page sends (403 `foreign_origin`); a missing Origin is fine."""
    origin = request.headers.get("Origin")
    if origin is None:
        return
    own = f"{request.scheme}://{request.get_host()}"
    if origin != own and origin not in settings.CSRF_TRUSTED_ORIGINS:
        raise Forbidden("foreign_origin", _("This request came from another site."))
