"""Reports: which ones an interview's present state requires, issued and superseded as that changes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from core.events import effect, note
from core.events.models import Reaction
from core.events.running import Left, leave, on_receipt_of, receipt, shared_step
from core.events.signal import DurableSignal, Happened
from core.figures import Basis
from recruitment import signals
from recruitment.enums import AssessmentStatus, InterviewState
from recruitment.evaluation import combine, fallback, rubric
from recruitment.evaluation.services import learned
from recruitment.evaluation.services.evidence import evidence_of
from recruitment.models import Assessment, AssessmentScore, Interview, RubricScore
from recruitment.services import locking, progress
from recruitment.standing import application_of_assessment, reports_changed


@dataclass
class Report:
    """A report before it is written."""

    basis: str
    method: str
    overall: combine.Interval
    # competency → (interval or None, evidence)
    competencies: dict[int, tuple[combine.Interval | None, list[dict[str, Any]]]] = field(
        default_factory=dict
    )
    sources: list[dict[str, Any]] = field(default_factory=list)


def align(*, interview_id: int) -> None:
    """Bring the reports to what the interview's present state requires, with those of the whole chain.

    Interrupted, abandoned: partial from the saved stages and fallback beside it. Missed: only with saved stages. What
    an earlier attempt showed and this one did not take over is withdrawn.
    Completed: full once every planned competency has a score, superseding both estimates; until then they stay.
    Cancelled: withdrawn. In progress or scheduled again: what exists is kept until the full one.
    """
    leave(settle, interview_id)


def settle(left: list[Left]) -> None:
    """`align` for all of these."""
    with shared_step():
        interviews = locking.interviews_of(one.what for one in left)
        bring_all([(one.reaction, interviews[one.what]) for one in left])


def bring(interview: Interview) -> None:
    """`align` of an interview that is locked already, at once."""
    bring_all([(receipt(), interview)])


@dataclass
class _Brought:
    """What one interview's reports are to become, on whose receipt that is noted, and what was written of it."""

    reaction: Reaction | None
    interview: Interview
    reports: list[Report]
    current: dict[str, Assessment] = field(default_factory=dict)
    replaced: list[Assessment] = field(default_factory=list)
    written: list[Assessment] = field(default_factory=list)
    withdrawn: list[Assessment] = field(default_factory=list)

    @property
    def is_broken_off(self) -> bool:
        """Estimates stand in for a result."""
        return self.interview.state in InterviewState.broken_off


def bring_all(wanted: Sequence[tuple[Reaction | None, Interview]]) -> None:
    """`bring` for many: the same statements as for one."""
    _read_ahead([interview for _reaction, interview in wanted])
    brought = []
    for reaction, interview in wanted:
        one = _Brought(reaction, interview, _required(interview))
        if one.reports or one.is_broken_off or interview.state == InterviewState.CANCELLED:
            brought.append(one)
            continue
        with on_receipt_of(reaction):
            note("nothing to do")
    if not brought:
        return
    by_interview = {one.interview.pk: one for one in brought}
    current = Assessment.objects.select_for_update().filter(
        interview__in=by_interview, status=AssessmentStatus.CURRENT
    )
    for report in current.order_by("pk"):
        by_interview[report.interview_id].current[report.basis] = report
    _write([one for one in brought if one.interview.state != InterviewState.CANCELLED])
    for one in brought:
        if one.interview.state == InterviewState.CANCELLED:
            one.withdrawn = list(one.current.values())
        elif one.is_broken_off:
            # What an earlier attempt showed, and this one was not given along, is no report on it.
            outlived = (row for row in one.current.values() if row.attempt != one.interview.attempt)
            one.withdrawn = list(outlived)
    # All are there before the first is announced: whoever looks at the reports looks once.
    _announce(signals.assessment_issued, [(one, report) for one in brought for report in one.written])
    _withdraw(brought)
    for one in brought:
        if not one.written and not one.withdrawn and one.interview.state != InterviewState.CANCELLED:
            with on_receipt_of(one.reaction):
                note("nothing to do")


