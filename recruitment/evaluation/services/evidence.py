"""The evidence from before the interview: no receiver writes it, so a chain reads it once."""

from decimal import Decimal

from core.events.reading import once_per_chain
from recruitment.enums import ResumeFactKind
from recruitment.evaluation import fallback
from recruitment.models import ResumeFact
from recruitment.queries import written_tests_of


@once_per_chain
def evidence_of(application_id: int) -> list[fallback.Evidence]:
    """The written tests and résumé facts of an application. Two queries."""
    tests = [
        _evidence("written_test", test.skill.name, test.skill.competency_id, test.score, written_test=test.pk)
        for test in written_tests_of(application_id)
    ]
    facts = [
        _evidence(
            "project" if fact.kind == ResumeFactKind.PROJECT else "education",
            fact.title,
            fact.skill.competency_id if fact.skill else None,
            fallback.level_value(fact.level),
            resume_fact=fact.pk,
        )
        for fact in ResumeFact.objects.filter(application=application_id).select_related("skill")
    ]
    return tests + facts


def _evidence(
    source: fallback.Source, label: str, competency_id: int | None, value: Decimal, **reference: int
) -> fallback.Evidence:
    return fallback.Evidence(source, label, competency_id, value, reference=reference)
