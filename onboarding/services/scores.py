"""The employee file's score: the best report that stands, or none."""

from django.db import transaction
from django.utils.translation import gettext_noop

from core.events import effect, note
from core.figures import Basis
from onboarding.models import OnboardingCase
from people.services import employees
from recruitment.enums import AssessmentStatus
from recruitment.models import Assessment

BEST_FIRST = (Basis.FULL, Basis.PARTIAL, Basis.FALLBACK)


def best_assessment(*, application_id: int) -> Assessment | None:
    """The report to go by: full before partial before fallback, then the later round; one without a value is none."""
    standing = Assessment.objects.filter(
        interview__application=application_id, status=AssessmentStatus.CURRENT, value__isnull=False
    ).select_related("interview")
    return min(
        standing,
        key=lambda report: (BEST_FIRST.index(Basis(report.basis)), -report.interview.round, -report.pk),
        default=None,
    )


def write(*, assessment_id: int) -> None:
    """A report was issued or withdrawn: bring the score in the file of its application's case to the best one."""
    with transaction.atomic(savepoint=False):
        case = (
            OnboardingCase.objects.select_for_update(of=("self",))
            .select_related("employee")
            .filter(application__interviews__assessments=assessment_id)
            .first()
        )
        if case is None:
            note(gettext_noop("This application has no onboarding case yet."))
            return
        if not write_for(case):
            note(gettext_noop("The employee file already shows the best report."))


def write_for(case: OnboardingCase) -> bool:
    """On a locked case: score, interval, basis and source into the file, or off it when no report stands.

    Returns whether the file changed.
    """
    best = best_assessment(application_id=case.application_id)
    file = case.employee
    if best is None or best.value is None or best.low is None or best.high is None:
        if file.score_value is None:
            return False
        employees.clear_score(employee_id=file.pk)
        effect(file, gettext_noop("Score taken off the employee file"))
        return True
    source = f"assessment {best.pk}"
    if (file.score_source, file.score_value) == (source, best.value):
        return False
    employees.record_score(
        employee_id=file.pk,
        value=best.value,
        low=best.low,
        high=best.high,
        basis=Basis(best.basis),
        as_of=best.issued_at,
        source=source,
    )
    effect(
        file,
        gettext_noop("Score in the employee file: %(value)s (%(score_basis)s)"),
        value=str(best.value),
        score_basis=best.basis,
    )
    return True
