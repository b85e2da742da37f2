"""Efficiency: how far those came who applied in a stretch of time, by now."""

from functools import partial
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Case, F, Min, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.db.models.sql.constants import LOUTER
from django.utils.translation import gettext_lazy as _
from django_cte import CTE, with_cte

from core.figures import Rate
from recruitment.enums import ApplicationStage, InterviewKind, InterviewState
from recruitment.models import Application, Interview
from reports.applying import APPLIED, applied_in
from reports.exclusions import Reason, exclusions
from reports.lines import Quartiles, source_label, spread
from reports.once import Once, Together
from reports.passed import RULE_THEN, rule_then, with_passed
from reports.past import Past
from reports.registry import EVERYWHERE, SOURCE, Asked, Facts, Measure, Report, Value

LEFT = (InterviewState.INTERRUPTED, InterviewState.ABANDONED)
BEGUN = (*LEFT, InterviewState.IN_PROGRESS, InterviewState.COMPLETED)
IN_SECOND_ROUND = (ApplicationStage.SECOND_ROUND, ApplicationStage.OFFER, ApplicationStage.HIRED)
WITH_OFFER = (ApplicationStage.OFFER, ApplicationStage.HIRED)
DAY = 86_400.0

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
    is_bounded=True,
)
PASS = Measure(
    name="pass_rate",
    title=_("pass rate"),
    words=_(
        "Passed ÷ all with a full report that stands: invited on it, or, where nothing was decided, meeting the"
        " opening's rule. Each application counts once, with its newest one. Left out: who left half way, is under"
        " way, waits for the score, or did not begin; the bounds say what it could be had all who left failed or all"
        " passed."
    ),
    unit="rate",
    is_bounded=True,
)
TO_RESULT = Measure(
    name="days_to_finish",
    title=_("days from application to finished interview"),
    words=_("The middle one of those who finished, and between what the middle half lies."),
    unit="days",
)


def _reached(*stages: str) -> Q:
    return Q(stage_then__in=stages) | Q(stood_then__in=stages)


def facts(asked: Asked) -> Facts:
    """The applications made in the stretch, as they stand now, or stood then."""
    past = asked.past
    rows = applied_in(asked).annotate(
        stage_then=past.value(Application, "stage"),
        stood_then=past.value(Application, "stood_at"),
        **rule_then(past),
    )
    finished, second = Q(finished_at__isnull=False), _reached(*IN_SECOND_ROUND)
    # Each application is in exactly one of these five.
    unjudged = Q(passed__isnull=True)
    gone, running = Q(left=True), Q(under_way=True)
    return Facts(
        rows=rows,
        at="created_at",
        opening="opening",
        application="pk",
        own={"source": (past.value(Application, "source"), source_label)},
        counts={
            "applied": Q(),
            "began": Q(began=True),
            "finished": finished,
            "left": Q(left=True) & ~finished,
            "under_way": Q(under_way=True) & ~finished & Q(left=False),
            "second_round": second,
            "finished_second": second & finished,
            "offered": _reached(*WITH_OFFER),
            "hired": Q(stage_then=ApplicationStage.HIRED),
            "judged": ~unjudged,
            "passed": Q(passed=True),
            "gone": unjudged & gone,
            "running": unjudged & ~gone & running,
            "awaiting": unjudged & ~gone & ~running & finished,
        },
        behind={
            "completion_rate": "finished",
            "advance_rate": "finished_second",
            "pass_rate": "passed",
            "days_to_finish": "finished",
        },
        figures={"took": Quartiles(F("finished_at") - F("created_at"), filter=finished)},
        read=_read,
        together=(
            Together(
                gives=frozenset({"began", "finished_at", "left", "under_way"}),
                needs=frozenset({"id"}),
                join=partial(_with_attempts, past),
            ),
            Together(
                gives=frozenset({"passed"}),
                needs=frozenset({"id", *RULE_THEN}),
                join=partial(with_passed, past),
            ),
        ),
    )


def _with_attempts(past: Past, once: Once, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """The applications, each with what became of its AI interviews."""
    of_ai = (
        once.table.join(Interview, application=once.table.col.id)
        .filter(past.by("created_at"), once.between("application"))
        .exclude(kind=InterviewKind.PEOPLE)
    )
    # Nothing leads away from completed.
    completed = When(past.by("completed_at") & Q(state=InterviewState.COMPLETED), then=F("completed_at"))
    stood = of_ai.order_by().values(
        row=F("application_id"), then=past.value(Interview, "state"), ended=Case(completed)
    )
    # What has changed since is looked up once, not for each that is made of it.
    interviews = CTE(stood, name="interviews", materialized=past.moment is not None)
    each = interviews.queryset().order_by().values("row")
    attempts = CTE(
        each.annotate(
            begun=BoolOr(Q(then__in=BEGUN)),
            finished=Min("ended"),
            gone=BoolOr(Q(then__in=LEFT)),
            running=BoolOr(Q(then=InterviewState.IN_PROGRESS)),
        ),
        name="attempts",
    )
    rows = attempts.join(rows, id=attempts.col.row, _join_type=LOUTER)
    return with_cte(interviews, attempts, select=rows).annotate(
        began=Coalesce(attempts.col.begun, False),
        finished_at=attempts.col.finished,
        left=Coalesce(attempts.col.gone, False),
        under_way=Coalesce(attempts.col.running, False),
    )


def _read(found: dict[str, Any]) -> dict[str, Value]:
    judged = found["n_began"] - found["n_under_way"]
    return {
        APPLIED.name: found["n_applied"],
        BEGAN.name: found["n_began"],
        FINISHED.name: found["n_finished"],
        SECOND_ROUND.name: found["n_second_round"],
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
        PASS.name: _pass_rate(found),
        TO_RESULT.name: spread(found["n_finished"], found["took"], unit=DAY),
    }


def _pass_rate(found: dict[str, Any]) -> Rate:
    left_out = {
        Reason.EXIT: found["n_gone"],
        Reason.UNDER_WAY: found["n_running"],
        Reason.AWAITING_SCORE: found["n_awaiting"],
    }
    begun_or_judged = found["n_judged"] + sum(left_out.values())
    left_out[Reason.NOT_STARTED] = found["n_applied"] - begun_or_judged
    return Rate(
        found["n_passed"], found["n_judged"], PASS.definition, exclusions(left_out), exits=found["n_gone"]
    )


EFFICIENCY = Report(
    name="efficiency",
    title=_("Efficiency"),
    words=_("How far those came who applied in a stretch of time, and what that rests on."),
    measures=(APPLIED, BEGAN, FINISHED, SECOND_ROUND, OFFERED, HIRED, COMPLETION, ADVANCE, PASS, TO_RESULT),
    dimensions=(*EVERYWHERE, SOURCE),
    facts=facts,
    knows_past=True,
    funnel=tuple(one.name for one in (APPLIED, BEGAN, FINISHED, SECOND_ROUND, OFFERED, HIRED)),
    beside=(("stages", "days_in_stage"), ("stages", "end_rate"), ("exit_rates", "exit_rate")),
)
