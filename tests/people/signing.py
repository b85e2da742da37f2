"""How a colleague signs in, step by step, as a browser does it."""

import re
from html import unescape
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from django.urls import reverse

from people.models import User
from tests.factories import people

LOGIN = reverse("admin:login")
SECOND = reverse("mfa_authenticate")


def browser(name: str = "Firefox", **options: Any) -> Client:
    """A browser on the host that passkeys belong to."""
    return Client(headers={"host": "localhost", "user-agent": name}, **options)


def password(client: Client, person: User, address: str = LOGIN, **options: Any) -> Any:
    return client.post(address, {"username": person.username, "password": people.PASSWORD}, **options)


def confirm(client: Client) -> Any:
    """The password once more, where it is asked for."""
    return client.post(reverse("account_reauthenticate"), {"password": people.PASSWORD})


def code_of(secret: str, step: int = 1) -> str:
    """What the app shows: 0 for the half minute before, 1 now, 2 for the next."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[step]))


def with_app(client: Client) -> str:
    """Set up an app in a session; the secret that it holds."""
    confirm(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = page.split('class="hs-link" type="text" readonly value="')[1].split('"')[0]
    # Of the half minute before, so that the present one is not used up.
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret, 0)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def armed(**fields: Any) -> tuple[User, str]:
    """A lead with an app, and its secret."""
    person, secret = people.lead(**fields), generate_totp_secret()
    TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    return person, secret


def asked(page: Any) -> str:
    """What the page asks the browser's passkeys."""
    found = re.search(r'data-asked="([^"]*)"', page.content.decode())
    assert found is not None
    return unescape(found[1])


def kinds(person: User) -> list[str]:
    return sorted(Authenticator.objects.filter(user=person).values_list("type", flat=True))


def is_in(client: Client) -> bool:
    return client.get(reverse("admin:index")).status_code == 200
