"""The score in the employee file: the best report that stands, or none."""

from django.utils.translation import gettext_noop

from core.events import effect, note
from core.events.running import shared_step
from core.figures import Basis
from onboarding.models import EmployeeScore, OnboardingCase
from onboarding.services import locking
from recruitment.models import Assessment
from recruitment.queries import application_of_assessment, standing_reports_of

BEST_FIRST = (Basis.FULL, Basis.PARTIAL, Basis.FALLBACK)
_COLUMNS = ["value", "low", "high", "basis", "as_of", "assessment"]


def best_assessment(*, application_id: int) -> Assessment | None:
    """The report to go by: full before partial before fallback, then the later round; one without a value is none."""
    return min(
        standing_reports_of(application_id),
        key=lambda report: (BEST_FIRST.index(Basis(report.basis)), -report.interview.round, -report.pk),
        default=None,
    )


def write(*, assessment_id: int) -> None:
    """A report was issued or withdrawn: bring the score in the file of its application's case to the best one."""
    with shared_step():
        application_id = application_of_assessment(assessment_id)
        case = None if application_id is None else locking.case_of(application_id)
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
    standing = getattr(file, "onboarding_score", None)
    if best is None or best.value is None or best.low is None or best.high is None:
        if standing is None:
            return False
        EmployeeScore.objects.filter(pk=file.pk).delete()
        _show(case, None)
        effect(file, gettext_noop("Score taken off the employee file"))
        return True
    if standing is not None and (standing.assessment_id, standing.value) == (best.pk, best.value):
        return False
    written = EmployeeScore(
        employee=file,
        value=best.value,
        low=best.low,
        high=best.high,
        basis=best.basis,
        as_of=best.issued_at,
        assessment=best,
    )
    EmployeeScore.objects.bulk_create(
        [written], update_conflicts=True, unique_fields=["employee"], update_fields=_COLUMNS
    )
    _show(case, written)
    effect(
        file,
        gettext_noop("Score in the employee file: %(value)s (%(score_basis)s)"),
        value=str(best.value),
        score_basis=best.basis,
    )
    return True


def _show(case: OnboardingCase, score: EmployeeScore | None) -> None:
    """The case in hand has it too: a chain does not read it again."""
    EmployeeScore._meta.get_field("employee").remote_field.set_cached_value(case.employee, score)
