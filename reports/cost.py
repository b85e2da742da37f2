"""Cost of an exit: what the exits of a stretch of time took afterwards, in calls, minutes, days and people."""

from dataclasses import replace
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models import Value as Constant
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from onboarding.models import OnboardingDelay
from recruitment.enums import DeclineReason, ExitCause
from recruitment.models import ContactAttempt, FollowUp, Interview, InterviewExit, Offer
from reports.leaving import CAUSE, cause_then, exits_in
from reports.lines import Quartiles, spread
from reports.registry import EVERYWHERE, Asked, Facts, Measure, Report, Value
from training.enums import ItemState
from training.enums import Reason as WhyPlanned
from training.models import PlanItem

MINUTE = 60.0
EXITS = Measure(name="exits", title=_("exits"), words=_("Exits that were noticed in this stretch of time."))
RESCHEDULED = Measure(
    name="rescheduled", title=_("rescheduled"), words=_("Of these, after which a new attempt was planned.")
)
CALLS = Measure(
    name="calls", title=_("tries to call"), words=_("How often somebody tried to reach these candidates.")
)
MINUTES = Measure(
    name="minutes",
    title=_("minutes on a follow-up"),
    words=_(
        "From taking a follow-up on to closing it, of those that were taken on: the middle one, and between what the"
        " middle half lies. Time on other work in between is in it."
    ),
    unit="minutes",
)
DELAYED = Measure(
    name="delayed",
    title=_("starts delayed"),
    words=_("Of these, because of which a planned start was moved."),
)
DAYS = Measure(
    name="days_lost",
    title=_("working days lost"),
    words=_("Working days by which these exits moved starts, over all cases."),
)
OFFERS = Measure(
    name="offers_lost",
    title=_("offers turned down for it"),
    words=_("Of these, whose candidate turned an offer down afterwards because of the process."),
)
BLIND = Measure(
    name="blind_items",
    title=_("plan items without evidence"),
    words=_(
        "Items in the training plans of these candidates that stand there because a level is not known; of each plan"
        " once, with the first exit that our own outage did not cause."
    ),
    version=2,
)
# As it was before: of whoever was first cut off by our own outage none were counted.
BLIND_AT_FIRST = replace(
    BLIND,
    words=_("Items in the training plans of these candidates that stand there because a level is not known."),
    version=1,
)


def facts(asked: Asked) -> Facts:
    """The exits noticed in the stretch that our own outage did not cause, with what came after each."""
    exits = cause_then(InterviewExit.objects.all(), asked.past)
    return _facts(asked, exits.exclude(cause_now=ExitCause.OUR_OUTAGE))


def facts_at_first(asked: Asked) -> Facts:
    """The same, a plan counted with the very first exit."""
    return _facts(asked, InterviewExit.objects.all())


def _facts(asked: Asked, counted_with: "QuerySet[InterviewExit]") -> Facts:
    """`counted_with`: a plan counts with the first exit of these."""
    past = asked.past
    calls = ContactAttempt.objects.filter(past.by("at"), follow_up__exit=OuterRef("pk"))
    worked = (
        FollowUp.objects.filter(exit=OuterRef("pk"))
        .annotate(
            claimed_then=past.value(FollowUp, "claimed_at"), closed_then=past.value(FollowUp, "closed_at")
        )
        .filter(claimed_then__isnull=False, closed_then__isnull=False)
        .order_by("claimed_then")
        .annotate(took=F("closed_then") - F("claimed_then"))
    )
    until: Any = Now() if past.moment is None else Constant(past.moment)
    delays = OnboardingDelay.objects.annotate(days_then=past.value(OnboardingDelay, "days")).filter(
        past.by("started_at"),
        interview=OuterRef("interview"),
        started_at__gte=OuterRef("left_at"),
        started_at__lte=Coalesce(OuterRef("back_at"), until),
    )
    declined = Offer.objects.annotate(why=past.value(Offer, "decline_reason")).filter(
        past.by("ended_at"),
        application=OuterRef("interview__application"),
        why=DeclineReason.PROCESS,
        ended_at__gte=OuterRef("left_at"),
    )
    blind = PlanItem.objects.annotate(
        then=past.value(PlanItem, "state"), why=past.value(PlanItem, "reason")
    ).filter(
        past.was_there(PlanItem),
        plan__application=OuterRef("interview__application"),
        then__in=ItemState.live,
        why=WhyPlanned.UNKNOWN,
    )
    theirs = counted_with.filter(interview__application=OuterRef("interview__application"))
    rows = (
        exits_in(asked)
        .exclude(cause_now=ExitCause.OUR_OUTAGE)
        .annotate(back_at=past.moment_of("returned_at"))
        .annotate(
            attempt_then=past.value(Interview, "attempt", "interview__"),
            calls=_summed(calls, "follow_up__exit", Count("pk")),
            worked=Subquery(worked.values("took")[:1]),
            days=_summed(delays, "interview", Sum("days_then")),
            lost=Exists(declined),
            # A plan is one person's, however often that person left.
            first=Subquery(theirs.order_by("pk").values("pk")[:1]),
            blind=_summed(blind, "plan__application", Count("pk")),
        )
    )
    return Facts(
        rows=rows,
        at="left_at",
        opening="interview__of_opening",
        application="interview__application",
        own={"cause": ("cause_now", lambda code: str(ExitCause(code).label))},
        counts={
            "exits": Q(),
            "rescheduled": Q(attempt_then__gt=F("attempt")),
            "called": Q(calls__gt=0),
            "worked": Q(worked__isnull=False),
            "delayed": Q(days__gt=0),
            "offers_lost": Q(lost=True),
            "blind": Q(blind__gt=0, pk=F("first")),
        },
        behind={"calls": "called", "minutes": "worked", "days_lost": "delayed", "blind_items": "blind"},
        sums={"calls": "calls", "days_lost": "days", "blind_items": "blind"},
        figures={
            "all_calls": Coalesce(Sum("calls"), 0),
            "all_days": Coalesce(Sum("days"), 0),
            "all_blind": Coalesce(Sum("blind", filter=Q(pk=F("first"))), 0),
            "took": Quartiles(F("worked"), filter=Q(worked__isnull=False)),
        },
        read=_read,
    )


def _summed(rows: "QuerySet[Any]", key: str, figure: Any) -> Coalesce:
    found = rows.order_by().values(key).annotate(n=figure).values("n")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)


def _read(found: dict[str, Any]) -> dict[str, Value]:
    return {
        EXITS.name: found["n_exits"],
        RESCHEDULED.name: found["n_rescheduled"],
        CALLS.name: found["all_calls"],
        MINUTES.name: spread(found["n_worked"], found["took"], unit=MINUTE),
        DELAYED.name: found["n_delayed"],
        DAYS.name: found["all_days"],
        OFFERS.name: found["n_offers_lost"],
        BLIND.name: found["all_blind"],
    }


FIRST = Report(
    name="cost",
    title=_("Cost of an exit"),
    words=_("What the exits of a stretch of time took afterwards: calls, minutes, days, people."),
    measures=(EXITS, RESCHEDULED, CALLS, MINUTES, DELAYED, DAYS, OFFERS, BLIND_AT_FIRST),
    dimensions=(CAUSE, *EVERYWHERE),
    facts=facts_at_first,
    records_for_hr=True,
    knows_past=True,
)
COST = replace(
    FIRST,
    version=2,
    measures=(EXITS, RESCHEDULED, CALLS, MINUTES, DELAYED, DAYS, OFFERS, BLIND),
    facts=facts,
    earlier=(FIRST,),
)
