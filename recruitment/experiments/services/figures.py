"""What an experiment has shown: by the side that each application was put on, whatever it saw (intention to treat).

An application counts once seven days have passed since the two sides first differed for it, with what happened in these
seven days; so no figure of it changes any more, and looking every day adds people, never second thoughts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from typing import Any

from django.db.models import (
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models import DateTimeField as Moment
from django.db.models import Value as Constant
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Least
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.events.models import Event
from core.figures import Rate
from recruitment.enums import ExitCause, FollowUpKind, Side
from recruitment.experiments import sequence
from recruitment.models import Experiment, Exposure, FollowUp, Interview, InterviewExit
from recruitment.models.exits import CAUSE_NOW
from recruitment.signals import interview_abandoned

DAYS = 7
# On each side, before anything is said about a difference.
LEAST = 100
# How sure the intervals of one page are together, over all looks.
ALPHA = 0.05
# The division itself is called wrong when chance would make it so once in a hundred experiments, over all looks.
RATIO_ALPHA = 0.01
# More than these of one application count as these: one person who asks every hour says no more than that.
MOST_ENQUIRIES = 3
MEASURES: dict[str, str | Promise] = {
    "left": _("left at least once"),
    "announced": _("of these announced"),
    "silent": _("of these silent"),
    "mistaken": _("left by mistake"),
    "abandoned": _("given up"),
    "enquiries": _("enquiries for each application"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure on both sides, and between what the difference lies: None without enough data."""

    name: str
    title: str | Promise
    usual: sequence.Sum
    other: sequence.Sum
    low: float | None
    high: float | None

    @property
    def is_clear(self) -> bool:
        """Whether the interval lies on one side of nothing."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True)
class Shown:
    """All that an experiment has shown by now. `chance`: how likely so uneven a division is at most, over all looks."""

    noted: dict[str, int]
    counted: dict[str, int]
    lines: list[Line]
    chance: float
    as_of: datetime

    @property
    def has_enough_data(self) -> bool:
        """Whether both sides carry a comparison."""
        return min(self.counted.values()) >= LEAST

    @property
    def is_divided_wrongly(self) -> bool:
        """Whether something but chance put people on the sides: then no difference means anything."""
        return self.chance < RATIO_ALPHA


def shown(experiment: Experiment, *, now: datetime | None = None) -> Shown:
    """The figures as they are known now. Two queries."""
    now = now or timezone.now()
    noted = _by_side(Exposure.objects.filter(experiment=experiment))
    rows = _counted(experiment, now)
    counted = {side: int(rows.get(side, {}).get("n", 0)) for side in Side.values}
    enough = min(counted.values()) >= LEAST
    return Shown(
        noted=noted,
        counted=counted,
        lines=[_line(name, rows, counted, enough) for name in MEASURES],
        chance=_chance(noted, experiment.share),
        as_of=now,
    )


def _by_side(rows: "QuerySet[Exposure]") -> dict[str, int]:
    found = dict(rows.order_by().values_list("side").annotate(n=Count("pk")))
    return {side: found.get(side, 0) for side in Side.values}


def _counted(experiment: Experiment, now: datetime) -> dict[str, dict[str, Any]]:
    """By side: how many are counted, and of how many what is true."""
    until = ExpressionWrapper(OuterRef("at") + Constant(timedelta(days=DAYS)), output_field=Moment())
    own = {"interview": OuterRef("interview"), "attempt": OuterRef("attempt")}
    # What our own server did to somebody no words could have kept.
    exits = (
        InterviewExit.objects.filter(**own, left_at__gte=OuterRef("at"), left_at__lt=until)
        .annotate(now=CAUSE_NOW)
        .exclude(now=ExitCause.OUR_OUTAGE)
    )
    abandoned = Event.objects.annotate(
        attempt=Cast(KeyTextTransform("attempt", "facts"), IntegerField())
    ).filter(
        kind=interview_abandoned.kind,
        subject_type=Interview._meta.label_lower,
        subject_id=OuterRef("interview"),
        attempt=OuterRef("attempt"),
        at__gte=OuterRef("at"),
        at__lt=until,
    )
    asked = (
        FollowUp.objects.filter(
            interview__application=OuterRef("application"),
            kind=FollowUpKind.ASKED,
            opened_at__gte=OuterRef("at"),
            opened_at__lt=until,
        )
        .order_by()
        .values("interview__application")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows = (
        Exposure.objects.filter(experiment=experiment, at__lte=now - timedelta(days=DAYS))
        .annotate(
            has_left=Exists(exits),
            has_announced=Exists(exits.filter(is_announced=True)),
            has_gone_silent=Exists(exits.filter(is_announced=False)),
            has_slipped=Exists(exits.filter(now=ExitCause.BY_MISTAKE)),
            has_abandoned=Exists(abandoned),
            asked=Coalesce(Subquery(asked, output_field=IntegerField()), 0),
        )
        .order_by()
        .values("side")
        .annotate(
            n=Count("pk"),
            left=Count("pk", filter=Q(has_left=True)),
            announced=Count("pk", filter=Q(has_announced=True)),
            silent=Count("pk", filter=Q(has_gone_silent=True)),
            mistaken=Count("pk", filter=Q(has_slipped=True)),
            abandoned=Count("pk", filter=Q(has_abandoned=True)),
            enquiries=Sum(Least(F("asked"), MOST_ENQUIRIES)),
        )
    )
    return {row["side"]: dict(row) for row in rows}


def _line(name: str, rows: dict[str, dict[str, Any]], counted: dict[str, int], enough: bool) -> Line:
    most = MOST_ENQUIRIES if name == "enquiries" else 1
    usual, other = (
        sequence.Sum((rows.get(side, {}).get(name) or 0) / most, counted[side])
        for side in (Side.USUAL, Side.OTHER)
    )
    low = high = None
    if enough:
        low, high = (edge * most for edge in sequence.difference(usual, other, alpha=ALPHA / len(MEASURES)))
    return Line(name, MEASURES[name], usual, other, low, high)


def rate(found: sequence.Sum, name: str) -> Rate:
    """A share with its denominator, as every report shows it."""
    return Rate(round(found.total), found.count, f"experiment.{name}/1", ())


def _chance(noted: dict[str, int], share: int) -> float:
    """Lindon and Malek, "Anytime-valid inference for multinomial count data" (NeurIPS 2022): the mixture's inverse."""
    all_of_them = sequence.Sum(noted[Side.OTHER], sum(noted.values()))
    return min(1.0, exp(-max(0.0, sequence.log_evidence(all_of_them, share / 100))))
