"""Efficiency: how far those came who applied in a stretch of time, by now."""

from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from core.figures import Rate
from recruitment.enums import ApplicationSource, ApplicationStage, InterviewKind, InterviewState
from recruitment.models import Application, Interview
from reports.exclusions import Reason, exclusions
from reports.lines import Quartiles, grouped, openings_of, spread, stretch
from reports.registry import EVERYWHERE, Asked, Dimension, Measure, Report, Row, Value

LEFT = (InterviewState.INTERRUPTED, InterviewState.ABANDONED)
BEGUN = (*LEFT, InterviewState.IN_PROGRESS, InterviewState.COMPLETED)
IN_SECOND_ROUND = (ApplicationStage.SECOND_ROUND, ApplicationStage.OFFER, ApplicationStage.HIRED)
WITH_OFFER = (ApplicationStage.OFFER, ApplicationStage.HIRED)
DAY = 86_400.0

APPLIED = Measure(name="applied", title=_("applied"), words=_("Applications made in this stretch of time."))
BEGAN = Measure(
    name="began", title=_("began the interview"), words=_("Of these, whose AI interview was begun.")
)
FINISHED = Measure(
    name="finished", title=_("finished the interview"), words=_("Of these, whose AI interview was finished.")
)
SECOND_ROUND = Measure(
    name="second_round",
    title=_("second round"),
    words=_("Of these, who are in the second round or went beyond it, or were when their application ended."),
)
OFFERED = Measure(
    name="offered",
    title=_("offer"),
    words=_("Of these, who have or had an offer, accepted or not."),
)
HIRED = Measure(name="hired", title=_("hired"), words=_("Of these, who accepted."))
COMPLETION = Measure(
    name="completion_rate",
    title=_("finished of those who began"),
    words=_("Finished ÷ began. Who is still under way is left out; who left counts as not finished."),
    unit="rate",
)
ADVANCE = Measure(
    name="advance_rate",
    title=_("second round of those who finished"),
    words=_(
        "Second round ÷ finished. Who left half way has no result and is left out; the bounds say what it could be"
        " had all of them failed or all passed."
    ),
    unit="rate",
)
TO_RESULT = Measure(
    name="days_to_finish",
    title=_("days from application to finished interview"),
    words=_("The middle one of those who finished, and between what the middle half lies."),
    unit="days",
)
SOURCE = Dimension("source", _("source"))


def _reached(*stages: str) -> Q:
    return Q(stage__in=stages) | Q(stood_at__in=stages)


def count(asked: Asked) -> tuple[list[Row], dict[str, Value]]:
    """Lines and total of the applications made in the stretch, as they stand now."""
    start, end = stretch(asked)
    of_ai = Interview.objects.filter(application=OuterRef("pk")).exclude(kind=InterviewKind.PEOPLE)
    rows = Application.objects.filter(
        opening__in=openings_of(asked), created_at__gte=start, created_at__lt=end
    ).annotate(
        began=Exists(of_ai.filter(state__in=BEGUN)),
        finished_at=Subquery(
            of_ai.filter(state=InterviewState.COMPLETED).order_by("completed_at").values("completed_at")[:1]
        ),
        left=Exists(of_ai.filter(state__in=LEFT)),
        under_way=Exists(of_ai.filter(state=InterviewState.IN_PROGRESS)),
    )
    finished, second = Q(finished_at__isnull=False), _reached(*IN_SECOND_ROUND)
    return grouped(
        rows,
        asked,
        at="created_at",
        opening="opening",
        own={"source": ("source", _source)},
        figures={
            "n_applied": Count("pk"),
            "n_began": Count("pk", filter=Q(began=True)),
            "n_finished": Count("pk", filter=finished),
            "n_left": Count("pk", filter=Q(left=True) & ~finished),
            "n_under_way": Count("pk", filter=Q(under_way=True) & ~finished & Q(left=False)),
            "n_second": Count("pk", filter=second),
            "n_finished_second": Count("pk", filter=second & finished),
            "n_offered": Count("pk", filter=_reached(*WITH_OFFER)),
            "n_hired": Count("pk", filter=Q(stage=ApplicationStage.HIRED)),
            "took": Quartiles(F("finished_at") - F("created_at"), filter=finished),
        },
        read=_read,
    )


def _read(found: dict[str, Any]) -> dict[str, Value]:
    judged = found["n_began"] - found["n_under_way"]
    return {
        APPLIED.name: found["n_applied"],
        BEGAN.name: found["n_began"],
        FINISHED.name: found["n_finished"],
        SECOND_ROUND.name: found["n_second"],
        OFFERED.name: found["n_offered"],
        HIRED.name: found["n_hired"],
        COMPLETION.name: Rate(
            found["n_finished"],
            judged,
            COMPLETION.definition,
            exclusions({Reason.UNDER_WAY: found["n_under_way"]}),
        ),
        ADVANCE.name: Rate(
            found["n_finished_second"],
            found["n_finished"],
            ADVANCE.definition,
            exclusions({Reason.EXIT: found["n_left"], Reason.UNDER_WAY: found["n_under_way"]}),
            exits=found["n_left"],
        ),
        TO_RESULT.name: spread(found["n_finished"], found["took"], unit=DAY),
    }


def _source(code: str) -> str:
    return str(ApplicationSource(code).label) if code else str(_("not said"))


EFFICIENCY = Report(
    name="efficiency",
    title=_("Efficiency"),
    words=_("How far those came who applied in a stretch of time, and what that rests on."),
    measures=(APPLIED, BEGAN, FINISHED, SECOND_ROUND, OFFERED, HIRED, COMPLETION, ADVANCE, TO_RESULT),
    dimensions=(*EVERYWHERE, SOURCE),
    count=count,
)
