"""Service: whether candidates who left, or asked, were called when that was promised."""

from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.figures import Rate
from recruitment.enums import FollowUpKind
from recruitment.models import ContactAttempt, FollowUp
from reports.exclusions import Reason, exclusions
from reports.lines import Quartiles, grouped, openings_of, spread, stretch
from reports.registry import EVERYWHERE, Asked, Dimension, Measure, Report, Row, Value

OWED = Measure(
    name="owed",
    title=_("calls owed"),
    words=_(
        "Follow-ups that were opened in this stretch of time: after an exit, on request, or for want of a message."
    ),
)
CALLED = Measure(
    name="called", title=_("tried"), words=_("Of these, for which somebody tried to reach the candidate.")
)
REACHED = Measure(
    name="reached", title=_("reached"), words=_("Of these, for which the candidate was reached.")
)
ESCALATED = Measure(
    name="escalated", title=_("told to the lead"), words=_("Of these, about which the lead had to be told.")
)
IN_TIME = Measure(
    name="in_time_rate",
    title=_("tried within the promised time"),
    words=_(
        "First try by the promised moment ÷ all whose promise has run out or was kept. Left out: who came back before"
        " anybody called, and whose time is not over."
    ),
    unit="rate",
)
TO_CALL = Measure(
    name="hours_to_call",
    title=_("hours until the first try"),
    words=_("Of those that were tried: the middle one, and between what the middle half lies."),
    unit="hours",
)
KIND = Dimension("kind", _("kind"))
ASSIGNEE = Dimension("assignee", _("assignee"))


def count(asked: Asked) -> tuple[list[Row], dict[str, Value]]:
    """Lines and total of the follow-ups opened in the stretch, as they stand now."""
    start, end = stretch(asked)
    tries = ContactAttempt.objects.filter(follow_up=OuterRef("pk")).order_by("at")
    rows = FollowUp.objects.filter(of_opening__in=openings_of(asked), opened_at__gte=start, opened_at__lt=end)
    # Nobody was promised a call.
    rows = rows.exclude(kind__in=FollowUpKind.unpromised).annotate(
        first=Subquery(tries.values("at")[:1]),
        was_reached=Subquery(tries.filter(reached=True).values("at")[:1]),
    )
    now = timezone.now()
    tried = Q(first__isnull=False)
    # Nobody was called because nobody had to be: closed before the promise ran out.
    spared = ~tried & Q(closed_at__isnull=False, closed_at__lte=F("due_at"))
    open_still = ~tried & ~spared & Q(due_at__gt=now)
    return grouped(
        rows,
        asked,
        at="opened_at",
        opening="of_opening",
        own={"kind": ("kind", lambda code: str(FollowUpKind(code).label))},
        people=("assignee",),
        figures={
            "n": Count("pk"),
            "n_tried": Count("pk", filter=tried),
            "n_reached": Count("pk", filter=Q(was_reached__isnull=False)),
            "n_told": Count("pk", filter=Q(lead_told_at__isnull=False)),
            "n_in_time": Count("pk", filter=tried & Q(first__lte=F("due_at"))),
            "n_spared": Count("pk", filter=spared),
            "n_open": Count("pk", filter=open_still),
            "took": Quartiles(F("first") - F("opened_at"), filter=tried),
        },
        read=_read,
    )


def _read(found: dict[str, Any]) -> dict[str, Value]:
    return {
        OWED.name: found["n"],
        CALLED.name: found["n_tried"],
        REACHED.name: found["n_reached"],
        ESCALATED.name: found["n_told"],
        IN_TIME.name: Rate(
            found["n_in_time"],
            found["n"] - found["n_spared"] - found["n_open"],
            IN_TIME.definition,
            exclusions({Reason.SPARED: found["n_spared"], Reason.NOT_DUE: found["n_open"]}),
        ),
        TO_CALL.name: spread(found["n_tried"], found["took"]),
    }


SERVICE = Report(
    name="service",
    title=_("Service"),
    words=_("Whether candidates who left, or asked, were called when that was promised."),
    measures=(OWED, CALLED, REACHED, ESCALATED, IN_TIME, TO_CALL),
    dimensions=(*EVERYWHERE, ASSIGNEE, KIND),
    count=count,
)
