"""The plan of an application, brought to what is known now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.bulk import update_rows
from core.errors import NotFound
from core.events import effect, note
from core.events.models import Reaction
from core.events.reading import once_in_sets
from core.events.running import Left, current_event, leave, on_receipt_of, receipt, shared_step
from core.events.signal import Happened
from core.language import labelled
from people.actors import Actor, Party, actor_label, require_right
from people.rights import Right
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Assessment, Interview
from recruitment.services import locking
from training import knowledge
from training.choice import choose
from training.enums import PlanState
from training.models import Course, PlanItem, TrainingPlan
from training.queries import offered_courses
from training.services.items import Changes, standing_items, work_out_items, write_items
from training.signals import training_plan_changed

# From here on a start is being prepared, with or without a report.
_MADE, _MADE_OF_ONE = (
    gettext_noop("Training plan made: %(added)s items"),
    gettext_noop("Training plan made: %(added)s item"),
)
PREPARING = (ApplicationStage.SECOND_ROUND, ApplicationStage.OFFER, ApplicationStage.HIRED)


class Asked(NamedTuple):
    """The plan of one application is to be brought to what is known, on somebody's receipt."""

    application_id: int
    on_estimate: bool = False
    has_report: bool = False


@dataclass(slots=True)
class _Brought:
    """A locked plan with its application, and what became of it."""

    plan: TrainingPlan
    application: Application
    reaction: Reaction | None
    changes: Changes = field(default_factory=Changes)
    is_first: bool = False
    is_reopened: bool = False


def align(*, application_id: int, by: Actor = Party.SYSTEM) -> TrainingPlan | None:
    """Bring the plan to what the application's present state requires, at once; harmless to repeat.

    Effects, in order: the plan is made once the application has a report or has passed the first round; items that the
    known levels ask for are added, those no longer asked for are removed, the others stay the same rows with their
    evidence and due date brought up to date; done items stay. Called off: the plan is closed, and active again when
    that is taken back. The version counts up, and `training_plan_changed` is emitted, only when something changed.

    Raises Forbidden("not_permitted"), NotFound("application_not_found"). None while no plan is due.
    """
    require_right(by, Right.TRAIN)
    with shared_step():
        return _bring([Left(receipt(), Asked(application_id))], by)[application_id]


def follow(*, application_id: int, on_estimate: bool = False, has_report: bool = False) -> None:
    """`align` with the plans of the whole chain.

    `on_estimate`: all that is new is a fallback, which shows no level; it can only make the plan due. `has_report`:
    there is one, which need not be asked.
    """
    leave(settle, Asked(application_id, on_estimate, has_report))


def settle(left: list[Left]) -> None:
    """`align` for all of these: the same statements for many as for one, but for plans that are closed."""
    with shared_step():
        _bring(left, Party.SYSTEM)


def _bring(left: list[Left], by: Actor) -> dict[int, TrainingPlan | None]:
    plans = _plans(left)
    acting = _acting(left, plans)
    regenerated = []
    for one in acting:
        with on_receipt_of(one.reaction):
            if one.application.stage not in ApplicationStage.called_off:
                regenerated.append(one)
            elif one.plan.state == PlanState.CLOSED:
                note(gettext_noop("The training plan is closed"))
            else:
                _close(one.plan, by)
    _regenerate(regenerated, by)
    return {**plans, **{one.application.pk: one.plan for one in acting}}


def _plans(left: list[Left]) -> dict[int, TrainingPlan | None]:
    """The plans under their locks, None where there is none, by application."""
    application_ids = sorted({one.what.application_id for one in left})
    _locked.ahead(application_ids)
    return {application_id: _locked(application_id) for application_id in application_ids}


def _acting(left: list[Left], plans: dict[int, TrainingPlan | None]) -> list[_Brought]:
    """The plans that may change, each on the receipt of the first that asks for it; the new ones are made.

    Applications are read under the plans' locks: whoever held one may have acted on something newer.
    """
    first: dict[int, Left] = {}
    for one in left:
        asked: Asked = one.what
        is_new_to_it = plans[asked.application_id] is None or not asked.on_estimate
        if is_new_to_it and asked.application_id not in first:
            first[asked.application_id] = one
        else:
            with on_receipt_of(one.reaction):
                note(gettext_noop("The training plan stands"))
    acting, due = [], []
    for application_id, one in first.items():
        application = _application(application_id)
        plan = plans[application_id]
        if plan is not None:
            acting.append(_Brought(plan, application, one.reaction))
        elif _wants_plan(application, has_report=one.what.has_report):
            due.append((application, one.reaction))
        else:
            with on_receipt_of(one.reaction):
                note(gettext_noop("No training plan is due yet"))
    made = _made([application for application, _reaction in due])
    for application, reaction in due:
        plan = made[application.pk]
        # Somebody else made it at the same instant, and may have acted on something newer.
        seen = _application(application.pk) if plan.version else application
        acting.append(_Brought(plan, seen, reaction))
    return acting


@once_in_sets
def _locked(application_ids: Collection[int]) -> dict[int, TrainingPlan | None]:
    rows = TrainingPlan.objects.select_for_update(of=("self",)).filter(application__in=application_ids)
    return {**dict.fromkeys(application_ids), **{plan.application_id: plan for plan in rows.order_by("pk")}}


