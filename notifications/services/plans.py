"""What a training plan that changed requires to be said, to the training specialists."""

from core.events.models import Event
from messaging.kinds import family
from messaging.refs import Ref, ref
from messaging.services.deciding import Brief, Need
from notifications import audiences, facts
from notifications.enums import Audience
from notifications.kinds import plans as kinds
from notifications.services.interviews import colleagues_due
from notifications.services.scene import Scene
from people.enums import Role
from people.models import User
from recruitment.enums import InterviewState
from recruitment.models import Interview, Skill
from training.enums import PlanBasis, PlanState
from training.models import TrainingPlan


def decide(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief | None:
    """What a plan's present version requires to be said; an earlier version that was not told yet is called off.

    After a silent exit it waits until the exit has lasted.
    """
    if Audience.TRAINING not in side:
        return None
    plan = scene.plans[event.subject_id]
    interview = scene.interview_behind(plan.application_id, Ref(event.origin_type, event.origin_id))
    needs: list[Need] = []
    if plan.state == PlanState.ACTIVE and interview is not None:
        colleague = audiences.holder(Role.TRAINING, interview.application.opening.department)
        needs = [_need(plan, interview, colleague)] if colleague is not None else []
    return Brief(
        topic=ref(plan),
        needs=needs,
        kinds=family(kinds.FAMILY),
        audiences=side,
        origin=ref(interview) if interview else None,
        event=event,
    )


def _need(plan: TrainingPlan, interview: Interview, colleague: User) -> Need:
    basis = PlanBasis(plan.basis)
    exit_ = facts.last_exit(interview) if interview.state == InterviewState.INTERRUPTED else None
    without = [row["skill"] for row in plan.uncovered]
    context = {
        **facts.of_interview(interview),
        "basis": basis.label,
        "estimate": basis != PlanBasis.FULL,
        "courses": [item.course for item in plan.items.all()],
        "uncovered": list(Skill.objects.filter(code__in=without)) if without else [],
        "plan_url": facts.admin_url(f"training/trainingplan/{plan.pk}/change/"),
    }
    return Need(
        kind=kinds.CHANGED,
        audience=Audience.TRAINING,
        to=colleague,
        key=f"plan:{plan.pk}:version-{plan.version}",
        context=context,
        due_at=colleagues_due(exit_, interview) if exit_ else None,
    )
