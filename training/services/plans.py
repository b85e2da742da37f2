"""The plan of an application, brought to what is known now."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.errors import NotFound
from core.events import effect, note
from core.events.reading import once_per_chain
from core.events.running import current_event, shared_step
from people.actors import Actor, Party, actor_label, require_right
from people.rights import Right
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Assessment, Interview
from recruitment.services import locking
from training import knowledge
from training.choice import Choice, choose
from training.enums import PlanBasis, PlanState
from training.models import Course, TrainingPlan
from training.queries import offered_courses
from training.services.items import Changes, bring_items
from training.signals import training_plan_changed

# From here on a start is being prepared, with or without a report.
PREPARING = (ApplicationStage.SECOND_ROUND, ApplicationStage.OFFER, ApplicationStage.HIRED)


@dataclass(frozen=True, slots=True)
class _Required:
    """What the present state asks of a plan."""

    basis: PlanBasis
    choice: Choice


def align(
    *,
    application_id: int,
    by: Actor = Party.SYSTEM,
    on_estimate: bool = False,
    has_report: bool = False,
) -> TrainingPlan | None:
    """Bring the plan to what the application's present state requires; harmless to repeat.

    Effects, in order: the plan is made once the application has a report or has passed the first round; items that the
    known levels ask for are added, those no longer asked for are removed, the others stay the same rows with their
    evidence and due date brought up to date; done items stay. Called off: the plan is closed, and active again when
    that is taken back. The version counts up, and `training_plan_changed` is emitted, only when something changed.
    `on_estimate`: all that is new is a fallback, which shows no level; it can only make the plan due. `has_report`:
    there is one, which need not be asked.

    Raises Forbidden("not_permitted"), NotFound("application_not_found"). None while no plan is due.
    """
    require_right(by, Right.TRAIN)
    with shared_step():
        plan = _locked(application_id)
        if plan is not None and on_estimate:
            note(gettext_noop("The training plan stands"))
            return plan
        # Read under the plan's lock: whoever held it may have acted on something newer.
        application = _application(application_id)
        if plan is None:
            if not _wants_plan(application, has_report=has_report):
                note(gettext_noop("No training plan is due yet"))
                return None
            plan = _made(application)
            if plan.version:
                application = _application(application_id)
        if application.stage not in ApplicationStage.called_off:
            _regenerate(plan, application, by)
        elif plan.state == PlanState.CLOSED:
            note(gettext_noop("The training plan is closed"))
        else:
            _close(plan, by)
        return plan


@once_per_chain
def _locked(application_id: int) -> TrainingPlan | None:
    return TrainingPlan.objects.select_for_update(of=("self",)).filter(application=application_id).first()


def _made(application: Application) -> TrainingPlan:
    """The new plan, or the one that somebody else made at the same instant, under its lock."""
    plan = TrainingPlan(application=application)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO training_trainingplan (application_id, state, basis, version, uncovered, generated_at)"
            " VALUES (%s, %s, %s, 0, '[]', %s) ON CONFLICT (application_id) DO NOTHING RETURNING id",
            [application.pk, plan.state, plan.basis, plan.generated_at],
        )
        made = cursor.fetchone()
    if made is None:
        plan = TrainingPlan.objects.select_for_update(of=("self",)).get(application=application)
    else:
        plan.pk, plan._state.adding = made[0], False
    _locked.know(plan, application.pk)
    return plan


def _application(application_id: int) -> Application:
    # Whoever holds it in this chain has it as it is now.
    if held := locking.application.known(application_id):
        return held
    application = Application.objects.filter(pk=application_id).select_related("candidate", "opening").first()
    if application is None:
        raise NotFound("application_not_found", _("There is no such application."))
    return application


def _wants_plan(application: Application, *, has_report: bool) -> bool:
    if application.stage in ApplicationStage.called_off:
        return False
    return (
        has_report
        or application.stage in PREPARING
        or Assessment.objects.filter(interview__application=application).exists()
    )


def _close(plan: TrainingPlan, by: Actor) -> None:
    plan.close()
    plan.version += 1
    plan.generated_at = timezone.now()
    plan.save(update_fields=["state", "version", "generated_at"])
    effect(plan, gettext_noop("Training plan closed"))
    _announce(plan, Changes(), by)


def _regenerate(plan: TrainingPlan, application: Application, by: Actor) -> None:
    required = _required(application, plan)
    version = plan.version + 1
    changes = bring_items(plan, required.choice.wanted, start=application.planned_start, version=version)
    standing = (plan.basis, plan.uncovered, plan.state)
    if (
        plan.version
        and not changes
        and standing == (required.basis, required.choice.uncovered, PlanState.ACTIVE)
    ):
        note(gettext_noop("The training plan stands"))
        return
    is_first = plan.version == 0
    if plan.state == PlanState.CLOSED:
        plan.reopen()
        effect(plan, gettext_noop("Training plan active again"))
    plan.basis, plan.uncovered = required.basis, required.choice.uncovered
    plan.version, plan.generated_at = version, timezone.now()
    plan.save(update_fields=["state", "basis", "uncovered", "version", "generated_at"])
    if is_first:
        effect(plan, gettext_noop("Training plan made: %(added)s items"), added=len(changes.added))
    else:
        effect(
            plan,
            gettext_noop("Training plan regenerated: %(added)s added, %(removed)s removed"),
            added=len(changes.added),
            removed=len(changes.removed),
        )
    for item in changes.added:
        effect(item, gettext_noop("Added to the training plan: %(course)s"), course=item.course.title)
    for item in changes.removed:
        effect(item, gettext_noop("Removed from the training plan: %(course)s"), course=item.course.title)
    _announce(plan, changes, by)


def _required(application: Application, plan: TrainingPlan) -> _Required:
    known = knowledge.of_application(application, under=plan)
    courses = _courses(application, tuple(required.skill.pk for required in known.skills))
    return _Required(known.basis, choose(known.skills, courses))


@once_per_chain
def _courses(application: Application, skill_ids: tuple[int, ...]) -> list[Course]:
    """What the application's plan may choose from."""
    return offered_courses(skill_ids=skill_ids)


def _announce(plan: TrainingPlan, changes: Changes, by: Actor) -> None:
    # A reaction's event belongs to the chain of its cause; a person's own step to the latest interview's.
    origin = None
    if current_event() is None:
        origin = Interview.objects.filter(application=plan.application_id).order_by("-round").first()
    announce_all([(plan, changes)], by, origin)


def announce_all(
    changed: Sequence[tuple[TrainingPlan, Changes]], by: Actor, origin: Interview | None = None
) -> None:
    """Say of locked plans that they changed, and how."""
    training_plan_changed.emit_all(
        [
            (
                plan,
                {
                    "state": str(plan.state),
                    "version": plan.version,
                    "basis": str(plan.basis),
                    "added": len(changes.added),
                    "removed": len(changes.removed),
                    "updated": len(changes.updated),
                    "kept_done": changes.kept_done,
                },
            )
            for plan, changes in changed
        ],
        origin=origin,
        by=actor_label(by),
    )
