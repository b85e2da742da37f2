"""Scorecards: whether interviewers hand them in in time, and how far those of one round agree."""

from typing import Any

from django.db.models import F, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.figures import Rate
from notifications.services.round_reminders import PROMISED_WITHIN
from recruitment.enums import InterviewState
from recruitment.models import Scorecard, ScorecardScore
from reports.exclusions import Reason, exclusions
from reports.lines import Quartiles, openings_of, round_label, spread, stretch
from reports.registry import EVERYWHERE, ROUND, Asked, Dimension, Facts, Measure, Report, Value

# Of the five levels.
CLOSE = 1
OWED = Measure(
    name="cards",
    title=_("scorecards owed"),
    words=_(
        "Scorecards of rounds that were held and were to end in this stretch of time, one for each interviewer."
    ),
)
HANDED_IN = Measure(
    name="handed_in", title=_("handed in"), words=_("Of these, which the interviewer handed in.")
)
ON_TIME = Measure(
    name="on_time_rate",
    title=_("handed in within 24 hours"),
    words=_(
        "Handed in within 24 hours of the round's end ÷ scorecards owed. Left out: whose 24 hours are not over."
    ),
    unit="rate",
)
TO_CARD = Measure(
    name="hours_to_card",
    title=_("hours until the scorecard"),
    words=_(
        "Of those handed in, from the round's end: the middle one, and between what the middle half lies."
    ),
    unit="hours",
)
COMPARED = Measure(
    name="compared",
    title=_("beside another card"),
    words=_("Of those handed in, whose round has another card that scores a competency of theirs."),
)
AGREE = Measure(
    name="agree_rate",
    title=_("within one level of each other"),
    words=_(
        "Cards of which no score lies more than one of the five levels from another card's on the same competency ÷"
        " cards beside another card."
    ),
    unit="rate",
)
INTERVIEWER = Dimension("interviewer", _("interviewer"))


def facts(asked: Asked) -> Facts:
    """The scorecards of the rounds that were to end in the stretch, each with its largest distance from another card of
    its round; none where there is nothing to compare."""
    start, end = stretch(asked)
    others = (
        ScorecardScore.objects.filter(
            card__round=OuterRef("card__round"), competency=OuterRef("competency"), card__is_called=True,
            card__handed_in_at__isnull=False, value__isnull=False,
        )
        .exclude(card=OuterRef("card"))
        .order_by()
        .values("competency")
    )  # fmt: skip
    apart = (
        ScorecardScore.objects.filter(card=OuterRef("pk"))
        .annotate(
            above=Subquery(others.annotate(most=Max("value")).values("most")) - F("value"),
            below=F("value") - Subquery(others.annotate(least=Min("value")).values("least")),
        )
        .annotate(apart=Greatest("above", "below"))
        .filter(apart__isnull=False)
        .order_by("-apart")
        .values("apart")[:1]
    )
    now = timezone.now()
    held = Q(round__interview__state=InterviewState.COMPLETED) | Q(
        round__interview__state__in=InterviewState.running, slot__endswith__lte=now
    )
    rows = (
        Scorecard.objects.filter(held, round__interview__of_opening__in=openings_of(asked), is_called=True)
        .annotate(over_at=F("slot__endswith"), apart=Subquery(apart))
        .filter(over_at__gte=start, over_at__lt=end)
    )
    handed_in = Q(handed_in_at__isnull=False)
    compared = handed_in & Q(apart__isnull=False)
    on_time = handed_in & Q(handed_in_at__lte=F("over_at") + PROMISED_WITHIN)
    return Facts(
        rows=rows,
        at="over_at",
        opening="round__interview__of_opening",
        application="round__interview__application",
        own={"round": ("round__interview__round", round_label)},
        people=("interviewer",),
        counts={
            "cards": Q(),
            "handed_in": handed_in,
            "on_time": on_time,
            "not_due": ~handed_in & Q(over_at__gt=now - PROMISED_WITHIN),
            "compared": compared,
            "agreeing": compared & Q(apart__lte=CLOSE),
        },
        behind={"on_time_rate": "on_time", "hours_to_card": "handed_in", "agree_rate": "agreeing"},
        figures={"took": Quartiles(Greatest("handed_in_at", "over_at") - F("over_at"), filter=handed_in)},
        read=_read,
    )


def _read(found: dict[str, Any]) -> dict[str, Value]:
    return {
        OWED.name: found["n_cards"],
        HANDED_IN.name: found["n_handed_in"],
        ON_TIME.name: Rate(
            found["n_on_time"],
            found["n_cards"] - found["n_not_due"],
            ON_TIME.definition,
            exclusions({Reason.NOT_DUE: found["n_not_due"]}),
        ),
        TO_CARD.name: spread(found["n_handed_in"], found["took"]),
        COMPARED.name: found["n_compared"],
        AGREE.name: Rate(found["n_agreeing"], found["n_compared"], AGREE.definition, ()),
    }


# What a draft's scores were on a past day is not kept: it knows no past.
SCORECARDS = Report(
    name="scorecards",
    title=_("Scorecards"),
    words=_("Whether interviewers hand in their scorecards in time, and how far those of one round agree."),
    measures=(OWED, HANDED_IN, ON_TIME, TO_CARD, COMPARED, AGREE),
    dimensions=(*EVERYWHERE, ROUND, INTERVIEWER),
    facts=facts,
    records_for_hr=True,
    rests=(
        ("handed_in", "on_time_rate:yes"),
        ("handed_in", "compared"),
        ("cards", "handed_in", "on_time_rate:not_due"),
    ),
)
