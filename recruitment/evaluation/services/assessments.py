"""Reports: which ones an interview's present state requires, issued and superseded as that changes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from core.events import effect, note
from core.figures import Basis
from recruitment import signals
from recruitment.enums import AssessmentStatus, InterviewState, ResumeFactKind
from recruitment.evaluation import combine, fallback, rubric
from recruitment.models import Assessment, AssessmentScore, Interview, MentionPoint, RubricScore
from recruitment.services import locking


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
    with transaction.atomic(savepoint=False):
        interview = locking.interview(interview_id)
        current = {
            report.basis: report
            for report in interview.assessments.select_for_update().filter(status=AssessmentStatus.CURRENT)
        }
        state = interview.state
        if state == InterviewState.CANCELLED:
            _withdraw(interview, current.values())
            return
        reports: list[Report] = []
        if state == InterviewState.COMPLETED:
            full = _from_stages(interview, _Known.of(interview))
            reports = [full] if full and full.basis == Basis.FULL else []
        elif state in InterviewState.broken_off:
            known = _Known.of(interview)
            partial = _from_stages(interview, known)
            if state != InterviewState.MISSED or partial is not None:
                reports = [report for report in (partial, _fallback(interview, known)) if report]
        written = [_write(interview, report, current) for report in reports]
        # All are there before the first is announced: whoever looks at the reports looks once.
        for assessment in filter(None, written):
            signals.assessment_issued.emit(
                subject=assessment,
                origin=interview,
                facts={"attempt": interview.attempt, "basis": assessment.basis},
            )
        # What an earlier attempt showed, and this one was not given along, is no report on it.
        outlived = [report for report in current.values() if report.attempt != interview.attempt]
        if state in InterviewState.broken_off:
            _withdraw(interview, outlived)
        if not any(written) and not (outlived and state in InterviewState.broken_off):
            note("nothing to do")


def _withdraw(interview: Interview, reports: Iterable[Assessment]) -> None:
    for report in reports:
        _retire(report, AssessmentStatus.WITHDRAWN)
        effect(report, gettext_noop("Assessment withdrawn: %(basis)s"), basis=report.basis)
        signals.assessment_withdrawn.emit(
            subject=report, origin=interview, facts={"attempt": report.attempt, "basis": report.basis}
        )


def align_of_application(*, application_id: int) -> None:
    """`align` for each interview of the application that broke off: its estimates rest on more than the interview."""
    broken_off = Interview.objects.filter(application=application_id, state__in=InterviewState.broken_off)
    for interview_id in list(broken_off.order_by("pk").values_list("pk", flat=True)):
        align(interview_id=interview_id)


def _write(interview: Interview, report: Report, current: dict[str, Assessment]) -> Assessment | None:
    """Write the report and retire what it replaces; None when the same one is current already."""
    standing = current.get(report.basis)
    if standing is not None and _is_same(standing, report, interview):
        return None
    for basis, other in current.items():
        if report.basis in (basis, Basis.FULL):
            _retire(other, AssessmentStatus.SUPERSEDED)
    assessment = Assessment.objects.create(
        interview=interview,
        attempt=interview.attempt,
        basis=report.basis,
        value=report.overall.value,
        low=report.overall.low,
        high=report.overall.high,
        method=report.method,
        sources=report.sources,
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
        for competency_id, (interval, evidence) in report.competencies.items()
    )
    current[report.basis] = assessment
    effect(assessment, gettext_noop("Assessment issued: %(basis)s"), basis=report.basis)
    return assessment


def _retire(assessment: Assessment, status: AssessmentStatus) -> None:
    assessment.status = status
    assessment.save(update_fields=["status"])


def _is_same(standing: Assessment, report: Report, interview: Interview) -> bool:
    if (standing.attempt, standing.method) != (interview.attempt, report.method):
        return False
    if (standing.value, standing.low, standing.high) != _triple(report.overall):
        return False
    known = {row.competency_id: (row.value, row.low, row.high) for row in standing.competencies.all()}
    return known == {key: _triple(interval) for key, (interval, _evidence) in report.competencies.items()}


def _triple(interval: combine.Interval | None) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    return (interval.value, interval.low, interval.high) if interval else (None, None, None)


@dataclass(frozen=True)
class _Known:
    """What both a report from the stages and an estimate start from, read once."""

    planned: set[int]
    scores: list[RubricScore]

    @classmethod
    def of(cls, interview: Interview) -> "_Known":
        planned = set(interview.plan.stages.values_list("competencies", flat=True)) - {None}
        return cls(planned=planned, scores=_stage_scores(interview))


def _stage_scores(interview: Interview) -> list[RubricScore]:
    return list(
        RubricScore.objects.filter(
            checkpoint__interview=interview, checkpoint__attempt=interview.attempt
        ).select_related("checkpoint__stage", "competency")
    )


def _from_stages(interview: Interview, known: _Known) -> Report | None:
    """Full or partial, from the scores of the saved stages; None when nothing is scored yet."""
    scores = known.scores
    scored_stages = set(
        interview.checkpoints.filter(attempt=interview.attempt, scored_at__isnull=False).values_list(
            "stage_id", flat=True
        )
    )
    owed: dict[tuple[int, int], int] = {}
    unsaved = MentionPoint.objects.filter(question__stage__plan=interview.plan_id).exclude(
        question__stage__in=scored_stages
    )
    for stage_id, competency_id, weight in unsaved.values_list("question__stage", "competency", "weight"):
        owed[stage_id, competency_id] = owed.get((stage_id, competency_id), 0) + weight
    given: list[combine.StageScore] = [
        (score.competency_id, score.effective, sum(point["weight"] for point in score.evidence))
        for score in scores
    ]
    given += [(competency_id, None, weight) for (_stage, competency_id), weight in owed.items()]
    combined = combine.combine(given, known.planned)
    if combined.basis is None or combined.overall is None:
        return None
    evidence: dict[int, list[dict[str, Any]]] = {}
    for score in scores:
        evidence.setdefault(score.competency_id, []).append(
            {
                "source": "stage",
                "label": score.checkpoint.stage.title,
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
        sources=[{"source": "stage", "label": title} for title in _saved_titles(interview)],
    )


def _saved_titles(interview: Interview) -> list[str]:
    return list(
        interview.checkpoints.filter(attempt=interview.attempt)
        .order_by("stage__number")
        .values_list("stage__title", flat=True)
    )


def _fallback(interview: Interview, known: _Known) -> Report | None:
    """The estimate from written tests, résumé facts and saved stages; None when there is none of them."""
    application = interview.application
    evidence = [
        fallback.Evidence(
            "written_test",
            test.skill.name,
            test.skill.competency_id,
            test.score,
            reference={"written_test": test.pk},
        )
        for test in application.written_tests.select_related("skill")
    ]
    evidence += [
        fallback.Evidence(
            "project" if fact.kind == ResumeFactKind.PROJECT else "education",
            fact.title,
            fact.skill.competency_id if fact.skill else None,
            fallback.level_value(fact.level),
            reference={"resume_fact": fact.pk},
        )
        for fact in application.resume_facts.select_related("skill")
    ]
    if not evidence:
        return None
    evidence += [
        fallback.Evidence(
            "stage",
            score.checkpoint.stage.title,
            score.competency_id,
            score.effective,
            reference={"score": score.pk},
        )
        for score in known.scores
        if score.effective is not None
    ]
    estimate = fallback.estimate(evidence, known.planned)
    if estimate is None:
        return None
    return Report(
        basis=Basis.FALLBACK,
        method=fallback.METHOD,
        overall=estimate.overall,
        competencies={row.competency_id: (row.score, row.evidence) for row in estimate.competencies},
        sources=estimate.sources,
    )
