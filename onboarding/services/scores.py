"""The score in the employee file: the best report that stands, or none."""

from django.utils.translation import gettext_noop

from core.events import effect, note
from core.events.models import Reaction
from core.events.running import Left, leave, on_receipt_of, receipt, shared_step
from core.figures import Basis
from onboarding.models import EmployeeScore, OnboardingCase
from onboarding.services import locking
from recruitment.models import Assessment
from recruitment.standing import application_of_assessment, standing_reports_of

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
    """A report was issued or withdrawn: bring the score in the file of its application's case to the best one, with
    those of the whole chain."""
    leave(settle, assessment_id)


def settle(left: list[Left]) -> None:
    """`write` for all of these: the same statements for many as for one, but for scores that are taken off."""
    with shared_step():
        application_of_assessment.ahead(one.what for one in left)
        of = {one.what: application_of_assessment(one.what) for one in left}
        locking.case_of.ahead(pk for pk in sorted({pk for pk in of.values() if pk is not None}))
        wanted: dict[int, tuple[OnboardingCase, Reaction | None]] = {}
        for one in left:
            application_id = of[one.what]
            case = None if application_id is None else locking.case_of(application_id)
            with on_receipt_of(one.reaction):
                if case is None:
                    note(gettext_noop("This application has no onboarding case yet."))
                elif case.pk in wanted:
                    note(gettext_noop("The employee file already shows the best report."))
                else:
                    wanted[case.pk] = case, one.reaction
        if not wanted:
            return
        standing_reports_of.ahead(case.application_id for case, _reaction in wanted.values())
        for (_case, reaction), has_changed in zip(
            wanted.values(), _write(list(wanted.values())), strict=True
        ):
            if not has_changed:
                with on_receipt_of(reaction):
                    note(gettext_noop("The employee file already shows the best report."))


def write_for(case: OnboardingCase) -> bool:
    """On a locked case: score, interval, basis and source into the file, or off it when no report stands.

    Returns whether the file changed.
    """
    return _write([(case, receipt())])[0]


def _write(wanted: list[tuple[OnboardingCase, Reaction | None]]) -> list[bool]:
    """`write_for` for many locked cases, each noted on its receipt; whether each file changed."""
    changed, written = [], []
    for case, reaction in wanted:
        with on_receipt_of(reaction):
            best = best_assessment(application_id=case.application_id)
            file = case.employee
            standing = getattr(file, "onboarding_score", None)
            if best is None or best.value is None or best.low is None or best.high is None:
                changed.append(standing is not None)
                if standing is not None:
                    EmployeeScore.objects.filter(pk=file.pk).delete()
                    _show(case, None)
                    effect(file, gettext_noop("Score taken off the employee file"))
                continue
            is_new = standing is None or (standing.assessment_id, standing.value) != (best.pk, best.value)
            changed.append(is_new)
            if is_new:
                score = EmployeeScore(
                    employee=file,
                    value=best.value,
                    low=best.low,
                    high=best.high,
                    basis=best.basis,
                    as_of=best.issued_at,
                    assessment=best,
                )
                _show(case, score)
                written.append(score)
                effect(
                    file,
                    gettext_noop("Score in the employee file: %(value)s (%(score_basis)s)"),
                    value=str(best.value),
                    score_basis=best.basis,
                )
    if written:
        EmployeeScore.objects.bulk_create(
            {score.employee_id: score for score in written}.values(),
            update_conflicts=True,
            unique_fields=["employee"],
            update_fields=_COLUMNS,
        )
    return changed


def _show(case: OnboardingCase, score: EmployeeScore | None) -> None:
    """The case in hand has it too: a chain does not read it again."""
    EmployeeScore._meta.get_field("employee").remote_field.set_cached_value(case.employee, score)