def _read_ahead(interviews: list[Interview]) -> None:
    """What the reports of many rest on."""
    resting = [
        row for row in interviews if row.state in (*InterviewState.broken_off, InterviewState.COMPLETED)
    ]
    progress.read_ahead(resting)
    evidence_of.ahead(row.application_id for row in resting if row.state in InterviewState.broken_off)


def _announce(signal: DurableSignal, reports: list[tuple[_Brought, Assessment]]) -> None:
    signal.emit_all(
        Happened(report, {"attempt": report.attempt, "basis": report.basis}, one.interview, one.reaction)
        for one, report in reports
    )


def _required(interview: Interview) -> list[Report]:
    """The reports that the present state asks for; none where what exists stays as it is."""
    if interview.state == InterviewState.COMPLETED:
        saved = progress.saved_stages_of(interview)
        # What a stage still owes may be anything: there is no full report before its scores.
        if not all(stage.is_scored for stage in saved):
            return []
        full = _from_stages(interview, saved)
        return [full] if full and full.basis == Basis.FULL else []
    if interview.state not in InterviewState.broken_off:
        return []
    saved = progress.saved_stages_of(interview)
    partial = _from_stages(interview, saved)
    if interview.state == InterviewState.MISSED and partial is None:
        return []
    return [report for report in (partial, _fallback(interview, saved)) if report]


def _withdraw(brought: list[_Brought]) -> None:
    _retire([report for one in brought for report in one.withdrawn], AssessmentStatus.WITHDRAWN)
    for one in brought:
        with on_receipt_of(one.reaction):
            for report in one.withdrawn:
                effect(report, gettext_noop("Assessment withdrawn: %(basis)s"), basis=report.basis)
    _announce(signals.assessment_withdrawn, [(one, report) for one in brought for report in one.withdrawn])


def align_of_application(*, application_id: int) -> None:
    """`align` for each interview of the application that broke off: its estimates rest on more than the interview."""
    broken_off = Interview.objects.filter(application=application_id, state__in=InterviewState.broken_off)
    for interview_id in list(broken_off.order_by("pk").values_list("pk", flat=True)):
        align(interview_id=interview_id)


def _write(brought: list[_Brought]) -> None:
    """Write the reports and retire what they replace; what is current already is left."""
    new = []
    for one in brought:
        fresh = [report for report in one.reports if not _is_current(report, one.current, one.interview)]
        one.replaced = [
            standing
            for basis, standing in one.current.items()
            if any(report.basis in (basis, Basis.FULL) for report in fresh)
        ]
        new += [(one, report) for report in fresh]
    _retire([report for one in brought for report in one.replaced], AssessmentStatus.SUPERSEDED)
    written = Assessment.objects.bulk_create(
        Assessment(
            interview=one.interview,
            attempt=one.interview.attempt,
            basis=report.basis,
            value=report.overall.value,
            low=report.overall.low,
            high=report.overall.high,
            method=report.method,
            sources=report.sources,
        )
        for one, report in new
    )
    AssessmentScore.objects.bulk_create(
        AssessmentScore(
            assessment=assessment,
            competency_id=competency_id,
            value=interval.value if interval else None,
            low=interval.low if interval else None,
            high=interval.high if interval else None,
            evidence=evidence,
        )
        for assessment, (_one, report) in zip(written, new, strict=True)
        for competency_id, (interval, evidence) in report.competencies.items()
    )
    for assessment, (one, _report) in zip(written, new, strict=True):
        one.written.append(assessment)
        one.current[assessment.basis] = assessment
        application_of_assessment.know(one.interview.application_id, assessment.pk)
        with on_receipt_of(one.reaction):
            effect(assessment, gettext_noop("Assessment issued: %(basis)s"), basis=assessment.basis)
    if written:
        reports_changed()


def _retire(assessments: Collection[Assessment], status: AssessmentStatus) -> None:
    if not assessments:
        return
    for assessment in assessments:
        assessment.status = status
    Assessment.objects.filter(pk__in=[assessment.pk for assessment in assessments]).update(status=status)
    reports_changed()


def _is_current(report: Report, current: dict[str, Assessment], interview: Interview) -> bool:
    standing = current.get(report.basis)
    return standing is not None and _is_same(standing, report, interview)