_MAKE = """
    INSERT INTO training_trainingplan (application_id, state, basis, version, uncovered, generated_at)
    SELECT id, %s, %s, 0, '[]', %s FROM unnest(%s::bigint[]) AS wanted(id)
    ON CONFLICT (application_id) DO NOTHING RETURNING application_id, id
"""


def _made(applications: Sequence[Application]) -> dict[int, TrainingPlan]:
    """The new plans, or those that somebody else made at the same instant, under their locks, by application."""
    if not applications:
        return {}
    plans = {application.pk: TrainingPlan(application=application) for application in applications}
    like = next(iter(plans.values()))
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, [like.state, like.basis, like.generated_at, sorted(plans)])
        numbers = dict(cursor.fetchall())
    for application_id, plan in plans.items():
        if application_id in numbers:
            plan.pk, plan._state.adding = numbers[application_id], False
        else:
            plans[application_id] = TrainingPlan.objects.select_for_update(of=("self",)).get(
                application=application_id
            )
        _locked.know(plans[application_id], application_id)
    return plans


def _application(application_id: int) -> Application:
    # Whoever holds it in this chain has it as it is now.
    if held := locking.application_in_hand(application_id):
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
    _announce([_Brought(plan, plan.application, receipt())], by)


def _regenerate(brought: list[_Brought], by: Actor) -> None:
    """Plans of applications that go on: what is known, what it asks for, the items, the plans, the announcements."""
    if not brought:
        return
    knowledge.read_ahead({one.application: one.plan for one in brought})
    known = {one.plan.pk: knowledge.of_application(one.application, under=one.plan) for one in brought}
    asked = {
        one.plan.pk: (one.application, tuple(row.skill.pk for row in known[one.plan.pk].skills))
        for one in brought
    }
    _courses.ahead(asked.values())
    standing = standing_items(one.plan for one in brought)
    changed = []
    for one in brought:
        plan = one.plan
        choice = choose(known[plan.pk].skills, _courses(asked[plan.pk]))
        one.changes = work_out_items(
            plan, standing.get(plan.pk, {}), choice.wanted,
            start=one.application.planned_start, version=plan.version + 1,
        )  # fmt: skip
        required = known[plan.pk].basis, choice.uncovered, PlanState.ACTIVE
        if plan.version and not one.changes and (plan.basis, plan.uncovered, plan.state) == required:
            with on_receipt_of(one.reaction):
                note(gettext_noop("The training plan stands"))
            continue
        one.is_first, one.is_reopened = plan.version == 0, plan.state == PlanState.CLOSED
        plan.basis, plan.uncovered = known[plan.pk].basis, choice.uncovered
        plan.version, plan.generated_at = plan.version + 1, timezone.now()
        changed.append(one)
    write_items([one.changes for one in changed])
    update_rows([one.plan for one in changed], ["basis", "uncovered", "version", "generated_at"])
    for one in changed:
        with on_receipt_of(one.reaction):
            _note(one)
    _announce(changed, by)


def _note(one: _Brought) -> None:
    """What became of a plan, on the running receipt; a closed one is active again."""
    changes = one.changes
    if one.is_reopened:
        one.plan.reopen()
        one.plan.save(update_fields=["state"])
        effect(one.plan, gettext_noop("Training plan active again"))
    counts = {"added": len(changes.added), "removed": len(changes.removed)}
    if one.is_first:
        made = _MADE_OF_ONE if counts["added"] == 1 else _MADE
        effect(one.plan, made, added=counts["added"])
    else:
        effect(
            one.plan,
            gettext_noop("Training plan regenerated: %(added)s added, %(removed)s removed"),
            **counts,
        )
    for item in changes.added:
        effect(item, gettext_noop("Added to the training plan: %(course)s"), course=_named(item))
    for item in changes.removed:
        effect(item, gettext_noop("Removed from the training plan: %(course)s"), course=_named(item))


def _named(item: PlanItem) -> dict[str, str]:
    return labelled(item.course.title, item.course.title_en)


@once_in_sets
def _courses(
    asked: Collection[tuple[Application, tuple[int, ...]]],
) -> dict[tuple[Application, tuple[int, ...]], list[Course]]:
    """What each application's plan may choose from, by the skills that it asks for."""
    offered = offered_courses(skill_ids={skill for _application, skills in asked for skill in skills})
    return {one: [course for course in offered if course.skill_id in one[1]] for one in asked}


def _announce(brought: list[_Brought], by: Actor) -> None:
    # A reaction's event belongs to the chain of its cause; a person's own step to the latest interview's.
    for one in brought:
        origin = None
        if one.reaction is None and current_event() is None:
            origin = Interview.objects.filter(application=one.application.pk).order_by("-round").first()
            announce_all([(one.plan, one.changes, None)], by, origin)
    followed = [one for one in brought if one.reaction is not None or current_event() is not None]
    announce_all([(one.plan, one.changes, one.reaction) for one in followed], by)


def announce_all(
    changed: Sequence[tuple[TrainingPlan, Changes, Reaction | None]],
    by: Actor,
    origin: Interview | None = None,
) -> None:
    """Say of locked plans that they changed, and how, each following from its reaction."""
    training_plan_changed.emit_all(
        [
            Happened(
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
                origin,
                reaction,
            )
            for plan, changes, reaction in changed
        ],
        by=actor_label(by),
    )
