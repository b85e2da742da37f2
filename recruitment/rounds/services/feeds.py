"""The link under which a colleague's own calendar program reads their rounds: made, ended, and whose it is."""

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, NotFound
from people.models import User
from recruitment.models import CalendarLink
from recruitment.rounds.services.planning import colleagues
from recruitment.services.links import digest

# What reads a calendar comes every few minutes at most.
READS_A_MINUTE = 20


def make(*, by: User) -> str:
    """Make the person's link and return its token, the only time that it is known; the one before ends at once.

    Forbidden: not_permitted, for whoever never holds a round.
    """
    with transaction.atomic():
        # Two clicks at once make one link after the other.
        if not User.objects.select_for_update(of=("self",)).filter(colleagues(), pk=by.pk).exists():
            raise Forbidden("not_permitted", _("Only colleagues who hold rounds have a calendar of them."))
        end_of(by.pk)
        token = secrets.token_urlsafe(32)
        CalendarLink.objects.create(person=by, token_hash=digest(token))
    return token


def revoke(*, by: User) -> bool:
    """End the person's live link; whether there was one. What has been read from it stays where it was read to."""
    return end_of(by.pk) > 0


def end_of(person_id: int) -> int:
    """The same for whoever has ended all ways in; how many there were."""
    live = CalendarLink.objects.filter(person=person_id, revoked_at=None)
    return live.update(revoked_at=timezone.now())


def live_of(person: User) -> CalendarLink | None:
    """The person's live link, if there is one."""
    return CalendarLink.objects.filter(person=person.pk, revoked_at=None).first()


def owner(token: str) -> User:
    """Whose live link this is. NotFound: link_unknown, also once the account is closed or holds rounds no more."""
    link = CalendarLink.objects.filter(token_hash=digest(token), revoked_at=None).values("person")
    found = User.objects.filter(colleagues(), pk__in=link).first()
    if found is None:
        raise NotFound("link_unknown", _("There is no such calendar."))
    return found
