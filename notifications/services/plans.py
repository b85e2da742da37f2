"""What a training plan that changed requires to be said, to the training specialists."""

from django.db import transaction

from core.events.models import Event
from messaging.kinds import family
from messaging.models import Message
from messaging.refs import ref
from messaging.services import messages
from messaging.services.messages import Need
from notifications import audiences, facts
from notifications.enums import Audience
from notifications.kinds import plans as kinds
from notifications.services.interviews import colleagues_due
from people.enums import Role
from people.models import User
from recruitment.enums import InterviewState
from recruitment.models import Interview, Skill
from training.enums import PlanBasis, PlanState
from training.models import TrainingPlan


def tell(*, plan_id: int, side: frozenset[Audience], event: Event | None = None) -> list[Message]:
    """Bring the message about a plan to its present version; an earlier version that was not told yet is called off.

    After a silent exit it waits until the exit has lasted. Returns the new messages.
    """
    if Audience.TRAINING not in side:
        return []
    with transaction.atomic(savepoint=False):
        plan = TrainingPlan.objects.select_for_update(no_key=True, of=("self",)).get(pk=plan_id)
        interview = facts.interview_behind(plan.application_id, event)
        colleague = audiences.holder(Role.TRAINING)
        needs: list[Need] = []
        if plan.state == PlanState.ACTIVE and interview is not None and colleague is not None:
            needs = [_need(plan, interview, colleague)]
        return messages.bring(
            needs,
            topic=ref(plan),
            kinds=family(kinds.FAMILY),
            audiences=side,
            reason="overtaken",
            origin=ref(interview) if interview else None,
            event=event,
        )


def _need(plan: TrainingPlan, interview: Interview, colleague: User) -> Need:
    items = plan.items.live().select_related("course").order_by("offset_working_days", "id")
    basis = PlanBasis(plan.basis)
    exit_ = facts.last_exit(interview) if interview.state == InterviewState.INTERRUPTED else None
    without = [row["skill"] for row in plan.uncovered]
    context = {
        **facts.of_interview(interview),
        "basis": basis.label,
        "estimate": basis != PlanBasis.FULL,
        "courses": [item.course for item in items],
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
