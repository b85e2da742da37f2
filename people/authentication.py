"""`Authorization: Token …`: whose program calls the API."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from core.addresses import address_of
from core.errors import TooMany
from core.limits import Counter
from people.enums import KeyScope
from people.models import ApiToken, User
from people.models.rights import stated
from people.services.tokens import digest

# Of one address in a minute. A right key is taken all the same: behind the address may stand a whole company.
WRONG_PER_ADDRESS = 20
wrong_keys = Counter()
_UNKNOWN = _("This key is not known, has run out, or was ended.")


class KeyAuthentication(authentication.TokenAuthentication):
    """By the hash of the key. 401 for one that nobody has, 429 with Retry-After after many of them from one address.

    What the key may do is looked at here, before any endpoint's own permissions: none can forget it.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The person and the key, or None without one; 403 for a step with a key that may only read."""
        try:
            found: tuple[User, ApiToken] | None = super().authenticate(request)
        except exceptions.AuthenticationFailed:
            try:
                wrong_keys.take(address_of(request), WRONG_PER_ADDRESS)
            except TooMany as error:
                raise exceptions.Throttled(wait=error.retry_after) from error
            # A key that is none at all is told the same: the framework speaks of headers there.
            raise exceptions.AuthenticationFailed(_UNKNOWN) from None
        if found is not None and found[1].scope != KeyScope.WRITE and request.method not in SAFE_METHODS:
            raise exceptions.PermissionDenied(_("This key may only read."), code="key_reads_only")
        return found

    def authenticate_credentials(self, key: str) -> tuple[User, Any]:
        """By one query; on which day the key was last used is noted once a day."""
        token = (
            ApiToken.objects.select_related("user")
            .annotate(stated_grid=stated())
            .filter(digest=digest(key))
            .first()
        )
        if token is None or token.is_over or not token.user.is_active:
            raise exceptions.AuthenticationFailed(_UNKNOWN)
        today = timezone.localdate()
        if token.last_used_on != today:
            ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
        token.user.stated_grid = token.stated_grid
        return token.user, token
