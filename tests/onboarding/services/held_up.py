"""An interview that holds a start up, and what the case's rows then say."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from core.events.models import Event
from onboarding.models import OnboardingCase, OnboardingDelay
from recruitment.enums import InterviewState
from recruitment.models import Interview
from tests.factories import recruitment

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Monday at ten; the window of every interview here ends that evening, so its result is expected on Tuesday.
MONDAY = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
EVENING = MONDAY + timedelta(hours=10)
# The offsets of the standard template, before Monday 14 December.
ON_TIME = {
    "approval": date(2026, 11, 30),
    "contract": date(2026, 12, 3),
    "access": date(2026, 12, 9),
    "equipment": date(2026, 12, 10),
    "first_day": date(2026, 12, 14),
}


def interview(state=InterviewState.IN_PROGRESS, **fields) -> Interview:
    fields.setdefault("window_closes_at", EVENING)
    return recruitment.interview(state=state, **fields)


def put(row: Interview, state: str, **fields) -> None:
    """Bring the interview to another state as a chain of steps would, without announcing any of them."""
    paths = {
        "interrupted": [
            ("interrupt", {"at": timezone.now(), "resume_until": timezone.now() + timedelta(hours=72)})
        ],
        "in_progress": [("resume", {})],
        "abandoned": [("abandon", {})],
        "missed": [("miss", {})],
        "cancelled": [("cancel", {})],
    }
    row = Interview.objects.get(pk=row.pk)
    for step, arguments in paths[state]:
        getattr(row, step)(**arguments)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    if state == "interrupted":
        recruitment.exit_(row, cause=fields.get("cause", "network"))


def forecast(case: OnboardingCase) -> tuple[date, date, list[int]]:
    case = OnboardingCase.objects.get(pk=case.pk)
    assert (
        OnboardingCase.objects.select_related("employee").get(pk=case.pk).employee.starts_on
        == case.forecast_start
    )
    return case.planned_start, case.forecast_start, case.provisional_years


def due(case: OnboardingCase) -> dict[str, date]:
    return dict(case.steps.values_list("kind", "due_on"))


def rows(case: OnboardingCase) -> list[tuple]:
    """Every delay of the case: working days, cause, result now expected, date unknown, still active."""
    return [
        (delay.days, delay.cause, delay.expected_result, delay.date_unknown, delay.is_active)
        for delay in OnboardingDelay.objects.filter(case=case)
    ]


def announced(kind: str = "") -> list[tuple[str, dict]]:
    events = Event.objects.filter(kind__startswith=kind or "start_forecast").order_by("pk")
    return [(event.kind, event.facts) for event in events]
