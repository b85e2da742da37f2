"""From an event to the messages its subject requires: one way in for every receiver."""

from core.events.models import Event
from messaging.models import Message
from notifications.enums import Audience
from notifications.services import applications, follow_ups, interviews, plans, starts
from onboarding.models import OnboardingCase
from recruitment import signals
from recruitment.models import Application, Assessment, FollowUp, Interview
from training.models import TrainingPlan


def tell(event: Event, side: frozenset[Audience]) -> list[Message]:
    """Bring the messages about the event's subject to what its present state requires. Returns the new ones."""
    subject = event.subject_id
    match event.subject_type:
        case Interview._meta.label_lower:
            return interviews.tell(interview_id=subject, side=side, event=event)
        case Assessment._meta.label_lower:
            return applications.tell_of_assessment(assessment_id=subject, side=side, event=event)
        case FollowUp._meta.label_lower:
            return follow_ups.tell(follow_up_id=subject, side=side, event=event)
        case OnboardingCase._meta.label_lower:
            return starts.tell(case_id=subject, side=side, event=event)
        case TrainingPlan._meta.label_lower:
            return plans.tell(plan_id=subject, side=side, event=event)
        case Application._meta.label_lower if event.kind == signals.invitation_overdue.kind:
            return applications.tell_of_forgotten(application_id=subject, side=side, event=event)
        case Application._meta.label_lower:
            return applications.tell_of_stage(application_id=subject, side=side, event=event)
    raise LookupError(f"nobody is told about {event.subject_type}")
