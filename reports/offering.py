"""Sources and offers: what became of the offers sent in a stretch of time, and where these people came from."""

from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.figures import Rate
from recruitment.enums import ApplicationStage, DeclineReason, OfferState
from recruitment.models import Application, Offer
from reports.exclusions import Reason, exclusions
from reports.lines import Quartiles, openings_of, source_label, spread, stretch
from reports.registry import EVERYWHERE, SOURCE, Asked, Dimension, Facts, Measure, Report, Value

DAY = 86_400.0
SENT = Measure(
    name="sent",
    title=_("offers sent"),
    words=_("Offers that were sent in this stretch of time; one application may have had several."),
)
ACCEPTED = Measure(name="accepted", title=_("accepted"), words=_("Of these, which the candidate accepted."))
DECLINED = Measure(
    name="declined", title=_("turned down"), words=_("Of these, which the candidate turned down.")
)
FOR_THE_PROCESS = Measure(
    name="declined_for_the_process",
    title=_("turned down for our process"),
    words=_(
        "Of those turned down, because the process was too slow or was interrupted, as the candidate said."
    ),
)
EXPIRED = Measure(name="expired", title=_("expired"), words=_("Of these, to which no answer came in time."))
WITHDRAWN = Measure(name="withdrawn", title=_("withdrawn"), words=_("Of these, which we took back."))
WAITING = Measure(name="waiting", title=_("waiting"), words=_("Of these, which wait for an answer now."))
FELL_THROUGH = Measure(
    name="fell_through",
    title=_("fell through afterwards"),
    words=_("Of those accepted, whose candidate does not come after all."),
)
ACCEPTANCE = Measure(
    name="acceptance_rate",
    title=_("accepted of those answered or expired"),
    words=_(
        "Accepted ÷ accepted, turned down and expired. Left out: which wait for an answer, and which we took back."
    ),
    unit="rate",
)
TO_ANSWER = Measure(
    name="days_to_answer",
    title=_("days until the answer"),
    words=_("Of those accepted or turned down: the middle one, and between what the middle half lies."),
    unit="days",
)
TO_OFFER = Measure(
    name="days_to_offer",
    title=_("days from application to offer"),
    words=_("Of all that were sent: the middle one, and between what the middle half lies."),
    unit="days",
)
WHY = Dimension("decline_reason", _("why it was turned down"))


def facts(asked: Asked) -> Facts:
    """The offers sent in the stretch, as they stand now, or stood then."""
    (start, end), past = stretch(asked), asked.past
    accepted, declined = Q(then=OfferState.ACCEPTED), Q(then=OfferState.DECLINED)
    answered = accepted | declined
    why = past.value(Offer, "decline_reason")
    rows = Offer.objects.filter(
        of_opening__in=openings_of(asked), sent_at__gte=start, sent_at__lt=end
    ).annotate(
        then=past.value(Offer, "state"),
        why=why,
        ended_then=past.value(Offer, "ended_at"),
        stage_then=past.value(Application, "stage", "application__"),
        applied_at=F("application__created_at"),
    )
    return Facts(
        rows=rows,
        at="sent_at",
        opening="of_opening",
        application="application",
        own={
            "source": (past.value(Application, "source", "application__"), source_label),
            "decline_reason": (why, _why),
        },
        counts={
            "sent": Q(),
            "accepted": accepted,
            "declined": declined,
            "declined_for_the_process": declined & Q(why=DeclineReason.PROCESS),
            "expired": Q(then=OfferState.EXPIRED),
            "withdrawn": Q(then=OfferState.WITHDRAWN),
            "waiting": Q(then=OfferState.SENT),
            "fell_through": accepted & Q(stage_then=ApplicationStage.FELL_THROUGH),
            "answered": answered,
        },
        behind={"acceptance_rate": "accepted", "days_to_answer": "answered", "days_to_offer": "sent"},
        figures={
            "took": Quartiles(F("ended_then") - F("sent_at"), filter=answered),
            "before": Quartiles(F("sent_at") - F("applied_at")),
        },
        read=_read,
    )


def _read(found: dict[str, Any]) -> dict[str, Value]:
    counts = (SENT, ACCEPTED, DECLINED, FOR_THE_PROCESS, EXPIRED, WITHDRAWN, WAITING, FELL_THROUGH)
    return {
        **{measure.name: found[f"n_{measure.name}"] for measure in counts},
        ACCEPTANCE.name: Rate(
            found["n_accepted"],
            found["n_answered"] + found["n_expired"],
            ACCEPTANCE.definition,
            exclusions({Reason.UNANSWERED: found["n_waiting"], Reason.TAKEN_BACK: found["n_withdrawn"]}),
        ),
        TO_ANSWER.name: spread(found["n_answered"], found["took"], unit=DAY),
        TO_OFFER.name: spread(found["n_sent"], found["before"], unit=DAY),
    }


def _why(code: str) -> str:
    return str(DeclineReason(code).label) if code else str(_("not turned down"))


OFFERS = Report(
    name="offers",
    title=_("Sources and offers"),
    words=_("What became of the offers sent in a stretch of time, and where these people came from."),
    measures=(
        SENT, ACCEPTED, DECLINED, FOR_THE_PROCESS, EXPIRED, WITHDRAWN, WAITING, FELL_THROUGH, ACCEPTANCE, TO_ANSWER,
        TO_OFFER,
    ),
    dimensions=(SOURCE, *EVERYWHERE, WHY),
    facts=facts,
    records_for_hr=True,
    knows_past=True,
    rests=(("declined", "declined_for_the_process"), ("accepted", "fell_through")),
)  # fmt: skip
