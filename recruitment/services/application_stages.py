"""What every step of an application writes: the stage, since when, and the day that is promised from then on."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from people.calendar import add_working_days
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Opening
from recruitment.models.promises import stated_for

# Working days, where neither the opening nor the house says anything; None in every other stage.
PROMISED = {
    ApplicationStage.APPLIED: 3,
    ApplicationStage.EVALUATING: 3,
    ApplicationStage.SECOND_ROUND: 3,
}
# Of these the opening's advance rule says the time, unless the opening says another one.
BY_THE_RULE = (ApplicationStage.EVALUATING, ApplicationStage.SECOND_ROUND)


def within(opening: Opening, stage: str, *, said: Iterable[str] | None = None) -> int | None:
    """The working days within which a word is promised to whoever comes to this stage now; None for no promise.

    The opening's own time before its advance rule's, and that before the house's. One query, none where the times were
    read already (`said`, of `recruitment.models.promises.stated_for`).
    """
    if said is None:
        said = Opening.objects.filter(pk=opening.pk).values_list(stated_for("pk"), flat=True).get()
    times = {whose: int(days) for at, whose, days in (one.split(":") for one in said) if at == stage}
    if str(opening.pk) in times:
        return times[str(opening.pk)]
    rule = getattr(opening, "advance_rule", None) if stage in BY_THE_RULE else None
    if rule is not None:
        return rule.second_round_within
    return times.get("", PROMISED.get(ApplicationStage(stage)))


def owed(application: Application, stage: str) -> int | None:
    """`within` for an application, whose opening's times came with its lock."""
    return within(application.opening, stage, said=getattr(application, "promised_times", None))


def first_promise(opening: Opening) -> date:
    """The day by which somebody who applies today hears a word. One query, and those of the calendar."""
    days = within(opening, ApplicationStage.APPLIED) or PROMISED[ApplicationStage.APPLIED]
    return add_working_days(timezone.localdate(), days).date


def save(application: Application, *, promised: int | None) -> None:
    """Write a step that was taken on a locked row; `promised` in working days, None when no word is owed."""
    application.stage_since = timezone.now()
    application.promised_by = (
        None if promised is None else add_working_days(timezone.localdate(), promised).date
    )
    application.save(
        update_fields=["stage", "stage_since", "promised_by", "stood_at", "end_reason", "planned_start"]
    )
