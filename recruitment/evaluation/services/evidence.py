"""The evidence from before the interview: no receiver writes it, so a chain reads it once."""

from collections.abc import Collection

from core.events.reading import once_in_sets
from recruitment.enums_incoming import ResumeFactKind
from recruitment.evaluation import fallback
from recruitment.models import ResumeFact
from recruitment.queries import written_tests_of

_SOURCES: dict[ResumeFactKind, fallback.Source] = {
    ResumeFactKind.PROJECT: "project",
    ResumeFactKind.INTERNSHIP: "internship",
    ResumeFactKind.EDUCATION: "education",
}


@once_in_sets
def evidence_of(application_ids: Collection[int]) -> dict[int, list[fallback.Evidence]]:
    """The written tests and résumé facts of an application. Two queries."""
    written_tests_of.ahead(application_ids)
    found = {
        application_id: [
            fallback.Evidence(
                "written_test",
                test.skill.name,
                test.skill.competency_id,
                test.score,
                reference={"written_test": test.pk},
                label_en=test.skill.name_en,
            )
            for test in written_tests_of(application_id)
        ]
        for application_id in application_ids
    }
    for fact in ResumeFact.objects.filter(application__in=found).select_related("skill").order_by("pk"):
        found[fact.application_id].append(
            fallback.Evidence(
                _SOURCES[ResumeFactKind(fact.kind)],
                fact.title,
                fact.skill.competency_id if fact.skill else None,
                fallback.level_value(fact.level),
                reference={"resume_fact": fact.pk},
            )
        )
    return found
