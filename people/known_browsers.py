"""Browsers in which somebody was signed in before: each has tries of its own at that person's account.

Whoever guesses a colleague's password, from however many addresses, uses up the tries of strangers, and the colleague
comes in where they always did. What a browser keeps is no way in and earns nothing but its own eight guesses: a number
by chance, and of each person who was signed in there a mark that ends with the password. It is signed, not stored.
"""

import secrets
from dataclasses import dataclass, field
from typing import Self

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from core.addresses import address_of
from people.models import User

# Longer than this no browser keeps anything.
KEPT_DAYS = 400
# Who share a browser; the one that signed in longest ago makes room.
MOST_PEOPLE = 5
_SALT = "people.known_browsers"


@dataclass(frozen=True, slots=True)
class Caller:
    """From which address somebody asks, and what the browser knows: its number ("" of a stranger's), whose marks."""

    address: str
    browser: str = ""
    marks: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """As the request says; what we did not sign is a stranger's."""
        address, kept = address_of(request), request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE, "")
        try:
            read = signing.loads(kept, salt=_SALT, max_age=KEPT_DAYS * 86_400) if kept else {}
        except signing.BadSignature:
            read = {}
        return cls(address, read.get("browser", ""), read.get("marks", {}))

    def knows(self, user: User | None) -> bool:
        """Whether this person was signed in here, by the password as it is now."""
        return user is not None and constant_time_compare(self.marks.get(str(user.pk), ""), _mark(user))


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the browser keep that this person, who proved it a moment ago, was here."""
    caller = Caller.of(request)
    others = {pk: mark for pk, mark in caller.marks.items() if pk != str(user.pk)}
    marks = dict([*others.items(), (str(user.pk), _mark(user))][-MOST_PEOPLE:])
    kept = {"browser": caller.browser or secrets.token_urlsafe(16), "marks": marks}
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE,
        signing.dumps(kept, salt=_SALT),
        max_age=KEPT_DAYS * 86_400,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _mark(user: User) -> str:
    return salted_hmac(_SALT, f"{user.pk}\n{user.password}", algorithm="sha256").hexdigest()[:32]
