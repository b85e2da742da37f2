"""Who applied: the rows and the figure that several reports begin with, and numbers of what hangs on a row."""

from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from recruitment.models import Application
from reports.lines import openings_of, stretch
from reports.registry import Asked, Measure

APPLIED = Measure(name="applied", title=_("applied"), words=_("Applications made in this stretch of time."))


def applied_in(asked: Asked) -> "QuerySet[Any]":
    """The applications made in the stretch, of the openings that are counted."""
    start, end = stretch(asked)
    return Application.objects.filter(
        opening__in=openings_of(asked), created_at__gte=start, created_at__lt=end
    )


def number_of(rows: "QuerySet[Any]", by: str, number: Any = None) -> Coalesce:
    """How many of `rows` belong to the row that is read, by the field that leads to it; 0 where there are none."""
    counted = rows.order_by().values(by).annotate(n=number or Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
