"""Other ways to sign in than by name and password: what stands below the form, which apps register."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse

from core.middleware import STAFF_POLICY


@dataclass(frozen=True)
class Way:
    """A button: what it says, the name of the address that it is posted to, and the origins which that leads on to."""

    text: str
    address: str
    leads_to: str


# Answers the way as it stands open now, or nothing.
_ways: dict[str, Callable[[], Way | None]] = {}


def register(name: str, way: Callable[[], Way | None]) -> None:
    """Offer what `way` answers; a later one of the same name takes its place."""
    _ways[name] = way


def open_now() -> list[Way]:
    """Those that stand open."""
    return [way for ask in _ways.values() if (way := ask())]


def may_lead_on(response: HttpResponse, ways: list[Way]) -> None:
    """Let the forms of this page lead to these ways: browsers hold a form's target against the policy, and what
    that one answers, too.
    """
    if ways:
        origins = " ".join(way.leads_to for way in ways)
        response["Content-Security-Policy"] = STAFF_POLICY.replace(
            "form-action 'self'", f"form-action 'self' {origins}"
        )
