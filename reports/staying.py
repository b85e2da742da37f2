"""Time in stage: how long applications stood in each, how many ended there, and whether a word came as promised."""

from typing import Any

from django.db.models import DateField, F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.figures import Rate
from recruitment.enums import ApplicationStage
from recruitment.models import Application, StagePassage
from reports.exclusions import Reason, exclusions
from reports.lines import Quartiles, openings_of, source_label, spread, stretch
from reports.registry import EVERYWHERE, SOURCE, Asked, Dimension, Facts, Measure, Report, Value

DAY = 86_400.0
LEFT = Measure(
    name="left",
    title=_("left the stage"),
    words=_(
        "Stays in a stage that ended in this stretch of time. Who came to a stage twice stands here twice; who is in it"
        " still does not."
    ),
)
WENT_ON = Measure(
    name="went_on", title=_("went on"), words=_("Of these, which led to another stage or a hire.")
)
ENDED = Measure(
    name="ended_there",
    title=_("ended there"),
    words=_("Of these, with which the application ended: rejected, withdrawn or fallen through."),
)
END_RATE = Measure(
    name="end_rate",
    title=_("ended there of those who left the stage"),
    words=_("Ended there ÷ left the stage."),
    unit="rate",
)
DAYS = Measure(
    name="days_in_stage",
    title=_("days in the stage"),
    words=_("Of those who left it: the middle one, and between what the middle half lies."),
    unit="days",
)
KEPT = Measure(
    name="kept_rate",
    title=_("moved on by the promised day"),
    words=_(
        "Left the stage by the day that was promised to the candidate at last ÷ all to whom one was promised. The day"
        " itself counts as kept."
    ),
    unit="rate",
)
STAGE = Dimension("stage", _("stage"))


def facts(asked: Asked) -> Facts:
    """The stays in a stage that ended in the stretch; an application that has ended is in none."""
    (start, end), past = stretch(asked), asked.past
    rows = (
        StagePassage.objects.filter(
            application__opening__in=openings_of(asked), left_at__gte=start, left_at__lt=end
        )
        .exclude(stage__in=ApplicationStage.ended)
        .annotate(
            day_left=TruncDate("left_at", tzinfo=timezone.get_current_timezone(), output_field=DateField())
        )
    )
    promised, ended = Q(promised_by__isnull=False), Q(to_stage__in=ApplicationStage.called_off)
    return Facts(
        rows=rows,
        at="left_at",
        opening="application__opening",
        application="application",
        own={
            "stage": ("stage", lambda code: str(ApplicationStage(code).label)),
            "source": (past.value(Application, "source", "application__"), source_label),
        },
        order={"stage": ApplicationStage.values},
        counts={
            "left": Q(),
            "went_on": ~ended,
            "ended_there": ended,
            "kept": promised & Q(day_left__lte=F("promised_by")),
            "unpromised": ~promised,
        },
        behind={"end_rate": "ended_there", "days_in_stage": "left", "kept_rate": "kept"},
        figures={"took": Quartiles(F("left_at") - F("entered_at"))},
        read=_read,
    )


def _read(found: dict[str, Any]) -> dict[str, Value]:
    left = found["n_left"]
    return {
        LEFT.name: left,
        WENT_ON.name: found["n_went_on"],
        ENDED.name: found["n_ended_there"],
        END_RATE.name: Rate(found["n_ended_there"], left, END_RATE.definition, ()),
        DAYS.name: spread(left, found["took"], unit=DAY),
        KEPT.name: Rate(
            found["n_kept"],
            left - found["n_unpromised"],
            KEPT.definition,
            exclusions({Reason.NOT_PROMISED: found["n_unpromised"]}),
        ),
    }


STAGES = Report(
    name="stages",
    title=_("Time in stage"),
    words=_(
        "How long applications stood in each stage, how many ended there, and whether a word came as promised."
    ),
    measures=(LEFT, WENT_ON, ENDED, END_RATE, DAYS, KEPT),
    dimensions=(STAGE, *EVERYWHERE, SOURCE),
    facts=facts,
    knows_past=True,
)
