"""The browser that exchanged a link: who it is, by its cookie."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from core.prepared import Shape, columns_of, of_row
from recruitment.models import RoomLink, RoomSession
from recruitment.services import links

# One sitting and three days to come back, twice over; the link itself is good for weeks.
LONGEST = timedelta(days=7)


def of(session_token: str) -> RoomSession:
    """The session of a cookie, with its link. NotFound: session_unknown, link_expired, link_revoked."""
    row = _WITH_LINK.first(links.digest(session_token))
    width = len(columns_of(RoomSession))
    session: RoomSession | None = of_row(RoomSession, row[:width]) if row else None
    if row is None or session is None or session.created_at < timezone.now() - LONGEST:
        raise NotFound("session_unknown", _("Please open your interview link again."))
    session.link = of_row(RoomLink, row[width:])
    links.require_live(session.link)
    return session


# It comes before everything that a page of the room asks.
_WITH_LINK = Shape(
    lambda digest: RoomSession.objects.filter(token_hash=digest).values_list(
        *columns_of(RoomSession), *(f"link__{name}" for name in columns_of(RoomLink))
    ),
    str,
)


def forget_expired() -> None:
    """Delete the sessions of links that expired a month ago: nobody can come back with them.

    A session is never younger than its link's end: the old ones are found by their own age.
    """
    month_ago = timezone.now() - timedelta(days=30)
    RoomSession.objects.filter(created_at__lt=month_ago, link__expires_at__lt=month_ago).delete()
