"""How Django asks who signs in: through the service that counts the tries."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from core.addresses import address_of
from people.models import User
from people.services import signing_in


class CountedBackend(ModelBackend):
    """Names and passwords, as Django's own backend takes them; every try is counted before its password is hashed."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **others: Any,
    ) -> User | None:
        """The person, or None. TooMany: as for the service."""
        if not username or password is None:
            return None
        address = address_of(request) if request is not None else ""
        return signing_in.authenticate(username=username, password=password, address=address)
