"""One case and one file for each person, whatever the number of openings: for which application it is prepared."""

from django.db.models import Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.events import effect
from core.joining import joined
from core.persons import Records
from onboarding.enums import CaseState
from onboarding.models import EmployeeIdentity, OnboardingCase
from onboarding.queries import identities_of, interviews_to_wait_on
from onboarding.services import locking
from people.enums import EmployeeStatus
from people.services import employees
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Candidate, Interview


def cases_of(application: Application) -> tuple[int | None, int | None]:
    """The application's own case, and else the one that another application of the person has, by number.

    The person is held first, so that two applications cannot make two. What runs or has started comes before what was
    cancelled.
    """
    Candidate.objects.select_for_update(no_key=True).filter(pk=application.candidate_id).values("pk").first()
    rows = OnboardingCase.objects.filter(application__candidate=application.candidate_id)
    found = list(rows.order_by("pk").values_list("pk", "application", "state"))
    own = next((pk for pk, of, _state in found if of == application.pk), None)
    others = [(state == CaseState.CANCELLED, pk) for pk, of, state in found if of != application.pk]
    return own, min(others)[1] if others else None


def is_to_move(case: OnboardingCase, application: Application) -> bool:
    """Whether the person's locked case is prepared for this application rather than for the one that has it.

    It stays where it is, unless nothing is prepared there any more, or the person is hired here and not there.
    """
    there = case.application
    if case.started_on is not None:
        return False
    if there.stage in ApplicationStage.called_off or there.planned_start is None:
        return True
    return application.stage == ApplicationStage.HIRED != there.stage


def next_of(case: OnboardingCase) -> Application | None:
    """The person's other application whose start is planned, a hire first: it has the case once this one ends."""
    going_on = (
        Application.objects.filter(
            candidate=case.application.candidate_id, planned_start__isnull=False, onboarding_case=None
        )
        .exclude(stage__in=ApplicationStage.called_off)
        .order_by("pk")
    )
    return min(going_on, key=lambda row: (row.stage != ApplicationStage.HIRED, row.pk), default=None)


def hand_over(case: OnboardingCase, application: Application) -> None:
    """On a locked case: it belongs to this application from here on, waits on its interviews, and the file with it.

    Its steps stay: what was done for the person is done. Dates and score follow; the caller brings them.
    """
    interviews: list[Interview] = locking.interviews(
        Q(pk__in=interviews_to_wait_on(application_id=application.pk))
    )
    case.application = application
    case.save(update_fields=["application"])
    case.waits_on.set(interviews)
    locking.case_of.forget()
    opening = application.opening
    employees.assign(employee_id=case.employee_id, department=opening.department, position=opening.title)
    effect(
        case,
        gettext_noop("Prepared for another application of the same person: %(opening)s"),
        opening=opening.title,
    )


def standing_of(application: Application) -> EmployeeStatus:
    """Where the file of somebody whose start is prepared for this application stands: who accepted is taken on."""
    is_hired = application.stage == ApplicationStage.HIRED
    return EmployeeStatus.PREPARING if is_hired else EmployeeStatus.PROSPECTIVE


def also_looked_at(known: Records) -> Records:
    """What onboarding has pages of, and a look at which concerns the person of these applications. Two queries."""
    cases = OnboardingCase.objects.filter(application__in=known.get(Application._meta.label_lower, ()))
    return {
        OnboardingCase._meta.label_lower: list(cases.values_list("pk", flat=True)),
        EmployeeIdentity._meta.label_lower: identities_of(cases),
    }


def refuse_once_started(application: Application, step: str) -> None:
    """Who has come cannot fall through any more, and no hire of theirs is taken back: they leave.

    Refused: has_started.
    """
    if application.stage != ApplicationStage.HIRED or step not in ("fall_through", "reopen"):
        return
    if OnboardingCase.objects.filter(application=application, state=CaseState.STARTED).exists():
        raise Refused(
            "has_started",
            _("This person has started already. If they leave, mark the employee file as left."),
        )


def refuse_two_files(keep: Candidate, gone: Candidate) -> None:
    """One person has one file in use. What was called off, or is over, comes along as the history that it is.

    Refused: both_have_files, with the files of both, each named with its application: of prospective hires the name is
    all that a file says.
    """
    in_use = OnboardingCase.objects.filter(
        application__candidate__in=(keep, gone),
        employee__status__in=(*EmployeeStatus.before_the_start, EmployeeStatus.ACTIVE),
    ).exclude(state=CaseState.CANCELLED)
    files = dict(in_use.order_by("pk").values_list("application__candidate", "employee"))
    if len(set(files.values())) > 1:
        shown = [
            gettext("%(file)s (application %(number)s)")
            % {"file": case.employee, "number": case.application_id}
            for case in in_use.select_related("employee").order_by("pk")
        ]
        raise Refused(
            "both_have_files",
            _(
                "Both have an employee file in use (%(files)s): call one preparation off, or mark one as left, first."
            )
            % {"files": joined(shown)},
            files=sorted(set(files.values())),
        )
