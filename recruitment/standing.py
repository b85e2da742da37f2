"""Which reports of an application stand, and what each scored: read once for each chain."""

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, prefetch_related_objects

from core.events.reading import once_in_sets
from core.figures import Basis
from core.language import labelled
from recruitment.enums import AssessmentStatus, DecisionOutcome
from recruitment.models import Application, Assessment, RuleCondition

# What may stand as a candidate's score, the strongest first.
STRENGTH = {Basis.FULL: 0, Basis.PARTIAL: 1, Basis.FALLBACK: 2}


@once_in_sets
def application_of_assessment(assessment_ids: Collection[int]) -> dict[int, int | None]:
    """The application that a report belongs to; None when the report is gone."""
    rows = Assessment.objects.filter(pk__in=assessment_ids).values_list("pk", "interview__application")
    return {**dict.fromkeys(assessment_ids), **dict(rows)}


@once_in_sets
def standing_reports_of(application_ids: Collection[int]) -> dict[int, list[Assessment]]:
    """The current reports on an application's interviews that have a value, each with its interview.

    Whoever writes a report within a chain says so (`reports_changed`). To be read under the lock of what follows them.
    """
    found: dict[int, list[Assessment]] = {application_id: [] for application_id in application_ids}
    rows = Assessment.objects.filter(
        interview__application__in=found, status=AssessmentStatus.CURRENT, value__isnull=False
    )
    for report in rows.select_related("interview"):
        found[report.interview.application_id].append(report)
    return found


@once_in_sets
def decidable_reports_of(applications: Collection[Application]) -> dict[Application, list[Assessment]]:
    """What stands of a locked application, and what a person is asked about, each with its interview and decision.

    Whoever writes a report or a decision within a chain says so (`reports_changed`).
    """
    found: dict[int, list[Assessment]] = {application.pk: [] for application in applications}
    rows = Assessment.objects.filter(interview__application__in=found).filter(
        Q(status=AssessmentStatus.CURRENT) | Q(decision__outcome=DecisionOutcome.ASKED)
    )
    # Of what is judged anew: what its rule asks of competencies, and their scores, where it asks for any.
    asks = Exists(RuleCondition.objects.order_by().filter(version=OuterRef("interview__rule")))
    reports = list(rows.select_related("interview__rule", "decision").annotate(asks=asks))
    fresh = [
        (row, row.interview.rule)
        for row in reports
        if row.basis == Basis.FULL and row.interview.rule and row.asks and not hasattr(row, "decision")
    ]
    prefetch_related_objects([rule for _row, rule in fresh], "conditions")
    prefetch_related_objects([row for row, _rule in fresh], "competencies")
    for report in reports:
        found[report.interview.application_id].append(report)
    return {application: found[application.pk] for application in applications}


@dataclass(frozen=True, slots=True)
class ScoredReport:
    """A current full or partial report: `scores` by competency, with its name (`labelled`) and the interval."""

    pk: int
    basis: str
    round: int
    scores: list[tuple[int, dict[str, str], Decimal | None, Decimal | None, Decimal | None]]


@once_in_sets
def scored_reports_of(
    asked: "Collection[tuple[int, Hashable]]",
) -> "dict[tuple[int, Hashable], list[ScoredReport]]":
    """The current full and partial reports on an application's interviews: full first, then a later round first.

    Asked by the application's number and the row whose lock the caller holds: each reads for itself once it has it.
    """
    rows = (
        Assessment.objects.filter(
            interview__application__in=[application_id for application_id, _under in asked],
            status=AssessmentStatus.CURRENT,
            basis__in=[Basis.FULL, Basis.PARTIAL],
        )
        .order_by("competencies__competency")
        .values_list(
            "interview__application", "pk", "basis", "interview__round", "competencies__competency",
            "competencies__competency__name", "competencies__competency__name_en", "competencies__value",
            "competencies__low", "competencies__high",
        )
    )  # fmt: skip
    found: dict[int, dict[int, ScoredReport]] = {}
    for application_id, pk, basis, round_, competency_id, name, name_en, value, low, high in rows:
        reports = found.setdefault(application_id, {})
        report = reports.setdefault(pk, ScoredReport(pk, basis, round_, []))
        if competency_id is not None:
            report.scores.append((competency_id, labelled(name, name_en), value, low, high))
    return {(one, under): _strongest_first(found.get(one, {}).values()) for one, under in asked}


def _strongest_first(reports: Iterable[ScoredReport]) -> list[ScoredReport]:
    return sorted(reports, key=lambda report: (report.basis != Basis.FULL, -report.round, -report.pk))


def reports_changed() -> None:
    """A report or a decision was written: the rest of this chain reads them anew."""
    standing_reports_of.forget()
    scored_reports_of.forget()
    decidable_reports_of.forget()


def strongest(assessments: Iterable[Assessment]) -> Assessment | None:
    """The report that stands as the score: full before partial before fallback, a later one before an earlier.

    A report without a value says nothing and is passed over.
    """
    known = [assessment for assessment in assessments if assessment.value is not None]
    return min(known, key=lambda row: (STRENGTH[Basis(row.basis)], -row.pk), default=None)
