"""Reports as pages show them: bars, sources in words, and what was decided."""

from typing import Any

from django.db.models import Prefetch

from core.admin import looks
from core.figures import Basis
from recruitment import colours
from recruitment.enums import AssessmentStatus, DecisionOutcome
from recruitment.evaluation import printing, ways
from recruitment.models import Assessment, AssessmentScore, Decision, Interview


def of(interview: Interview) -> list[Any]:
    """Every report of the interview, the newest first, with what was decided on it. Four queries at most."""
    competencies = Prefetch("competencies", queryset=AssessmentScore.objects.select_related("competency"))
    decided = interview.assessments.select_related("decision__decided_by", "decision__rule")
    rows = decided.prefetch_related(competencies, "decision__rule__conditions__competency")
    titles = printing.titles_of(interview)
    return [described(row, getattr(row, "decision", None), titles) for row in rows.order_by("-id")]


def _once(pieces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pieces of evidence that read the same, once: a stage speaks of several competencies."""
    read = {
        (piece.get("label"), str(piece.get("value")), bool(piece.get("reviewed"))): piece for piece in pieces
    }
    return list(read.values())


def described(assessment: Any, decision: Decision | None, titles: dict[str, str]) -> Any:
    """The report with its bars, sources in words, and what was decided on it; `titles` as `printing.titles_of`."""
    assessment.bar = looks.score_bar(assessment.value, assessment.low, assessment.high, assessment.basis)
    assessment.is_estimate = assessment.basis != "full"
    assessment.look = colours.BASIS[assessment.basis]
    assessment.way = ways.way_of_report(assessment)
    assessment.listed = _once(
        [piece for piece in printing.sources_of(assessment, titles) if piece["source"] != "learning"]
    )
    assessment.line = crossed_line(assessment, decision)
    assessment.status_look = colours.ASSESSMENT[assessment.status]
    assessment.said = decision
    assessment.awaits = (
        decision is not None
        and decision.outcome in DecisionOutcome.undecided
        and assessment.status == AssessmentStatus.CURRENT
    )
    assessment.rows = [
        {
            "name": row.competency,
            "bar": looks.score_bar(row.value, row.low, row.high, assessment.basis),
            "evidence": _once([printing.named(piece, titles) for piece in row.evidence]),
            "quotes": printing.quotes_of(row),
        }
        for row in assessment.competencies.all()
    ]
    return assessment


def crossed_line(assessment: Assessment, decision: Decision | None) -> Any:
    """The pass line, where an estimate's interval holds both its sides: then it advises nothing. Else None."""
    line = decision.threshold if decision else None
    if assessment.basis == Basis.FULL or line is None or assessment.low is None or assessment.high is None:
        return None
    return line if assessment.low < line <= assessment.high else None


def whole(assessment_id: int) -> Any:
    """One report with its competencies, for the pages that decide on it."""
    competencies = Prefetch("competencies", queryset=AssessmentScore.objects.select_related("competency"))
    rows = Assessment.objects.select_related("interview").prefetch_related(competencies)
    row = rows.get(pk=assessment_id)
    found = described(row, None, printing.titles_of(row.interview))
    found.wording = printing.wording_of(row)
    return found
