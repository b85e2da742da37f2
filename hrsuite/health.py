"""Whether the suite is well: for the pump's probe, the scripts and whoever watches the server."""

import ipaddress
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from core.backups import making, restoring
from core.checks.models import Check
from core.env import node
from core.events import pulse
from core.events.models import Reaction, ReactionState
from core.process.places import stopping
from core.trouble import looking
from messaging import health as delivery
from people.authentication import KeyAuthentication
from people.rules import is_hr
from recruitment.intake.services import mailboxes
from recruitment.models.interviews import ROOM_PULSE

OLDEST_PULSE_SECONDS = 30


@require_safe
def ping(request: HttpRequest) -> HttpResponse:
    """204 when a heartbeat sent now would be heard: the web answers and reaches the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse(status=204)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when web, database and pump (pulse under 30 s) are well, else 503. The counts never change the code.

    Whoever asks from another machine without a key hears no more than that. `node` is the machine that answers, `nodes`
    say of each machine how long ago its pump and its jobs were heard of.
    """
    try:
        ages = pulse.ages()
        waiting = Reaction.objects.exclude(state=ReactionState.DONE)
        counts = {
            "reactions_pending": waiting.filter(state=ReactionState.PENDING).count(),
            "reactions_failed": waiting.filter(state=ReactionState.FAILED).count(),
            "promises_broken": Check.objects.red().count(),
            **delivery.figures(),
            "mailboxes_failing": mailboxes.failing().count(),
        }
    except DatabaseError:
        down: dict[str, object] = {"status": "database_down"}
        if _is_from_here(request):
            down["trouble"] = _trouble()
        return JsonResponse(down, status=503)
    age = ages.get(ROOM_PULSE)
    well = age is not None and age < OLDEST_PULSE_SECONDS
    body: dict[str, object] = {"status": "ok" if well else "pump_down"}
    if _may_know(request):
        body |= {"pulse_seconds": pulse.of_all(ages), "node": node(), "nodes": pulse.by_node(ages), **counts}
        body["trouble"] = _trouble()
    return JsonResponse(body, status=200 if well else 503)


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when this node can serve, else 503 with why: it was told to stop, no database, steps of this release
    that were not taken yet, or a restore that was cut off. What the pump or another node does is no matter of its own.
    """
    if stopping(Path(settings.HOME)).exists():
        return JsonResponse({"status": "shutting_down"}, status=503)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app || '.' || name FROM django_migrations")
            taken = {name for (name,) in cursor.fetchall()}
    except ProgrammingError:  # not even the table of steps
        taken = set()
    except DatabaseError:
        return JsonResponse({"status": "database_down"}, status=503)
    if restoring.unfinished().exists():
        return JsonResponse({"status": "restore_unfinished"}, status=503)
    if not _steps() <= taken:
        return JsonResponse({"status": "upgrade_needed"}, status=503)
    return JsonResponse({"status": "ready"})


@cache
def _steps() -> set[str]:
    """This release's migrations, which no process sees change."""
    return making.known_migrations()


def _may_know(request: HttpRequest) -> bool:
    """This machine itself, unless it passes on somebody else's question; or a key of HR's."""
    if _is_from_here(request):
        return True
    try:
        found = KeyAuthentication().authenticate(Request(request))
    except APIException:
        return False
    return found is not None and is_hr(found[0])


def _trouble() -> list[str]:
    return sorted({one.code for one in looking.standing()})


def _is_from_here(request: HttpRequest) -> bool:
    return "X-Forwarded-For" not in request.headers and _is_here(request.META.get("REMOTE_ADDR", ""))


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
