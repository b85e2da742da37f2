"""Seeing the house as a colleague sees it: for a while, with a reason that is kept, and without changing anything."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid
from core.history import looks
from core.history.models import LookKind
from people.models import User
from people.rules import is_hr, is_lead

LONGEST_SECONDS = 30 * 60
LONGEST_REASON = 200
HELD = "viewing_as"


@dataclass(frozen=True, slots=True)
class Viewing:
    """Who is looked as, and until when."""

    person: User
    until: datetime


def may(viewer: User, person: User) -> bool:
    """A lead any colleague of HR who has no right that the lead has not: nobody sees more than they may anyway."""
    if not is_lead(viewer) or not is_hr(person) or viewer.pk == person.pk:
        return False
    if viewer.is_superuser or person.is_superuser:
        return viewer.is_superuser
    return set(viewer.grid.of_roles(person.roles)) <= set(viewer.rights)


def begin(request: HttpRequest, *, viewer: User, person: User, reason: str) -> None:
    """From the next page on, for half an hour at most. It is noted first, with the reason, among the looks.

    Forbidden: not_permitted. Invalid: reason_missing, reason_too_long.
    """
    if not may(viewer, person):
        raise Forbidden("not_permitted", _("Only the HR lead may do this."))
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise Invalid("reason_missing", _("Please say why."))
    if len(reason) > LONGEST_REASON:
        raise Invalid("reason_too_long", _("Please use 200 characters at most."))
    looks.note(request, LookKind.PAGE, person, viewed_as=True, why=reason)
    request.session[HELD] = {"person": person.pk, "viewer": viewer.pk, "until": time.time() + LONGEST_SECONDS}


def end(request: HttpRequest) -> None:
    """Back to one's own pages; nothing where nobody was looked as."""
    request.session.pop(HELD, None)


def standing(request: HttpRequest, viewer: User) -> Viewing | None:
    """As whom this session looks now. What has run out, or is no longer permitted, has ended."""
    held = request.session.get(HELD)
    if held is None:
        return None
    person = User.objects.with_grid().filter(pk=held["person"]).first()
    is_good = held["viewer"] == viewer.pk and time.time() < held["until"]
    if not is_good or person is None or not may(viewer, person):
        end(request)
        return None
    return Viewing(person, datetime.fromtimestamp(held["until"], UTC))
