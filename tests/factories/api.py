"""The API for tests: a client who holds somebody's key, and the working calendar that dates are counted by."""

from typing import Any

from django.utils import timezone
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from people.models import CalendarYear, User


def client_of(user: User | None, **defaults: Any) -> APIClient:
    """A client with the person's key; without one for None."""
    client = APIClient(raise_request_exception=False, **defaults)
    if user is not None:
        token, _created = Token.objects.get_or_create(user=user)
        client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
    return client


def calendar(*years: int) -> None:
    """Years without any holiday: Monday to Friday are worked."""
    for year in years or (2026, 2027):
        CalendarYear.objects.get_or_create(
            year=year, defaults={"loaded_at": timezone.now(), "source": "test"}
        )
