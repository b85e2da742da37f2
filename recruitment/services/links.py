"""A candidate's link: 256 random bits, kept only as a hash, exchanged for a cookie by a POST."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from people.actors import Actor, Party
from recruitment.models import Interview, RoomLink, RoomSession
from recruitment.rules import require_recruiting

# A link outlives the window by the time to return and a few days in which its page still answers kindly.
KIND_ANSWER = timedelta(days=7)


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def default_expiry(interview: Interview) -> datetime:
    """Until when an interview's links are good."""
    return interview.window_closes_at + timedelta(hours=interview.version.resume_hours) + KIND_ANSWER


def keep_until_returned(interview: Interview) -> None:
    """The interview's live links stay good as long as the candidate may return, and a while beyond."""
    until = max(
        default_expiry(interview), (interview.resume_until or interview.window_closes_at) + KIND_ANSWER
    )
    RoomLink.objects.filter(interview=interview, revoked_at__isnull=True, expires_at__lt=until).update(
        expires_at=until
    )


def mint(*, interview_id: int, by: Actor, expires_at: datetime | None = None) -> str:
    """Make a new link and return its token, the only time that it is known. Others stay good."""
    if by is not Party.SYSTEM:
        require_recruiting(by, Interview, interview_id)
    interview = Interview.objects.select_related("version").get(pk=interview_id)
    token = secrets.token_urlsafe(32)
    RoomLink.objects.create(
        interview=interview, token_hash=digest(token), expires_at=expires_at or default_expiry(interview)
    )
    return token


def find(token: str) -> RoomLink:
    """The live link behind a token. NotFound: link_unknown, link_expired, link_revoked."""
    link = (
        RoomLink.objects.filter(token_hash=digest(token))
        .select_related("interview__version", "interview__application__opening__specialist",
                        "interview__application__candidate")
        .first()
    )  # fmt: skip
    if link is None:
        raise NotFound("link_unknown", _("This link is not known. Please check that it was copied whole."))
    require_live(link)
    return link


def require_live(link: RoomLink) -> None:
    """Raise unless the link is neither revoked nor expired."""
    if link.revoked_at is not None:
        raise NotFound(
            "link_revoked", _("This link was replaced. Please use the newest one that you received.")
        )
    if link.expires_at <= timezone.now():
        raise NotFound("link_expired", _("This link has expired. Please ask HR for a new one."))


def exchange(*, token: str) -> tuple[str, RoomSession]:
    """Turn a link into a session of one browser; the link stays good for returning. Errors as for `find`."""
    return open_session(find(token))


def open_session(link: RoomLink) -> tuple[str, RoomSession]:
    """A session of one browser for this link, and the token that its cookie holds."""
    session_token = secrets.token_urlsafe(32)
    session = RoomSession.objects.create(
        link=link, interview_id=link.interview_id, token_hash=digest(session_token)
    )
    return session_token, session


def revoke(*, link_id: int, by: Actor) -> RoomLink:
    """End a link and every session that came from it."""
    require_recruiting(by, RoomLink, link_id)
    with transaction.atomic():
        link = RoomLink.objects.select_for_update().get(pk=link_id)
        link.revoked_at = link.revoked_at or timezone.now()
        link.save(update_fields=["revoked_at"])
        RoomSession.objects.filter(link=link).delete()
        return link
