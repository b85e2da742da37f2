"""The browser that exchanged a link: who it is, by its cookie."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from recruitment.models import RoomSession
from recruitment.services import links

# One sitting and three days to come back, twice over; the link itself is good for weeks.
LONGEST = timedelta(days=7)


def of(session_token: str) -> RoomSession:
    """The session of a cookie, with its link. NotFound: session_unknown, link_expired, link_revoked."""
    session = (
        RoomSession.objects.filter(token_hash=links.digest(session_token)).select_related("link").first()
    )
    if session is None or session.created_at < timezone.now() - LONGEST:
        raise NotFound("session_unknown", _("Please open your interview link again."))
    links.require_live(session.link)
    return session


def forget_expired() -> None:
    """Delete the sessions of links that expired a month ago: nobody can come back with them.

    A session is never younger than its link's end: the old ones are found by their own age.
    """
    month_ago = timezone.now() - timedelta(days=30)
    RoomSession.objects.filter(created_at__lt=month_ago, link__expires_at__lt=month_ago).delete()
