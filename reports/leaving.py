"""Exits: who left an AI interview half way in a stretch of time, why, and what became of it."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models import Value as Constant
from django.db.models.functions import Coalesce, ExtractHour, NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.figures import Rate
from recruitment.enums import ExitCause, InterviewKind, InterviewState
from recruitment.models import Checkpoint, ContactAttempt, Interview, InterviewExit
from recruitment.models.exits import CAUSE_NOW
from reports import left_at
from reports.applying import number_of
from reports.exclusions import Reason, exclusions
from reports.lines import Quartiles, openings_of, round_label, spread, stretch
from reports.past import Past
from reports.registry import EVERYWHERE, ROUND, Asked, Dimension, Facts, Measure, Report, Value

EXITS = Measure(
    name="exits",
    title=_("exits"),
    words=_("Exits that were noticed in this stretch of time; one attempt may stand here several times."),
)
ANNOUNCED = Measure(
    name="announced", title=_("announced"), words=_("Of these, which the candidate announced.")
)
SILENT = Measure(name="silent", title=_("silent"), words=_("Of these, which nobody announced."))
RETURNED = Measure(
    name="returned", title=_("returned"), words=_("Of these, after which the candidate came back.")
)
GIVEN_UP = Measure(
    name="given_up",
    title=_("given up"),
    words=_("Of these, after which the interview was given up for good."),
)
NOT_CONTACTED = Measure(
    name="not_contacted",
    title=_("neither back nor called"),
    words=_("Of these, after which nobody came back and nobody tried to reach the candidate."),
)
OURS = Measure(name="by_us", title=_("by our server"), words=_("Of these, which our own outage caused."))
RETURN_RATE = Measure(
    name="return_rate",
    title=_("returned of those who left"),
    words=_("Returned ÷ exits, without those that our own outage caused."),
    unit="rate",
)
AWAY = Measure(
    name="hours_away",
    title=_("hours until the return"),
    words=_("Of those who came back: the middle one, and between what the middle half lies."),
    unit="hours",
)
CAUSE = Dimension("cause", _("cause"))
STAGE = Dimension("saved_stages", _("saved stages"))
HOUR_OF_DAY = Dimension("hour", _("hour of the day"))


def cause_then(exits: "QuerySet[Any]", past: Past) -> "QuerySet[Any]":
    """These exits, each with `cause_now`: the cause as HR knows it now, or knew it then."""
    if past.moment is None:
        return exits.annotate(cause_now=CAUSE_NOW)
    corrected = NullIf(past.value(InterviewExit, "corrected_cause"), Constant(""))
    return exits.annotate(cause_now=Coalesce(corrected, past.value(InterviewExit, "cause")))


def exits_in(asked: Asked) -> "QuerySet[Any]":
    """The exits from AI interviews noticed in the stretch, each with `cause_now`."""
    start, end = stretch(asked)
    found = InterviewExit.objects.filter(
        interview__of_opening__in=openings_of(asked), left_at__gte=start, left_at__lt=end
    )
    return cause_then(found.exclude(interview__kind=InterviewKind.PEOPLE), asked.past)


def facts(asked: Asked) -> Facts:
    """The exits noticed in the stretch, by the cause as HR knows it now, or knew it then."""
    past = asked.past
    saved = Checkpoint.objects.filter(
        interview=OuterRef("interview"), attempt=OuterRef("attempt"), saved_at__lte=OuterRef("left_at")
    )
    rows = exits_in(asked).annotate(
        called=Exists(ContactAttempt.objects.filter(past.by("at"), follow_up__exit=OuterRef("pk"))),
        said=past.value(InterviewExit, "is_announced"),
        back_at=past.moment_of("returned_at"),
        state_then=past.value(Interview, "state", "interview__"),
        attempt_then=past.value(Interview, "attempt", "interview__"),
    )
    own: dict[str, Any] = {
        "round": ("interview__round", round_label),
        "cause": ("cause_now", lambda code: str(ExitCause(code).label)),
        "saved_stages": (number_of(saved, "interview"), str),
        "hour": (
            ExtractHour("left_at", tzinfo=timezone.get_current_timezone()),
            lambda hour: f"{hour:02d}:00–{hour:02d}:59",
        ),
        "device": (Coalesce(left_at.device(), Constant("")), lambda kind: str(left_at.DEVICES[kind])),
    }
    ours, back = Q(cause_now=ExitCause.OUR_OUTAGE), Q(back_at__isnull=False)
    return Facts(
        rows=rows,
        at="left_at",
        opening="interview__of_opening",
        application="interview__application",
        own=own,
        named={"question": (left_at.question_open(), left_at.questions)},
        counts={
            "exits": Q(),
            "announced": Q(said=True),
            "silent": Q(said=False),
            "returned": back,
            "given_up": ~back & Q(state_then=InterviewState.ABANDONED, attempt_then=F("attempt")),
            "not_contacted": ~back & Q(called=False),
            "by_us": ours,
            "back_not_by_us": back & ~ours,
        },
        behind={"return_rate": "back_not_by_us", "hours_away": "returned"},
        figures={"took": Quartiles(F("back_at") - F("left_at"), filter=back)},
        read=_read,
    )


def _read(found: dict[str, Any]) -> dict[str, Value]:
    return {
        EXITS.name: found["n_exits"],
        ANNOUNCED.name: found["n_announced"],
        SILENT.name: found["n_silent"],
        RETURNED.name: found["n_returned"],
        GIVEN_UP.name: found["n_given_up"],
        NOT_CONTACTED.name: found["n_not_contacted"],
        OURS.name: found["n_by_us"],
        RETURN_RATE.name: Rate(
            found["n_back_not_by_us"],
            found["n_exits"] - found["n_by_us"],
            RETURN_RATE.definition,
            exclusions({Reason.OUR_OUTAGE: found["n_by_us"]}),
        ),
        AWAY.name: spread(found["n_returned"], found["took"]),
    }


EXIT_REPORT = Report(
    name="exits",
    title=_("Exits"),
    words=_("Who left an AI interview half way in a stretch of time, why, and what became of it."),
    measures=(EXITS, ANNOUNCED, SILENT, RETURNED, GIVEN_UP, NOT_CONTACTED, OURS, RETURN_RATE, AWAY),
    dimensions=(CAUSE, *EVERYWHERE, ROUND, STAGE, left_at.QUESTION, HOUR_OF_DAY, left_at.DEVICE),
    facts=facts,
    knows_past=True,
    beside=(("exit_rates", "exit_rate"), ("cost", "days_lost")),
)
