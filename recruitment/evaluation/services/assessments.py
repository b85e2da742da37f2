"""Reports: which ones an interview's present state requires, issued and superseded as that changes."""

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from core.events import effect, note
from core.events.running import shared_step
from core.figures import Basis
from recruitment import signals
from recruitment.enums import AssessmentStatus, InterviewState
from recruitment.evaluation import combine, fallback, rubric
from recruitment.evaluation.services.evidence import evidence_of
from recruitment.models import Assessment, AssessmentScore, Interview
from recruitment.queries import application_of_assessment, reports_changed
from recruitment.services import locking, progress


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
    """Bring the reports to what the interview's present state requires.

    Interrupted, abandoned: partial from the saved stages and fallback beside it. Missed: only with saved stages. What
    an earlier attempt showed and this one did not take over is withdrawn.
    Completed: full once every planned competency has a score, superseding both estimates; until then they stay.
    Cancelled: withdrawn. In progress or scheduled again: what exists is kept until the full one.
    """
    with shared_step():
        bring(locking.interview(interview_id))


def bring(interview: Interview) -> None:
    """`align` of an interview that is locked already."""
    is_broken_off = interview.state in InterviewState.broken_off
    reports = _required(interview)
    if not reports and not is_broken_off and interview.state != InterviewState.CANCELLED:
        note("nothing to do")
        return
    current = {
        report.basis: report
        for report in interview.assessments.select_for_update().filter(status=AssessmentStatus.CURRENT)
    }
    if interview.state == InterviewState.CANCELLED:
        _withdraw(interview, current.values())
        return
    written = _write(interview, reports, current)
    # What an earlier attempt showed, and this one was not given along, is no report on it.
    outlived = [report for report in current.values() if report.attempt != interview.attempt]
    # All are there before the first is announced: whoever looks at the reports looks once.
    signals.assessment_issued.emit_all(
        [(report, {"attempt": interview.attempt, "basis": report.basis}) for report in written],
        origin=interview,
    )
    if is_broken_off:
        _withdraw(interview, outlived)
    if not written and not (outlived and is_broken_off):
        note("nothing to do")


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


def _withdraw(interview: Interview, reports: Collection[Assessment]) -> None:
    _retire(reports, AssessmentStatus.WITHDRAWN)
    for report in reports:
        effect(report, gettext_noop("Assessment withdrawn: %(basis)s"), basis=report.basis)
    signals.assessment_withdrawn.emit_all(
        [(report, {"attempt": report.attempt, "basis": report.basis}) for report in reports],
        origin=interview,
    )


def align_of_application(*, application_id: int) -> None:
    """`align` for each interview of the application that broke off: its estimates rest on more than the interview."""
    broken_off = Interview.objects.filter(application=application_id, state__in=InterviewState.broken_off)
    for interview_id in list(broken_off.order_by("pk").values_list("pk", flat=True)):
        align(interview_id=interview_id)


def _write(interview: Interview, reports: list[Report], current: dict[str, Assessment]) -> list[Assessment]:
    """Write the reports and retire what they replace; what is current already is left. Returns the new ones."""
    new = [report for report in reports if not _is_current(report, current, interview)]
    replaced = [
        standing
        for basis, standing in current.items()
        if any(report.basis in (basis, Basis.FULL) for report in new)
    ]
    _retire(replaced, AssessmentStatus.SUPERSEDED)
    written = Assessment.objects.bulk_create(
        Assessment(
            interview=interview,
            attempt=interview.attempt,
            basis=report.basis,
            value=report.overall.value,
            low=report.overall.low,
            high=report.overall.high,
            method=report.method,
            sources=report.sources,
        )
        for report in new
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
        for assessment, report in zip(written, new, strict=True)
        for competency_id, (interval, evidence) in report.competencies.items()
    )
    for assessment in written:
        current[assessment.basis] = assessment
        application_of_assessment.know(interview.application_id, assessment.pk)
        effect(assessment, gettext_noop("Assessment issued: %(basis)s"), basis=assessment.basis)
    if written:
        reports_changed()
    return written


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
    combined = combine.combine(given, plan.competencies)
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
                }
            )
    return Report(
        basis=combined.basis,
        method=rubric.METHOD,
        overall=combined.overall,
        competencies={
            row.competency_id: (row.score, evidence.get(row.competency_id, []))
            for row in combined.competencies
        },
        sources=[{"source": "stage", "label": stage.title} for stage in saved],
    )


def _fallback(interview: Interview, saved: list[progress.SavedStage]) -> Report | None:
    """The estimate from written tests, résumé facts and saved stages; None when there is none of them."""
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
    return Report(
        basis=Basis.FALLBACK,
        method=fallback.METHOD,
        overall=estimate.overall,
        competencies={row.competency_id: (row.score, row.evidence) for row in estimate.competencies},
        sources=estimate.sources,
    )
