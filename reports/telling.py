"""Asking and telling: how often candidates had to ask, and how long after their score they heard how it goes on."""

from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    DateTimeField,
    F,
    Min,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, ExtractDay, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.figures import Basis, Rate
from messaging.models import Message
from notifications.enums import Audience, End
from notifications.kinds.applications import SECOND_ROUND
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Assessment, Enquiry
from reports.applying import APPLIED, applied_in, number_of
from reports.exclusions import Reason, exclusions
from reports.lines import Quartiles, source_label, spread
from reports.registry import EVERYWHERE, SOURCE, Asked, Facts, Measure, Report
from reports.registry import Value as Figure

# What says how it goes on after the score.
NOTICES = (SECOND_ROUND.code, End.OFFER.value, End.REJECTED.value)

ASKED = Measure(
    name="asked",
    title=_("had to ask"),
    words=_(
        "Of these, whose candidate asked at least once how it stands: of a colleague who noted it, by opening the own"
        " page or asking there, or in WeChat."
    ),
)
ENQUIRIES = Measure(name="enquiries", title=_("enquiries"), words=_("How often they asked, all together."))
ASKED_RATE = Measure(
    name="asked_rate",
    title=_("enquiries for each candidate and day"),
    words=_(
        "Days on which somebody in the process asked ÷ days in the process, each candidate's own days added up: from"
        " the day of the application to the day on which it ended, or to today. Twice on one day counts once."
    ),
    unit="rate",
)
SCORED = Measure(
    name="scored", title=_("with a full report"), words=_("Of these, for whom a full report was issued.")
)
TOLD = Measure(
    name="told",
    title=_("told after it"),
    words=_(
        "Of these, whose second-round, offer or rejection notice a channel took after the report. What no channel took"
        " told nobody."
    ),
)
TOLD_RATE = Measure(
    name="told_rate",
    title=_("told of those with a report"),
    words=_("Told ÷ all with a full report, without those who withdrew before anybody told them."),
    unit="rate",
)
TO_NOTICE = Measure(
    name="hours_to_notice",
    title=_("hours from the report to the notice"),
    words=_("Of those who were told: the middle one, and between what the middle half lies."),
    unit="hours",
)


def facts(asked: Asked) -> Facts:
    """The applications made in the stretch, with what was asked and told since, or had been by then."""
    past = asked.past
    zone, now = timezone.get_current_timezone(), asked.until or timezone.now()
    rows = applied_in(asked).annotate(
        stage_then=past.value(Application, "stage"),
        since_then=past.value(Application, "stage_since"),
        over_at=Case(
            When(stage_then__in=ApplicationStage.ended, then=F("since_then")),
            # The last moment that is known of; at midnight a day is over that nobody has lived through.
            default=Value(now - timedelta(microseconds=1), output_field=DateTimeField()),
        ),
    )
    asking = Enquiry.objects.filter(past.by("at"), application=OuterRef("pk"))
    meanwhile = asking.filter(at__lte=OuterRef("over_at")).annotate(day=TruncDate("at", tzinfo=zone))
    report = Assessment.objects.filter(
        past.by("issued_at"), interview__application=OuterRef("pk"), basis=Basis.FULL
    ).order_by("issued_at")
    notices = Message.objects.filter(
        past.by("accepted_at"),
        topic_type=Application._meta.label_lower,
        topic_id=OuterRef("pk"),
        audience=Audience.CANDIDATE,
        kind__in=NOTICES,
        accepted_at__gte=OuterRef("scored_at"),
    ).order_by()
    rows = rows.annotate(
        times=number_of(asking, "application"),
        days_asked=number_of(meanwhile, "application", Count("day", distinct=True)),
        days=ExtractDay(_day("over_at", zone) - _day("created_at", zone)) + 1,
        scored_at=Subquery(report.values("issued_at")[:1]),
    ).annotate(
        told_at=Subquery(notices.values("topic_id").annotate(first=Min("accepted_at")).values("first"))
    )
    scored, told = Q(scored_at__isnull=False), Q(told_at__isnull=False)
    return Facts(
        rows=rows,
        at="created_at",
        opening="opening",
        application="pk",
        own={"source": (past.value(Application, "source"), source_label)},
        counts={
            "applied": Q(),
            "asked": Q(times__gt=0),
            "asked_meanwhile": Q(days_asked__gt=0),
            "scored": scored,
            "told": told,
            "withdrew": scored & ~told & Q(stage_then=ApplicationStage.WITHDRAWN),
        },
        behind={
            "enquiries": "asked",
            "asked_rate": "asked_meanwhile",
            "told_rate": "told",
            "hours_to_notice": "told",
        },
        sums={"enquiries": "times", "asked_rate": "days_asked"},
        figures={
            "enquiries": Coalesce(Sum("times"), 0),
            "days_asked": Coalesce(Sum("days_asked"), 0),
            "days": Coalesce(Sum("days"), 0),
            "took": Quartiles(F("told_at") - F("scored_at"), filter=told),
        },
        read=_read,
    )


def _day(moment: str, zone: Any) -> TruncDate:
    return TruncDate(moment, tzinfo=zone, output_field=DateField())


def _read(found: dict[str, Any]) -> dict[str, Figure]:
    return {
        APPLIED.name: found["n_applied"],
        ASKED.name: found["n_asked"],
        ENQUIRIES.name: found["enquiries"],
        ASKED_RATE.name: Rate(found["days_asked"], found["days"], ASKED_RATE.definition),
        SCORED.name: found["n_scored"],
        TOLD.name: found["n_told"],
        TOLD_RATE.name: Rate(
            found["n_told"],
            found["n_scored"] - found["n_withdrew"],
            TOLD_RATE.definition,
            exclusions({Reason.WITHDREW: found["n_withdrew"]}),
        ),
        TO_NOTICE.name: spread(found["n_told"], found["took"]),
    }


TELLING = Report(
    name="telling",
    title=_("Asking and telling"),
    words=_("How often candidates had to ask how it stands, and how long after their score they were told."),
    measures=(APPLIED, ASKED, ENQUIRIES, ASKED_RATE, SCORED, TOLD, TOLD_RATE, TO_NOTICE),
    dimensions=(*EVERYWHERE, SOURCE),
    facts=facts,
    records_for_hr=True,
    knows_past=True,
    beside=(("service", "in_time_rate"), ("service", "hours_to_call"), ("stages", "kept_rate")),
)
