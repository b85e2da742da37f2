"""What the house promises about accounts: whoever has left holds nothing any more."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.checks.declaring import Invariant
from people.models import ApiToken, OpenSession
from people.services import sessions


def sessions_of_closed() -> QuerySet[OpenSession]:
    """Sessions that are alive, of accounts that are closed."""
    return OpenSession.objects.alive().filter(user__is_active=False)


def _end(key: int) -> None:
    row = OpenSession.objects.select_related("user").filter(pk=key, user__is_active=False).first()
    if row is not None:
        sessions.end(row.user, row.pk)


def keys_of_closed() -> QuerySet[ApiToken]:
    """Keys that are not over, of accounts that are closed."""
    return ApiToken.objects.good().filter(user__is_active=False)


INVARIANTS = [
    Invariant(
        code="people.sessions",
        title=_("Nobody whose account is closed is signed in."),
        advice=_("Mending it signs them out everywhere."),
        rows=sessions_of_closed,
        repair=_end,
    ),
    Invariant(
        code="people.keys",
        title=_("Nobody whose account is closed holds a key to the API."),
        advice=_("Such a key opens nothing any more; mending it ends the key."),
        rows=keys_of_closed,
        repair=lambda key: ApiToken.objects.filter(pk=key, user__is_active=False).delete(),
    ),
]
