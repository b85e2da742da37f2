"""Opening, moving and ending the preparation of a hire."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.errors import Invalid, Refused
from core.events import effect, note
from core.events.reading import reading_once
from core.events.running import shared_step
from core.seen import require_as_seen
from onboarding import signals
from onboarding.counting import Counting
from onboarding.enums import WAITS_FOR, CaseState, StepState
from onboarding.models import OnboardingCase, OnboardingStep
from onboarding.queries import interviews_to_wait_on
from onboarding.services import delays, locking, persons, scores, steps
from onboarding.services.templates import default_template
from people.actors import Actor, Party, actor_label, actor_user, require_right
from people.calendar import require_start_day
from people.enums import EmployeeStatus
from people.rights import Right
from people.services import employees
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Candidate, Interview
from recruitment.services import applications
from recruitment.services.locking import application_in_hand


def open_case(*, application_id: int, planned_start: date, waits_on: list[int], by: Actor) -> OnboardingCase:
    """Begin the preparation of a hire; an application that has its case gets that one back, unchanged.

    Effects in order: employee file, case, steps from the default template, delays as the interviews stand now,
    score from the best report, `onboarding_case_opened`; the application's planned start.
    A person has one case: that of an application which has ended becomes this one's.
    Raises Forbidden("not_permitted"), NotFound("application_unknown"), Refused: application_ended, prepared_elsewhere,
    onboarding_template_missing; Invalid: interview_of_another_application, and for a date that a person typed
    calendar_year_missing, start_in_the_past, start_not_a_working_day.
    """
    require_right(by, Right.PREPARE)
    with reading_once(), transaction.atomic():
        if actor_user(by) is not None:
            require_start_day(planned_start)
        # All of the application's: planning the start below holds them too, and they come before the application.
        held = locking.interviews(Q(pk__in=waits_on) | Q(application=application_id))
        interviews = [interview for interview in held if interview.pk in waits_on]
        application = locking.application(application_id)
        own, elsewhere = persons.cases_of(application)
        if own is not None:
            return OnboardingCase.objects.get(pk=own)
        if application.stage in ApplicationStage.called_off:
            raise Refused("application_ended", _("This application has ended."))
        _require_of_application(interviews, waits_on, application)
        standing = None if elsewhere is None else locking.case(elsewhere)
        if standing is not None and not persons.is_to_move(standing, application):
            raise Refused(
                "prepared_elsewhere",
                _("The start of this person is being prepared for another application already."),
            )
        if standing is None:
            _open(application, planned_start, interviews, by)
        else:
            _move(standing, application, planned_start)
        if application.planned_start != planned_start:
            applications.plan_start(application_id=application.pk, planned_start=planned_start, by=by)
        return OnboardingCase.objects.get(application=application)


def align_with_application(*, application_id: int) -> None:
    """Bring the case to what the application's present stage and planned start require.

    A planned start, and neither rejected nor withdrawn: a case exists and its start is planned on that day; it waits
    on the interviews that are not over when it is opened. Until the offer is accepted its file is a prospective hire's,
    without a number. Otherwise: no case runs, its delays are lifted.
    """
    with shared_step():
        case = locking.case_of(application_id)
        application = application_in_hand(application_id) or Application.objects.get(pk=application_id)
        planned = application.planned_start if application.stage not in ApplicationStage.called_off else None
        if case is None and planned is not None:
            _open_unless_open(application_id)
        elif case is None:
            note(gettext_noop("No start is planned for this application."))
        elif planned is None and case.is_running:
            _end(locking.case(case.pk))
        elif planned is not None and not case.is_running and case.started_on is None:
            _reinstate(locking.case(case.pk), planned)
        elif planned is not None and case.is_running and case.planned_start != planned:
            delays.bring(locking.case(case.pk), planned_start=planned)
            effect(case, gettext_noop("Start planned on %(date)s"), date=planned.isoformat())
            _stand(case, application)
        elif not (case.is_running and _stand(case, application)):
            note(gettext_noop("The onboarding case already stands as it should."))


def wait_on(*, case_id: int, interview_ids: list[int], by: Actor) -> OnboardingCase:
    """Say anew which interviews' results the start needs; delays and forecast follow at once.

    Raises Forbidden("not_permitted"), NotFound("case_unknown"), Invalid("interview_of_another_application"),
    Refused("changed_meanwhile").
    """
    require_right(by, Right.PREPARE)
    with transaction.atomic():
        interviews = locking.interviews(Q(pk__in=interview_ids))
        case = locking.case(case_id)
        require_as_seen(case)
        _require_of_application(interviews, interview_ids, case.application)
        case.waits_on.set(interviews)
        delays.bring(locking.case(case_id), by=actor_label(by))
        return OnboardingCase.objects.get(pk=case_id)


def wait_on_scheduled(*, interview_id: int) -> None:
    """Let the application's running case wait on an interview that was scheduled after the case was opened.

    It is added when a case opened now would wait on it, and delays and forecast follow at once.
    """
    with shared_step():
        interview = next(iter(locking.interviews(Q(pk=interview_id))))
        running = Q(application=interview.application_id, state__in=CaseState.running)
        case = next(iter(locking.cases(running)), None)
        if case is None:
            note(gettext_noop("No onboarding case waits on this interview."))
            return
        wanted = interviews_to_wait_on(application_id=interview.application_id).filter(pk=interview_id)
        if interview in case.waits_on.all() or not wanted.exists():
            note(gettext_noop("The onboarding case already stands as it should."))
            return
        case.waits_on.add(interview)
        effect(
            case, gettext_noop("The start waits on the interview of round %(round)s"), round=interview.round
        )
        delays.bring(locking.case(case.pk), origin=interview)


def follow_candidate(*, candidate_id: int) -> None:
    """Bring the employee file to the candidate's name, phone and e-mail; once started the file is the one kept."""
    with shared_step():
        candidate = Candidate.objects.get(pk=candidate_id)
        theirs = locking.cases(Q(application__candidate=candidate, state__in=CaseState.running))
        for case in theirs:
            if employees.correct(
                employee_id=case.employee_id,
                name=candidate.name,
                phone=candidate.phone,
                email=candidate.email,
            ):
                effect(case, gettext_noop("Employee file: name and contact details corrected"))
        if not theirs:
            note(gettext_noop("No onboarding case runs for this candidate."))


