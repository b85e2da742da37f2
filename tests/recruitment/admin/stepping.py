"""How a step of the back office is taken, and everything that one could change."""

from datetime import timedelta

from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from core.events.models import Event
from recruitment.admin.applications import ApplicationAdmin
from recruitment.admin.follow_ups import FollowUpAdmin
from recruitment.admin.interviews import InterviewAdmin
from recruitment.admin.traces import InterviewExitAdmin, RoomLinkAdmin
from recruitment.evaluation.admin.assessments import DecisionAdmin
from recruitment.models import (
    Application,
    Assessment,
    ContactAttempt,
    Decision,
    FollowUp,
    Interview,
    InterviewExit,
    Invitation,
    RoomLink,
    RubricScore,
)

WATCHED = [
    Application,
    Assessment,
    ContactAttempt,
    Decision,
    FollowUp,
    Interview,
    InterviewExit,
    Invitation,
    RoomLink,
]
ALL_STEPS = [
    (admin, one.name)
    for admin in (
        ApplicationAdmin,
        DecisionAdmin,
        FollowUpAdmin,
        InterviewAdmin,
        InterviewExitAdmin,
        RoomLinkAdmin,
    )
    for one in admin.steps
]
ROWS = {
    ApplicationAdmin: Application,
    DecisionAdmin: Decision,
    FollowUpAdmin: FollowUp,
    InterviewAdmin: Interview,
    InterviewExitAdmin: InterviewExit,
    RoomLinkAdmin: RoomLink,
}


def state() -> dict:
    """Everything a step could change."""
    rows = {model.__name__: list(model.objects.order_by("pk").values()) for model in WATCHED}
    return rows | {
        "events": Event.objects.count(),
        "scores": list(RubricScore.objects.order_by("pk").values()),
    }


def step(row, name: str) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_step", args=[row.pk, name])


def said(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def window(days: int = 1) -> dict[str, str]:
    """So long that it holds a working day's daytime, whenever the tests run."""
    opens = timezone.localtime() + timedelta(days=days)
    return {
        "opens_at": f"{opens:%Y-%m-%dT%H:%M}",
        "closes_at": f"{opens + timedelta(days=12):%Y-%m-%dT%H:%M}",
    }


def offered(client, interview) -> set[str]:
    page = client.get(reverse("admin:recruitment_interview_change", args=[interview.pk]))
    return {one["url"].rsplit("/", 2)[1] for one in page.context["steps"]}
