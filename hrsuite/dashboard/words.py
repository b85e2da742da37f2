"""A chain in words: what an event, a receiver and an effect are called on screen."""

from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.actors import Party

EVENTS = {
    "interview_scheduled": gettext_lazy("Interview scheduled"),
    "interview_started": gettext_lazy("Interview started"),
    "interview_interrupted": gettext_lazy("Interview interrupted"),
    "interview_resumed": gettext_lazy("Candidate returned"),
    "interview_completed": gettext_lazy("Interview completed"),
    "interview_abandoned": gettext_lazy("Interview abandoned"),
    "interview_missed": gettext_lazy("Interview missed"),
    "interview_cancelled": gettext_lazy("Interview cancelled"),
    "interview_rescheduled": gettext_lazy("Interview rescheduled"),
    "stage_saved": gettext_lazy("Stage saved"),
    "exit_cause_corrected": gettext_lazy("Exit cause corrected"),
    "follow_up_opened": gettext_lazy("Follow-up opened"),
    "follow_up_claimed": gettext_lazy("Follow-up claimed"),
    "follow_up_closed": gettext_lazy("Follow-up closed"),
    "follow_up_late": gettext_lazy("Follow-up is late"),
    "assessment_issued": gettext_lazy("Assessment issued"),
    "assessment_withdrawn": gettext_lazy("Assessment withdrawn"),
    "application_advanced": gettext_lazy("Application advanced"),
    "application_moved": gettext_lazy("Application moved"),
    "application_ended": gettext_lazy("Application ended"),
    "evidence_changed": gettext_lazy("Test or résumé fact entered"),
    "start_planned": gettext_lazy("Start planned"),
    "invitation_overdue": gettext_lazy("Invitation overdue"),
    "onboarding_case_opened": gettext_lazy("Onboarding case opened"),
    "onboarding_step_done": gettext_lazy("Onboarding step done"),
    "start_forecast_changed": gettext_lazy("Start forecast moved"),
    "start_forecast_restored": gettext_lazy("Start forecast restored"),
    "training_plan_changed": gettext_lazy("Training plan changed"),
    "calendar_year_loaded": gettext_lazy("Working calendar changed"),
}
RECEIVERS = {
    "recruitment.align_follow_up": gettext_lazy("Follow-up"),
    "recruitment.align_assessments": gettext_lazy("Assessment reports"),
    "recruitment.align_application": gettext_lazy("Application stage"),
    "recruitment.apply_advance_rule": gettext_lazy("Advance rule"),
    "recruitment.keep_recordings": gettext_lazy("Recordings and their time to keep"),
    "recruitment.reopen_decisions": gettext_lazy("Decision on the second round"),
    "recruitment.align_estimates": gettext_lazy("Estimates from tests and résumé"),
    "recruitment.close_follow_ups": gettext_lazy("Follow-ups of an ended application"),
    "recruitment.cancel_interviews": gettext_lazy("Interviews of an ended application"),
    "onboarding.align_delay": gettext_lazy("Onboarding delay"),
    "onboarding.align_case": gettext_lazy("Onboarding case"),
    "onboarding.wait_on_interview": gettext_lazy("Interviews that a start waits on"),
    "onboarding.write_employee_score": gettext_lazy("Employee file"),
    "onboarding.recompute_provisional": gettext_lazy("Provisional dates"),
    "training.align_plan": gettext_lazy("Training plan"),
    "training.count_due_dates": gettext_lazy("Due dates of courses"),
    "notifications.tell_candidate": gettext_lazy("Message to the candidate"),
    "notifications.tell_staff": gettext_lazy("Messages to colleagues"),
    "notifications.align_guide": gettext_lazy("Interview guide"),
}
# The first part of a receiver's name says whose it is; used where the receiver has no words of its own.
HOUSES = {
    "recruitment": gettext_lazy("Recruitment"),
    "onboarding": gettext_lazy("Onboarding"),
    "training": gettext_lazy("Training"),
    "notifications": gettext_lazy("Messages"),
    "people": gettext_lazy("People and calendar"),
}


def event_words(kind: str) -> str:
    """What happened; a kind without words reads as it is named."""
    return str(EVENTS.get(kind) or kind.replace("_", " "))


def receiver_words(name: str) -> str:
    """Whose work it is."""
    if name in RECEIVERS:
        return str(RECEIVERS[name])
    house, _dot, verb = name.partition(".")
    return f"{HOUSES.get(house, house)} · {verb.replace('_', ' ')}" if verb else name


def actor_words(label: str) -> str:
    """Who acted: candidate, vendor and system in words, a colleague by name."""
    return str(Party(label).label) if label in Party.values else label


def effect_words(effect: dict[str, Any]) -> str:
    """An effect's sentence: its label translated, its codes shown as the row's own choices show them."""
    params = {name: _shown(effect["type"], name, value) for name, value in effect.get("params", {}).items()}
    try:
        return _(effect["label"]) % params
    except (KeyError, TypeError, ValueError):
        return str(effect["label"])


def _shown(model_label: str, name: str, value: Any) -> Any:
    """A choice's label, when the row has a field of that name with choices; else the value."""
    try:
        field = apps.get_model(model_label)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return value
    return dict(getattr(field, "flatchoices", None) or ()).get(value, value)
