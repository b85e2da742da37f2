"""The morning digest: what waits, for each recruiting specialist and each lead."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, Q
from django.utils import timezone

from messaging.enums import MessageState
from messaging.models import Message
from messaging.services import messages
from notifications import audiences, facts
from notifications.enums import Audience
from notifications.kinds.digests import DIGEST
from people.models import User
from recruitment.enums import FollowUpState, InterviewState
from recruitment.models import Decision, FollowUp, Interview, PersonRequest

MOST_NAMES = 10
USEFUL_FOR = timedelta(hours=12)


def send_all() -> int:
    """Queue today's digest for everybody for whom something waits; safe to run twice. Returns how many are new."""
    made = 0
    for person in audiences.recruiters():
        own = Q(application__opening__specialist=person)
        mine = Q(interview__application__opening__specialist=person) | Q(assignee=person)
        made += _send(person, Audience.SPECIALIST, _context(own, mine, own))
    everything = _context(Q(), Q(), Q())
    perhaps = Message.objects.filter(state=MessageState.AMBIGUOUS)
    everything |= PersonRequest.objects.owed().aggregate(owed_answers=Count("pk"), owed_by=Min("due_on"))
    everything["stuck"] = Message.objects.not_told().count() + perhaps.count()
    for lead in audiences.leads():
        made += _send(lead, Audience.LEAD, everything)
    return made


def _context(interviews: Q, follow_ups: Q, decisions: Q) -> dict[str, Any]:
    now = timezone.now()
    today = timezone.localdate()
    unfinished = FollowUp.objects.filter(follow_ups, state__in=FollowUpState.unfinished).distinct()
    application = "interview__application"
    first = unfinished.select_related(f"{application}__candidate", f"{application}__opening", "assignee")
    return {
        "today": today,
        "open_follow_ups": unfinished.count(),
        "overdue": unfinished.filter(due_at__lt=now).count(),
        "interrupted": Interview.objects.filter(interviews, state=InterviewState.INTERRUPTED).count(),
        "closing_today": Interview.objects.filter(
            interviews, state=InterviewState.SCHEDULED, window_closes_at__date=today
        ).count(),
        "undecided": Decision.objects.waiting().filter(decisions).count(),
        "stuck": 0,
        "owed_answers": 0,
        "owed_by": None,
        "names": [
            {
                "candidate": follow_up.interview.application.candidate,
                "opening": follow_up.interview.application.opening,
                "due_at": follow_up.due_at,
                "assignee": follow_up.assignee,
            }
            for follow_up in first.order_by("due_at", "pk")[:MOST_NAMES]
        ],
        "queue_url": facts.admin_url(facts.FOLLOW_UP_QUEUE),
    }


def _send(person: User, audience: Audience, context: dict[str, Any]) -> bool:
    waits = ("open_follow_ups", "interrupted", "closing_today", "undecided", "stuck", "owed_answers")
    if not any(context[name] for name in waits):
        return False
    today = context["today"]
    with transaction.atomic():
        message = messages.queue(
            kind=DIGEST,
            audience=audience,
            recipient=person,
            context={**context, "person": person},
            idem_key=f"{DIGEST}:{audience}:{today}:user-{person.pk}",
            expires_at=timezone.now() + USEFUL_FOR,
        )
    return message is not None
