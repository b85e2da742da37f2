"""The steps of a preparation: done, undone, and the first day."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid, NotFound, Refused
from core.events import DurableSignal
from onboarding import signals
from onboarding.enums import WAITS_FOR, CaseState, StepKind, StepState
from onboarding.models import OnboardingCase, OnboardingStep
from onboarding.services import delays, locking, scores
from people.actors import Actor, actor_label, actor_user, require_hr, require_right
from people.enums import EmployeeStatus, Role
from people.rights import Right
from people.rules import is_lead
from people.services import employees
from recruitment.enums import ApplicationStage

LONGEST_OBJECTION = 300
OBJECTION = ["objection", "objected_at", "objected_by"]


def complete_step(*, step_id: int, by: Actor) -> OnboardingStep:
    """Mark a step as done; the first day's step is `mark_started` as of today.

    Effects in order: the step, with the report that an approval rests on; the steps that waited for it; the case when
    everything before the first day is done; `onboarding_step_done`. A department manager does the approvals that are
    the managers' in the own tree.
    Raises Forbidden("not_permitted"), NotFound("step_unknown"), Refused: case_over, step_already_done, step_not_ready.
    """
    with transaction.atomic():
        case, step = _locked_for(step_id, by)
        _require_running(case)
        if step.kind == StepKind.FIRST_DAY:
            mark_started(case_id=case.pk, on=timezone.localdate(), by=by)
            return OnboardingStep.objects.get(pk=step_id)
        _require_ready(step)
        _complete(case, step, by)
        settle(case)
        _announce(signals.onboarding_step_done, case, step, by)
        return step


def object_to_step(*, step_id: int, reason: str, by: Actor) -> OnboardingStep:
    """Whoever decides on a start does not agree: the approval stays to be decided, and says who objected and why.

    `onboarding_step_objected`; the same once more: nothing. Invalid: reason_missing. Forbidden("not_permitted"),
    NotFound: step_unknown, step_decides_nothing (no approval). Refused: as `complete_step`.
    """
    reason = reason.strip()[:LONGEST_OBJECTION]
    if not reason:
        raise Invalid("reason_missing", _("Say why you do not agree."))
    with transaction.atomic():
        case, step = _locked_for(step_id, by)
        if step.kind != StepKind.APPROVAL:
            raise NotFound("step_decides_nothing", _("This step is no approval."))
        _require_running(case)
        _require_ready(step)
        if (step.objection, step.objected_by) == (reason, actor_user(by)):
            return step
        step.objection, step.objected_at, step.objected_by = reason, timezone.now(), actor_user(by)
        step.save(update_fields=OBJECTION)
        _announce(signals.onboarding_step_objected, case, step, by)
        return step


def reopen_step(*, step_id: int, by: Actor) -> OnboardingStep:
    """Take back a step that was marked by mistake; what waits for it waits again, what is done stays done.

    Effects in order: the step, those that wait for it, the case, delays, `onboarding_step_reopened`.
    Raises Forbidden("not_permitted"), NotFound("step_unknown"), Refused: case_over, step_not_done.
    """
    with transaction.atomic():
        case, step = _locked_for(step_id, by)
        _require_running(case)
        if step.state != StepState.DONE:
            raise Refused("step_not_done", _("This step is not done."))
        step.undo()
        step.done_at = step.done_by = step.rests_on = None
        step.save(update_fields=["state", "done_at", "done_by", "rests_on"])
        settle(case)
        delays.bring(locking.case(case.pk), by=actor_label(by))
        _announce(signals.onboarding_step_reopened, case, step, by)
        return step


def mark_started(*, case_id: int, by: Actor, on: date | None = None) -> OnboardingCase:
    """The person has come, today or on a day that is over.

    Effects in order: first-day step, case, delays lifted, employee file active from that day, `onboarding_step_done`.
    Raises Forbidden("not_permitted"), NotFound("case_unknown"), Refused: case_over, case_not_ready, not_hired,
    Invalid("start_in_the_future").
    """
    require_right(by, Right.PREPARE)
    on = on or timezone.localdate()
    if on > timezone.localdate():
        raise Invalid("start_in_the_future", _("A start is recorded on its day or afterwards."))
    with transaction.atomic():
        case = locking.case(case_id)
        _require_running(case)
        if case.state != CaseState.READY:
            raise Refused("case_not_ready", _("Some steps before the first day are not done."))
        if case.application.stage != ApplicationStage.HIRED:
            raise Refused("not_hired", _("The offer has not been accepted yet."))
        first_day = [step for step in case.steps.all() if step.kind == StepKind.FIRST_DAY]
        for step in first_day:
            _complete(case, step, by)
        case.start(on=on)
        case.save(update_fields=["state", "started_on"])
        delays.bring(case, by=actor_label(by))
        employees.set_status(employee_id=case.employee_id, status=EmployeeStatus.ACTIVE, starts_on=on)
        for step in first_day:
            _announce(signals.onboarding_step_done, case, step, by)
        return case


def settle(case: OnboardingCase) -> None:
    """Open what nothing holds any more, hold what waits again, and bring the case's state to it."""
    steps = list(case.steps.all())
    unfinished = {step.kind for step in steps if step.state != StepState.DONE}
    for step in steps:
        if step.state == StepState.DONE:
            continue
        is_held = not unfinished.isdisjoint(WAITS_FOR[step.kind])
        if is_held and step.state == StepState.READY:
            step.hold()
            step.save(update_fields=["state"])
        elif not is_held and step.state == StepState.WAITING:
            step.open()
            step.save(update_fields=["state"])
    is_prepared = unfinished.isdisjoint(StepKind.preparation)
    if is_prepared and case.state == CaseState.PREPARING:
        case.get_ready()
        case.save(update_fields=["state"])
    elif not is_prepared and case.state == CaseState.READY:
        case.prepare_again()
        case.save(update_fields=["state"])


