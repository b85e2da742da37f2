"""The evidence from before the interview: no receiver writes it, so a chain reads it once."""

from collections.abc import Collection
from decimal import Decimal

from core.events.reading import once_in_sets
from recruitment.enums import ResumeFactKind
from recruitment.evaluation import fallback
from recruitment.models import ResumeFact
from recruitment.queries import written_tests_of


@once_in_sets
def evidence_of(application_ids: Collection[int]) -> dict[int, list[fallback.Evidence]]:
    """The written tests and résumé facts of an application. Two queries."""
    written_tests_of.ahead(application_ids)
    found = {
        application_id: [
            _evidence(
                "written_test", test.skill.name, test.skill.competency_id, test.score, written_test=test.pk
            )
            for test in written_tests_of(application_id)
        ]
        for application_id in application_ids
    }
    for fact in ResumeFact.objects.filter(application__in=found).select_related("skill").order_by("pk"):
        found[fact.application_id].append(
            _evidence(
                "project" if fact.kind == ResumeFactKind.PROJECT else "education",
                fact.title,
                fact.skill.competency_id if fact.skill else None,
                fallback.level_value(fact.level),
                resume_fact=fact.pk,
            )
        )
    return found


def _evidence(
    source: fallback.Source, label: str, competency_id: int | None, value: Decimal, **reference: int
) -> fallback.Evidence:
    return fallback.Evidence(source, label, competency_id, value, reference=reference)
