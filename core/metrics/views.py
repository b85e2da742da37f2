"""`/metrics`: all figures in the text form of Prometheus, for those who are meant to read it."""

import ipaddress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from core.metrics import counting
from core.metrics.reading import Reading

# What a proxy says of whom it asks for: this machine asks itself without any of them.
_PASSED_ON = (
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "Forwarded",
    "Via",
)
_HERE = ("127.0.0.1", "localhost", "[::1]")


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for whoever has the token (HRSUITE_METRICS_TOKEN), and for this machine itself; 404 for others."""
    if not _may_read(request):
        raise Http404
    counted = generate_latest(counting.collector())
    read = CollectorRegistry(auto_describe=False)
    read.register(Reading())
    return HttpResponse(counted + generate_latest(read), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_read(request: HttpRequest) -> bool:
    token: str = settings.METRICS_TOKEN
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if given:
        return bool(token) and scheme.lower() == "bearer" and constant_time_compare(given.strip(), token)
    return _is_from_here(request)


def _is_from_here(request: HttpRequest) -> bool:
    """Not through a proxy, by whatever name people know this machine."""
    if any(name in request.headers for name in _PASSED_ON):
        return False
    if request.get_host().rpartition(":")[0] not in _HERE and request.get_host() not in _HERE:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
