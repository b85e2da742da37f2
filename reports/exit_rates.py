"""Exit rates: of the interviews begun in our room in a stretch of time, how many were left, and where and why first."""

from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models import Value as Constant
from django.db.models.functions import ExtractHour
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.figures import Rate
from recruitment.enums import ExitCause, InterviewState
from recruitment.models import Application, Checkpoint, Interview, InterviewExit, RoomEntry
from reports import left_at
from reports.applying import number_of
from reports.exclusions import Reason, exclusions
from reports.leaving import CAUSE, HOUR_OF_DAY, cause_then
from reports.lines import openings_of, round_label, source_label, stretch
from reports.registry import EVERYWHERE, ROUND, SOURCE, Asked, Dimension, Facts, Measure, Report, Value

BEGUN = Measure(
    name="begun",
    title=_("begun"),
    words=_(
        "Attempts at an AI interview in our room whose first page came in in this stretch of time. What vendors hold is"
        " not in it."
    ),
)
LEFT = Measure(
    name="left_half_way",
    title=_("left half way"),
    words=_(
        "Of these, which the candidate left at least once, back or not; what our own outage broke off is no leaving."
    ),
)
BY_MISTAKE = Measure(
    name="by_mistake", title=_("left by mistake"), words=_("Of those left, whose first exit was a mistake.")
)
FINISHED = Measure(
    name="finished_after",
    title=_("left and finished"),
    words=_("Of those left, which were finished in the same attempt all the same."),
)
EXIT_RATE = Measure(
    name="exit_rate",
    title=_("exit rate"),
    words=_(
        "Left ÷ begun. Left out: what our own outage alone broke off, and what is under way and was not left so far. By"
        " cause, manner, question or stage the first exit counts, and each line stands beside all that were begun."
    ),
    unit="rate",
)
MANNER = Dimension("manner", _("announced or silent"))
NOT_LEFT = _("did not leave")
MANNERS = {"announced": _("announced"), "silent": _("silent"), "": NOT_LEFT}
LEFT_STAGE = Dimension("left_stage", _("saved stages when it was left"))
# What of the first exit tells a line: who did not leave has none.
OF_THE_EXIT = frozenset({CAUSE.name, MANNER.name, LEFT_STAGE.name, left_at.QUESTION.name})


def facts(asked: Asked) -> Facts:
    """The attempts whose first page came in in the stretch, each with its first exit as known now, or then."""
    (start, end), past = stretch(asked), asked.past
    # One of them by the index of its interview, not whether there is another: that reads all entries there are.
    of_attempt = RoomEntry.objects.filter(interview=OuterRef("interview"), attempt=OuterRef("attempt"))
    begins = Subquery(of_attempt.order_by("epoch").values("pk")[:1])
    exits = cause_then(
        InterviewExit.objects.filter(
            past.by("left_at"), interview=OuterRef("interview"), attempt=OuterRef("attempt")
        ),
        past,
    )
    saved = Checkpoint.objects.filter(
        interview=OuterRef("interview"), attempt=OuterRef("attempt"), saved_at__lte=OuterRef("left_at")
    )
    first = (
        exits.exclude(cause_now=ExitCause.OUR_OUTAGE)
        .annotate(
            question=left_at.question_open(),
            saved=number_of(saved, "interview"),
            said=past.value(InterviewExit, "is_announced"),
        )
        .order_by("left_at", "pk")
    )
    rows = RoomEntry.objects.filter(
        pk=begins, interview__of_opening__in=openings_of(asked), at__gte=start, at__lt=end
    ).annotate(
        cause=Subquery(first.values("cause_now")[:1]),
        outage=Exists(exits.filter(cause_now=ExitCause.OUR_OUTAGE)),
        state_then=past.value(Interview, "state", "interview__"),
        attempt_then=past.value(Interview, "attempt", "interview__"),
    )
    left, present = Q(cause__isnull=False), Q(attempt_then=F("attempt"))
    own: dict[str, Any] = {
        "source": (past.value(Application, "source", "interview__application__"), source_label),
        "round": ("interview__round", round_label),
        "cause": ("cause", lambda code: str(ExitCause(code).label if code else NOT_LEFT)),
        "manner": (_manner(Subquery(first.values("said")[:1])), lambda code: str(MANNERS[code])),
        "left_stage": (
            Subquery(first.values("saved")[:1]),
            lambda count: str(NOT_LEFT if count is None else count),
        ),
        "hour": (
            ExtractHour("at", tzinfo=timezone.get_current_timezone()),
            lambda hour: f"{hour:02d}:00–{hour:02d}:59",
        ),
        "device": (left_at.kind_of_device(), lambda kind: str(left_at.DEVICES[kind])),
    }
    return Facts(
        rows=rows,
        at="at",
        opening="interview__of_opening",
        application="interview__application",
        own=own,
        named={"question": (Subquery(first.values("question")[:1]), left_at.questions)},
        beside_all=OF_THE_EXIT,
        counts={
            "begun": Q(),
            "left_half_way": left,
            "by_mistake": Q(cause=ExitCause.BY_MISTAKE),
            "finished_after": left & present & Q(state_then=InterviewState.COMPLETED),
            "by_us": ~left & Q(outage=True),
            "under_way": ~left & Q(outage=False) & present & Q(state_then=InterviewState.IN_PROGRESS),
        },
        behind={"exit_rate": "left_half_way"},
        read=_read,
    )


def _manner(said: Subquery) -> Case:
    return Case(
        When(Exact(said, True), then=Constant("announced")),
        When(Exact(said, False), then=Constant("silent")),
        default=Constant(""),
    )


def _read(found: dict[str, Any]) -> dict[str, Value]:
    ours, running = found["all_by_us"], found["all_under_way"]
    return {
        **{one.name: found[f"n_{one.name}"] for one in (BEGUN, LEFT, BY_MISTAKE, FINISHED)},
        EXIT_RATE.name: Rate(
            found["n_left_half_way"],
            found["all_begun"] - ours - running,
            EXIT_RATE.definition,
            exclusions({Reason.OUR_OUTAGE: ours, Reason.UNDER_WAY: running}),
        ),
    }


EXIT_RATES = Report(
    name="exit_rates",
    title=_("Exit rates"),
    words=_("Of the interviews begun in our room, how many were left half way: by cause, place, hour and device."),
    measures=(BEGUN, LEFT, BY_MISTAKE, FINISHED, EXIT_RATE),
    dimensions=(
        CAUSE, *EVERYWHERE, SOURCE, ROUND, MANNER, LEFT_STAGE, left_at.QUESTION, HOUR_OF_DAY, left_at.DEVICE,
    ),
    facts=facts,
    knows_past=True,
    beside=(("exits", "return_rate"), ("exits", "hours_away")),
)  # fmt: skip