def _is_same(standing: Assessment, report: Report, interview: Interview) -> bool:
    if (standing.attempt, standing.method) != (interview.attempt, report.method):
        return False
    if (standing.value, standing.low, standing.high) != _triple(report.overall):
        return False
    known = {row.competency_id: (row.value, row.low, row.high) for row in standing.competencies.all()}
    return known == {key: _triple(interval) for key, (interval, _evidence) in report.competencies.items()}


def _triple(interval: combine.Interval | None) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    return (interval.value, interval.low, interval.high) if interval else (None, None, None)


def _from_stages(interview: Interview, saved: list[progress.SavedStage]) -> Report | None:
    """Full or partial, from the scores of the saved stages; None when nothing is scored yet."""
    plan = progress.plan_of(interview.version_id)
    scored_stages = {stage.stage_id for stage in saved if stage.is_scored}
    given: list[combine.StageScore] = [
        (score.competency_id, score.effective, sum(point["weight"] for point in score.evidence))
        for stage in saved
        for score in stage.scores
    ]
    given += [
        (competency_id, None, weight)
        for (stage_id, competency_id), weight in plan.weights.items()
        if stage_id not in scored_stages
    ]
    widths: dict[int, Decimal] = {}
    for score in (score for stage in saved for score in stage.scores):
        if (width := score.half_width) is not None:
            widths[score.competency_id] = max(width, widths.get(score.competency_id, width))
    combined = combine.combine(given, plan.competencies, widths)
    if combined.basis is None or combined.overall is None:
        return None
    evidence: dict[int, list[dict[str, Any]]] = {}
    for stage in saved:
        for score in stage.scores:
            evidence.setdefault(score.competency_id, []).append(
                {
                    "source": "stage",
                    "label": stage.title,
                    "value": None if score.effective is None else str(score.effective),
                    "reviewed": score.override is not None,
                    "points": score.evidence,
                    **({"scorer": score.method} if score.is_by_model else {}),
                }
            )
    return Report(
        basis=combined.basis,
        method=_method(score for stage in saved for score in stage.scores),
        overall=combined.overall,
        competencies={
            row.competency_id: (row.score, evidence.get(row.competency_id, []))
            for row in combined.competencies
        },
        sources=[{"source": "stage", "label": stage.title} for stage in saved],
    )


def _method(scores: Iterable[RubricScore]) -> str:
    """Of a report from stage scores: the rubric's, or the model's where one has scored what counts. Of several releases
    the newest that scored; which one would score today says nothing of it."""
    found = list(scores)
    by_model = sorted({score.method for score in found if score.is_by_model and score.override is None})
    by_rubric = (score.method for score in found if score.method.startswith(rubric.FAMILY))
    return by_model[0] if by_model else max(by_rubric, key=rubric.release, default=rubric.METHOD)


def _fallback(interview: Interview, saved: list[progress.SavedStage]) -> Report | None:
    """The estimate from written tests, résumé facts and saved stages; None when there is none of them. Overall by what
    finished interviews taught, where that was found to be better than the documented weights."""
    evidence = evidence_of(interview.application_id)
    if not evidence:
        return None
    said = [
        fallback.Evidence(
            "stage", stage.title, score.competency_id, score.effective, reference={"score": score.pk}
        )
        for stage in saved
        for score in stage.scores
        if score.effective is not None
    ]
    estimate = fallback.estimate(evidence + said, progress.plan_of(interview.version_id).competencies)
    if estimate is None:
        return None
    report = Report(
        basis=Basis.FALLBACK,
        method=fallback.METHOD,
        overall=estimate.overall,
        competencies={row.competency_id: (row.score, row.evidence) for row in estimate.competencies},
        sources=estimate.sources,
    )
    # A competency without evidence of its own stays unknown; the whole is what those who finished had after this.
    if (found := learned.expected(interview, saved)) is not None:
        report.overall, by = found
        report.method = learned.METHOD
        report.sources = [*report.sources, {"source": "learning", "label": str(by), "reference": by.pk}]
    return report
