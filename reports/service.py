"""Service: whether candidates who left, or asked, were called when that was promised."""

from typing import Any

from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.figures import Rate
from recruitment.enums import FollowUpKind
from recruitment.models import ContactAttempt, FollowUp
from reports.exclusions import Reason, exclusions
from reports.lines import Quartiles, openings_of, spread, stretch
from reports.registry import EVERYWHERE, Asked, Dimension, Facts, Measure, Report, Value

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


def facts(asked: Asked) -> Facts:
    """The follow-ups opened in the stretch, as they stand now, or stood then."""
    (start, end), past = stretch(asked), asked.past
    tries = ContactAttempt.objects.filter(past.by("at"), follow_up=OuterRef("pk")).order_by("at")
    rows = FollowUp.objects.filter(of_opening__in=openings_of(asked), opened_at__gte=start, opened_at__lt=end)
    # Nobody was promised a call.
    rows = rows.exclude(kind__in=FollowUpKind.unpromised).annotate(
        first=Subquery(tries.values("at")[:1]),
        was_reached=Subquery(tries.filter(reached=True).values("at")[:1]),
        due_then=past.value(FollowUp, "due_at"),
        closed_then=past.value(FollowUp, "closed_at"),
        lead_then=past.value(FollowUp, "lead_told_at"),
    )
    now = asked.until or timezone.now()
    tried = Q(first__isnull=False)
    # Nobody was called because nobody had to be: closed before the promise ran out.
    spared = ~tried & Q(closed_then__isnull=False, closed_then__lte=F("due_then"))
    open_still = ~tried & ~spared & Q(due_then__gt=now)
    return Facts(
        rows=rows,
        at="opened_at",
        opening="of_opening",
        application="interview__application",
        own={"kind": ("kind", lambda code: str(FollowUpKind(code).label))},
        people=("assignee",),
        counts={
            "owed": Q(),
            "called": tried,
            "reached": Q(was_reached__isnull=False),
            "escalated": Q(lead_then__isnull=False),
            "in_time": tried & Q(first__lte=F("due_then")),
            "spared": spared,
            "open": open_still,
        },
        behind={"in_time_rate": "in_time", "hours_to_call": "called"},
        figures={"took": Quartiles(F("first") - F("opened_at"), filter=tried)},
        read=_read,
    )


def _read(found: dict[str, Any]) -> dict[str, Value]:
    return {
        OWED.name: found["n_owed"],
        CALLED.name: found["n_called"],
        REACHED.name: found["n_reached"],
        ESCALATED.name: found["n_escalated"],
        IN_TIME.name: Rate(
            found["n_in_time"],
            found["n_owed"] - found["n_spared"] - found["n_open"],
            IN_TIME.definition,
            exclusions({Reason.SPARED: found["n_spared"], Reason.NOT_DUE: found["n_open"]}),
        ),
        TO_CALL.name: spread(found["n_called"], found["took"]),
    }


SERVICE = Report(
    name="service",
    title=_("Service"),
    words=_("Whether candidates who left, or asked, were called when that was promised."),
    measures=(OWED, CALLED, REACHED, ESCALATED, IN_TIME, TO_CALL),
    dimensions=(*EVERYWHERE, ASSIGNEE, KIND),
    facts=facts,
    knows_past=True,
    beside=(("telling", "hours_to_notice"), ("telling", "asked_rate"), ("stages", "kept_rate")),
)
