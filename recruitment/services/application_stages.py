"""What every step of an application writes: the stage, since when, and the day that is promised from then on."""

from django.utils import timezone

from people.calendar import add_working_days
from recruitment.models import Application

DEFAULT_SECOND_ROUND_WITHIN = 3


def second_round_within(application: Application) -> int:
    """The promised working days until the second-round notice, by the opening's rule."""
    rule = getattr(application.opening, "advance_rule", None)
    return rule.second_round_within if rule else DEFAULT_SECOND_ROUND_WITHIN


def save(application: Application, *, promised: int | None) -> None:
    """Write a step that was taken on a locked row; `promised` in working days, None when no word is owed."""
    application.stage_since = timezone.now()
    application.promised_by = (
        None if promised is None else add_working_days(timezone.localdate(), promised).date
    )
    application.save(
        update_fields=["stage", "stage_since", "promised_by", "stood_at", "end_reason", "planned_start"]
    )
