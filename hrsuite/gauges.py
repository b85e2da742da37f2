"""The interviews in figures: who is in one now, and whose sign of life is overdue."""

from collections.abc import Iterator

from django.db.models import Count, Q
from django.db.models.functions import Now

from core.metrics.reading import Gauge, Value
from recruitment.models import Lease


def interviews() -> Iterator[Value]:
    """By the index of the live leases. A lapsed one is interrupted within seconds: more than a few means no pump."""
    lapsed = Count("pk", filter=Q(expires_at__lte=Now()))
    found = Lease.objects.filter(live=True).aggregate(all=Count("pk"), lapsed=lapsed)
    yield ("live",), found["all"] - found["lapsed"]
    yield ("lapsed",), found["lapsed"]


GAUGES = [Gauge("hrsuite_leases", "Interviews under way by their lease.", interviews, ("state",))]