def _locked(step_id: int) -> tuple[OnboardingCase, OnboardingStep]:
    """The case of a step under its lock, and the step as read after it."""
    case_id = OnboardingStep.objects.filter(pk=step_id).values_list("case", flat=True).first()
    if case_id is not None:
        case = locking.case(case_id)
        for step in case.steps.all():
            if step.pk == step_id:
                return case, step
    raise NotFound("step_unknown", _("There is no such onboarding step."))


def _locked_for(step_id: int, by: Actor) -> tuple[OnboardingCase, OnboardingStep]:
    """The same, for somebody whose part it is."""
    person = actor_user(by)
    is_of_the_tree = (
        person is not None
        and person.is_manager
        and OnboardingStep.objects.visible_to(person).filter(pk=step_id).exists()
    )
    if not is_of_the_tree:
        require_hr(by)
    case, step = _locked(step_id)
    _require_owner(step, by)
    return case, step


def _require_ready(step: OnboardingStep) -> None:
    if step.state == StepState.DONE:
        raise Refused("step_already_done", _("This step is done already."))
    if step.state == StepState.WAITING:
        raise Refused("step_not_ready", _("This step waits for an earlier one."))


def _require_owner(step: OnboardingStep, by: Actor) -> None:
    """An approval is its owner's alone, and the lead's; whoever prepares a start may stand in for other owners."""
    person = actor_user(by)
    if person is None or is_lead(person) or step.owner_role in person.roles:
        return
    if step.owner_role == Role.MANAGER and person.is_manager:
        return
    if step.kind == StepKind.APPROVAL:
        raise Forbidden(
            "not_permitted",
            _("This approval is for its owner: %(role)s.") % {"role": step.get_owner_role_display()},
        )
    require_right(by, Right.PREPARE)


def _require_running(case: OnboardingCase) -> None:
    if not case.is_running:
        raise Refused(
            "case_over", _("This person has started, or the onboarding was cancelled."), state=case.state
        )


def _complete(case: OnboardingCase, step: OnboardingStep, by: Actor) -> None:
    step.complete()
    step.done_at, step.done_by = timezone.now(), actor_user(by)
    if step.kind == StepKind.APPROVAL:
        step.rests_on = scores.best_assessment(application_id=case.application_id)
    step.objection, step.objected_at, step.objected_by = "", None, None
    step.save(update_fields=["state", "done_at", "done_by", "rests_on", *OBJECTION])


def _announce(signal: DurableSignal, case: OnboardingCase, step: OnboardingStep, by: Actor) -> None:
    facts = {"step": step.pk, "kind": step.kind, "case_state": case.state}
    signal.emit(subject=case, facts=facts, by=actor_label(by))