def _require_of_application(found: list[Interview], asked: Iterable[int], application: Application) -> None:
    own = {interview.pk for interview in found if interview.application_id == application.pk}
    if foreign := sorted(set(asked) - own):
        raise Invalid(
            "interview_of_another_application",
            _("A start can only wait on interviews of its own application."),
            interviews=foreign,
        )


def _open_unless_open(application_id: int) -> None:
    interviews = locking.interviews(Q(pk__in=interviews_to_wait_on(application_id=application_id)))
    application = locking.application(application_id)
    own, elsewhere = persons.cases_of(application)
    if application.planned_start is None or own is not None:
        note(gettext_noop("The onboarding case already stands as it should."))
        return
    standing = None if elsewhere is None else locking.case(elsewhere)
    if standing is None:
        _open(application, application.planned_start, interviews, Party.SYSTEM)
    elif persons.is_to_move(standing, application):
        _move(standing, application, application.planned_start)
    else:
        note(gettext_noop("The start is prepared for another application of the same person."))


def _move(case: OnboardingCase, application: Application, planned_start: date) -> None:
    """On a locked case: to another application of the same person, and to what that one requires."""
    persons.hand_over(case, application)
    case = locking.case(case.pk)
    if case.is_running:
        delays.bring(case, planned_start=planned_start)
        _stand(case, application)
    else:
        _reinstate(case, planned_start)
    scores.write_for(case)


def _open(
    application: Application, planned_start: date, interviews: list[Interview], by: Actor
) -> OnboardingCase:
    template = default_template()
    candidate = application.candidate
    employee = employees.open_file(
        name=candidate.name,
        department=application.opening.department,
        position=application.opening.title,
        email=candidate.email,
        phone=candidate.phone,
        starts_on=planned_start,
        status=persons.standing_of(application),
    )
    case = OnboardingCase.objects.create(
        application=application,
        employee=employee,
        template=template,
        planned_start=planned_start,
        forecast_start=planned_start,
    )
    case.waits_on.add(*interviews)
    locking.case_of.forget()
    counting = Counting()
    OnboardingStep.objects.bulk_create(
        OnboardingStep(
            case=case,
            number=step.number,
            kind=step.kind,
            title=step.title,
            title_en=step.title_en,
            offset_working_days=step.offset_working_days,
            owner_role=step.owner_role,
            state=StepState.WAITING if WAITS_FOR[step.kind] else StepState.READY,
            due_on=counting.add(planned_start, step.offset_working_days).date,
        )
        for step in template.steps.all()
    )
    steps.settle(case)
    case = locking.case(case.pk)
    effect(case, gettext_noop("Onboarding case opened for %(date)s"), date=planned_start.isoformat())
    delays.bring(case, counting=counting, by=actor_label(by))
    scores.write_for(case)
    facts = {
        "planned_start": planned_start.isoformat(),
        "forecast": case.forecast_start.isoformat(),
        "waits_on": [interview.pk for interview in interviews],
    }
    signals.onboarding_case_opened.emit(subject=case, facts=facts, by=actor_label(by))
    return case


def _end(case: OnboardingCase) -> None:
    """On a locked case whose application has ended: it goes on for another one of the same person, or is cancelled.

    That application and its interviews are locked after the case: whoever holds them waits for nobody here, for a
    receiver gives up soon and is run again.
    """
    other = persons.next_of(case)
    if other is None or other.planned_start is None:
        _cancel(case)
    else:
        _move(case, locking.application(other.pk), other.planned_start)


def _stand(case: OnboardingCase, application: Application) -> bool:
    """Bring the file of a running case to what its application requires: who accepted the offer is taken on. Whether it
    moved."""
    standing = persons.standing_of(application)
    if case.employee.status == standing or case.employee.status not in EmployeeStatus.before_the_start:
        return False
    case.employee = employees.set_status(employee_id=case.employee_id, status=standing)
    if standing == EmployeeStatus.PREPARING:
        effect(case, gettext_noop("Taken on: employee number %(number)s"), number=case.employee.number)
    else:
        effect(case, gettext_noop("A prospective hire once more"))
    return True


def _cancel(case: OnboardingCase) -> None:
    case.cancel()
    case.save(update_fields=["state"])
    effect(case, gettext_noop("Onboarding cancelled"))
    delays.bring(case)
    employees.set_status(employee_id=case.employee_id, status=EmployeeStatus.CANCELLED)


def _reinstate(case: OnboardingCase, planned_start: date) -> None:
    case.reinstate()
    case.save(update_fields=["state"])
    standing = persons.standing_of(case.application)
    case.employee = employees.set_status(employee_id=case.employee_id, status=standing)
    delays.bring(case, planned_start=planned_start)
    steps.settle(case)
    effect(case, gettext_noop("Onboarding begun again for %(date)s"), date=planned_start.isoformat())
