"""The API for tests: a client who holds somebody's key, and the working calendar that dates are counted by."""

from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

from people.actors import Party
from people.models import CalendarYear, KeyScope, User
from people.services import tokens


def key_of(user: User) -> str:
    """A key of the person's, made now; an earlier one of the tests ends."""
    token = tokens.mint(user_id=user.pk, name="test", scope=KeyScope.WRITE, days=None, by=Party.SYSTEM)
    # Its first use of a day is noted: what reads must otherwise leave every table as it was.
    user.api_tokens.update(last_used_on=timezone.localdate())
    return token


def client_of(user: User | None, **defaults: Any) -> APIClient:
    """A client with the person's key; without one for None."""
    client = APIClient(raise_request_exception=False, **defaults)
    if user is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Token {key_of(user)}")
    return client


def calendar(*years: int) -> None:
    """Years without any holiday: Monday to Friday are worked."""
    for year in years or (2026, 2027):
        CalendarYear.objects.get_or_create(
            year=year, defaults={"loaded_at": timezone.now(), "source": "test"}
        )
