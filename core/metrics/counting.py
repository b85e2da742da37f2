"""What each worker of the web counts: requests by address and answer, how long they took, heartbeats, its connections.

An address is counted by its pattern: no link, no number and no name becomes a label, and there are as many labels as
the suite has addresses.
"""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector

from core.metrics import shared

FOLDER = shared.prepare(settings.HOME)
# It asked for the folder while it was imported, which may have been before.
values.ValueClass = values.get_value_class()
# Where there is no room to share, each worker tells of itself.
_OWN = CollectorRegistry()
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ADDRESS, STATIC, OTHER = "none", "static", "other"
HEARTBEAT = "room/api/heartbeat"
# A page or an API call that takes longer is a line of the log. What phones send takes as long as their line.
SLOW_SECONDS = 2.0
_OURS_ALONE = ("/admin/", "/api/")

REQUESTS = Counter("hrsuite_requests", "Requests answered.", ["method", "route", "status"], registry=_OWN)
SECONDS = Histogram(
    "hrsuite_request_seconds", "How long answering took.", ["route"], buckets=BUCKETS, registry=_OWN
)
HEARTBEATS = Counter("hrsuite_heartbeats", "Candidates' signs of life.", ["answer"], registry=_OWN)
POOL = Gauge(
    "hrsuite_pool_connections",
    "The web's own connections to the database; waiting: requests that have none yet.",
    ["state"],
    multiprocess_mode="livesum",
    registry=_OWN,
)
logger = logging.getLogger(__name__)


class Counted:
    """Middleware, just inside the request's id: counts every answer, whoever gave it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = self.get_response(request)
        seconds = time.monotonic() - began
        route = _route(request)
        method = request.method if request.method in METHODS else OTHER
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        SECONDS.labels(route).observe(seconds)
        if route == HEARTBEAT and method == "POST":
            HEARTBEATS.labels("accepted" if response.status_code < 300 else "refused").inc()  # noqa: PLR2004
        if seconds > SLOW_SECONDS and request.path.startswith(_OURS_ALONE):
            logger.warning("slow: %s %s took %.1f s", method, route, seconds)
        _look_at_pool()
        return response


def collector() -> CollectorRegistry:
    """What all workers of this server have counted."""
    if FOLDER is None:
        return _OWN
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(FOLDER))
    return registry


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is not None:
        return match.route
    return STATIC if request.path.startswith(settings.STATIC_URL) else NO_ADDRESS


_looked_at = 0.0


def _look_at_pool() -> None:
    """Once a second: how many connections there are, how many are free, and who waits for one."""
    global _looked_at  # noqa: PLW0603 -- of the process
    now = time.monotonic()
    pools = getattr(connection, "_connection_pools", {})
    if now < _looked_at + 1 or connection.alias not in pools:
        return
    _looked_at = now
    stats = pools[connection.alias].get_stats()
    free = stats.get("pool_available", 0)
    POOL.labels("used").set(stats.get("pool_size", 0) - free)
    POOL.labels("free").set(free)
    POOL.labels("waiting").set(stats.get("requests_waiting", 0))
