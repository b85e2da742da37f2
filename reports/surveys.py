"""Candidates' ratings: how many were asked once their interview was over, how many answered, and what they said."""

from typing import Any

from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.figures import Rate
from recruitment.enums import ExitCause, InterviewKind
from recruitment.models import Interview, InterviewExit, InterviewSurvey
from recruitment.services.surveys import OVER
from reports.leaving import cause_then
from reports.lines import openings_of, round_label, stretch
from reports.registry import EVERYWHERE, ROUND, Asked, Dimension, Facts, Measure, Report
from reports.registry import Value as Figure

CONTENT, DISCONTENT = 9, 6
ASKED = Measure(
    name="asked",
    title=_("asked"),
    words=_("Interviews that were finished or left for good in this stretch: their pages ask for a rating."),
)
ANSWERED = Measure(name="answered", title=_("rated"), words=_("Of these, which the candidate rated."))
ANSWER_RATE = Measure(
    name="answer_rate", title=_("rated of those asked"), words=_("Rated ÷ asked."), unit="rate"
)
CONTENT_RATE = Measure(
    name="content_rate",
    title=_("9 or 10 of those rated"),
    words=_("Rated 9 or 10 ÷ rated. Who did not answer is in neither."),
    unit="rate",
)
DISCONTENT_RATE = Measure(
    name="discontent_rate",
    title=_("0 to 6 of those rated"),
    words=_("Rated 0 to 6 ÷ rated. Who did not answer is in neither."),
    unit="rate",
)
CAUSE = Dimension("cause", _("cause of the last exit"))


def facts(asked: Asked) -> Facts:
    """Interviews that ended in the stretch, as they stand now, or stood then, with the rating of that attempt."""
    (start, end), past = stretch(asked), asked.past
    attempt = {"interview": OuterRef("pk"), "attempt": OuterRef("attempt_then")}
    exits = InterviewExit.objects.filter(past.by("left_at"), **attempt)
    rated = InterviewSurvey.objects.filter(past.by("answered_at"), **attempt)
    over = Q(state__in=OVER, over_at__gte=start, over_at__lt=end)
    if past.moment is not None:
        over |= Q(updated_at__gte=past.moment)
    rows = (
        Interview.objects.alias(over_at=Coalesce("completed_at", "interrupted_at"))
        .filter(over, of_opening__in=openings_of(asked))
        .exclude(kind=InterviewKind.VENDOR)
        .annotate(
            state_then=past.value(Interview, "state"),
            attempt_then=past.value(Interview, "attempt"),
            ended_at=Coalesce(past.value(Interview, "completed_at"), past.value(Interview, "interrupted_at")),
        )
        .filter(state_then__in=OVER, ended_at__gte=start, ended_at__lt=end)
        .annotate(
            rating=Subquery(rated.values("rating")[:1]),
            cause=Coalesce(
                Subquery(cause_then(exits, past).order_by("-pk").values("cause_now")[:1]), Value("")
            ),
        )
    )
    own: dict[str, Any] = {"cause": ("cause", _cause), "round": ("round", round_label)}
    return Facts(
        rows=rows,
        at="ended_at",
        opening="of_opening",
        application="application",
        own=own,
        counts={
            "asked": Q(),
            "answered": Q(rating__isnull=False),
            "content": Q(rating__gte=CONTENT),
            "discontent": Q(rating__lte=DISCONTENT),
        },
        behind={"answer_rate": "answered", "content_rate": "content", "discontent_rate": "discontent"},
        read=_read,
    )


def _cause(code: str) -> str:
    return str(ExitCause(code).label) if code else str(_("finished without leaving"))


def _read(found: dict[str, Any]) -> dict[str, Figure]:
    answered = found["n_answered"]
    return {
        ASKED.name: found["n_asked"],
        ANSWERED.name: answered,
        ANSWER_RATE.name: Rate(answered, found["n_asked"], ANSWER_RATE.definition, ()),
        CONTENT_RATE.name: Rate(found["n_content"], answered, CONTENT_RATE.definition, ()),
        DISCONTENT_RATE.name: Rate(found["n_discontent"], answered, DISCONTENT_RATE.definition, ()),
    }


SURVEY_REPORT = Report(
    name="surveys",
    title=_("Candidates' ratings"),
    words=_("What candidates thought of their interviews once these were over, beside why they had left."),
    measures=(ASKED, ANSWERED, ANSWER_RATE, CONTENT_RATE, DISCONTENT_RATE),
    dimensions=(CAUSE, *EVERYWHERE, ROUND),
    facts=facts,
    records_for_hr=True,
    knows_past=True,
    rests=(("answered", "content_rate:yes", "discontent_rate:yes"),),
)
