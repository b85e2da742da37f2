"""Quality: the scores of AI interviews reported in a stretch of time; full ones and estimates never in one figure."""

from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, When
from django.db.models.functions import Cast, Floor, Least
from django.utils.translation import gettext_lazy as _

from core.figures import Basis, Rate
from recruitment.enums import AssessmentStatus
from recruitment.models import Assessment
from reports.exclusions import Reason, exclusions
from reports.lines import NumberQuartiles, openings_of, round_label, spread, stretch
from reports.registry import EVERYWHERE, ROUND, Asked, Dimension, Facts, Measure, Report, Value

BAND = 10
HIGHEST_BAND = 90
FULL = Measure(
    name="full",
    title=_("full reports"),
    words=_("Interviews whose full report was issued in this stretch of time and stands."),
)
SCORE = Measure(
    name="full_score",
    title=_("full score"),
    words=_(
        "Of the full reports: the middle score, and between what the middle half lies. No estimate is in it."
    ),
    unit="points",
)
ESTIMATED = Measure(
    name="estimated",
    title=_("estimates only"),
    words=_(
        "Interviews that were broken off: their newest report is a partial or fallback one with a range."
    ),
)
WITHOUT = Measure(
    name="without_score",
    title=_("without a score"),
    words=_("Interviews with a report that knows too little for any figure."),
)
FULL_SHARE = Measure(
    name="full_rate",
    title=_("full of all reports"),
    words=_("Full reports ÷ full reports and estimates. Without a score: left out."),
    unit="rate",
)
BAND_WAY = Dimension("band", _("score, in tens"))


def facts(asked: Asked) -> Facts:
    """One row for each interview with a report that stands, or stood then: its full one, else its fallback, else its
    partial one."""
    (start, end), past = stretch(asked), asked.past
    standing = Assessment.objects.annotate(
        status_then=past.value(Assessment, "status"), score=past.value(Assessment, "value")
    ).filter(past.by("issued_at"), status_then=AssessmentStatus.CURRENT)
    beside = standing.filter(interview=OuterRef("interview"))
    rows = (
        standing.filter(of_opening__in=openings_of(asked), issued_at__gte=start, issued_at__lt=end)
        .exclude(~Q(basis=Basis.FULL) & Exists(beside.filter(basis=Basis.FULL)))
        .exclude(Q(basis=Basis.PARTIAL) & Exists(beside.filter(basis=Basis.FALLBACK)))
    )
    scored = Q(score__isnull=False)
    full = Q(basis=Basis.FULL) & scored
    band = Cast(Least(Floor(F("score") / BAND) * BAND, HIGHEST_BAND), IntegerField())
    return Facts(
        rows=rows,
        at="issued_at",
        opening="of_opening",
        application="interview__application",
        own={"band": (Case(When(scored, then=band)), _band), "round": ("interview__round", round_label)},
        counts={
            "full": full,
            "estimated": scored & ~Q(basis=Basis.FULL),
            "without_score": ~scored,
        },
        behind={"full_score": "full", "full_rate": "full"},
        figures={"scores": NumberQuartiles(F("score"), filter=full)},
        read=_read,
    )


def _read(found: dict[str, Any]) -> dict[str, Value]:
    return {
        FULL.name: found["n_full"],
        SCORE.name: spread(found["n_full"], found["scores"], unit=1),
        ESTIMATED.name: found["n_estimated"],
        WITHOUT.name: found["n_without_score"],
        FULL_SHARE.name: Rate(
            found["n_full"],
            found["n_full"] + found["n_estimated"],
            FULL_SHARE.definition,
            exclusions({Reason.NO_SCORE: found["n_without_score"]}),
        ),
    }


def _band(lowest: int | None) -> str:
    if lowest is None:
        return str(_("no score"))
    return f"{lowest}–{100 if lowest == HIGHEST_BAND else lowest + BAND - 1}"


QUALITY = Report(
    name="quality",
    title=_("Quality of assessments"),
    words=_("The scores reported in a stretch of time; full ones and estimates apart."),
    measures=(FULL, SCORE, ESTIMATED, WITHOUT, FULL_SHARE),
    dimensions=(*EVERYWHERE, ROUND, BAND_WAY),
    facts=facts,
    knows_past=True,
    beside=(("scorecards", "agree_rate"),),
)
