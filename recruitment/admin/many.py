"""What may be done with many applications at once: what fits, and what is said beforehand."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.admin.steps import Text
from core.many.declaring import ManyStep, declare
from recruitment.admin.application_steps import ConfirmForm
from recruitment.admin.many_forms import (
    ReasonForm,
    ScheduleForm,
    SomeReasonForm,
    from_stages,
    rounds_of,
    times,
)
from recruitment.enums import (
    APPLICATION_STEPS,
    ApplicationStage,
    DecisionOutcome,
    FollowUpState,
    InterviewState,
)
from recruitment.models import Application, FollowUp, Interview, InterviewPlan
from recruitment.services import scheduling, steps
from recruitment.telling import unreachable, will_be_told


def _cannot_be_scheduled(person: Any, rows: Sequence[Any]) -> dict[int, Text]:
    found = from_stages(*ApplicationStage.before_second_round, ApplicationStage.SECOND_ROUND)(person, rows)
    running = Interview.objects.filter(
        application__in=[row.pk for row in rows], state__in=InterviewState.running
    ).order_by()
    for pk, round_ in running.values_list("application", "round"):
        found.setdefault(pk, _("Round %(round)s is not finished yet.") % {"round": round_})
    plans = {row.opening.interview_plan_id for row in rows}
    published = set(
        InterviewPlan.objects.filter(pk__in=plans, versions__published_at__isnull=False).values_list(
            "pk", flat=True
        )
    )
    for row in rows:
        if row.opening.interview_plan_id not in published:
            found.setdefault(row.pk, _("The interview plan has no published version yet."))
    return found


def _cannot_be_advanced(person: Any, rows: Sequence[Any]) -> dict[int, Text]:
    found = from_stages(*ApplicationStage.before_second_round)(person, rows)
    asked = Application.objects.filter(
        pk__in=[row.pk for row in rows],
        decisions__outcome__in=DecisionOutcome.invitable,
        decisions__assessment__status="current",
    )
    decidable = set(asked.values_list("pk", flat=True))
    for row in rows:
        if row.pk not in decidable:
            found.setdefault(row.pk, _("No report stands yet on which somebody could be invited."))
    return found


def _ends_as(stage: ApplicationStage) -> Callable[[Sequence[Any]], list[Text]]:
    """What ends with these applications, and when the candidates hear of it."""
    return lambda rows: [
        *_ends(rows),
        _("The candidates hear of it %(when)s.") % {"when": will_be_told(stage)},
    ]


def _ends(rows: Sequence[Any]) -> list[Text]:
    ids = [row.pk for row in rows]
    running = Interview.objects.filter(application__in=ids, state__in=InterviewState.running).count()
    calls = FollowUp.objects.filter(
        interview__application__in=ids, state__in=FollowUpState.unfinished
    ).count()
    starts = sum(row.planned_start is not None for row in rows)
    lines: list[Text] = []
    if running:
        lines.append(
            ngettext("%(n)s interview is cancelled.", "%(n)s interviews are cancelled.", running)
            % {"n": running}
        )
    if calls:
        lines.append(
            ngettext("%(n)s follow-up is closed.", "%(n)s follow-ups are closed.", calls) % {"n": calls}
        )
    if starts:
        said = ngettext(
            "The preparation of %(n)s start is cancelled.",
            "The preparation of %(n)s starts is cancelled.",
            starts,
        )
        lines.append(said % {"n": starts})
    lines.append(_("It can be taken back as a whole, as far as nobody has moved on since."))
    return [*unreachable(rows), *lines]


def _take(step: str) -> Callable[[Any, int, dict[str, Any]], object]:
    return lambda by, pk, values: steps.take(
        application_id=pk, step=step, by=by, reason=values.get("reason", "")
    )


def _schedule(by: Any, pk: int, values: dict[str, Any]) -> object:
    opens, closes = times(values)
    return scheduling.schedule(
        application_id=pk, opens_at=opens, closes_at=closes, kind=values["kind"], round=values["round"], by=by
    )


def _of(name: str) -> Callable[[Any, Sequence[Any]], dict[int, Text]]:
    return from_stages(*APPLICATION_STEPS.sources(name))


def _joined(rows: Any) -> Any:
    return rows.select_related("candidate", "opening")


declare(
    Application,
    ManyStep(
        name="schedule",
        title=gettext_lazy("Schedule interviews"),
        form=ScheduleForm,
        take=_schedule,
        look="primary",
        read=_joined,
        left_out=_cannot_be_scheduled,
        foresee=unreachable,
        each=rounds_of,
        words=gettext_lazy(
            "Each gets the next round and a message with the window; the guide is due a day before."
        ),
    ),
    ManyStep(
        name="screen",
        title=gettext_lazy("Begin screening"),
        form=ConfirmForm,
        take=_take("screen"),
        read=_joined,
        left_out=_of("screen"),
    ),
    ManyStep(
        name="advance",
        title=gettext_lazy("Invite to the second round"),
        form=ConfirmForm,
        take=_take("advance"),
        look="primary",
        read=_joined,
        left_out=_cannot_be_advanced,
        foresee=unreachable,
        undo="return_to_evaluation",
        words=gettext_lazy(
            "Each is invited on the strongest report that stands, whatever its basis, and a message is made."
        ),
    ),
    ManyStep(
        name="return_to_evaluation",
        title=gettext_lazy("Take invitations back"),
        form=ConfirmForm,
        take=_take("return_to_evaluation"),
        read=_joined,
        left_out=_of("return_to_evaluation"),
        words=gettext_lazy(
            "The applications go back to evaluation. Tell the candidates yourself: no message is sent for this."
        ),
    ),
    ManyStep(
        name="offer",
        title=gettext_lazy("Make offers"),
        form=ConfirmForm,
        take=_take("offer"),
        read=_joined,
        left_out=_of("make_offer"),
        foresee=unreachable,
    ),
    ManyStep(
        name="reject",
        title=gettext_lazy("Reject"),
        form=ReasonForm,
        take=_take("reject"),
        look="danger",
        read=_joined,
        left_out=_of("reject"),
        foresee=_ends_as(ApplicationStage.REJECTED),
        undo="reopen",
        words=gettext_lazy(
            "The reason is kept with each application and never told. A message to each candidate is made and waits "
            "for the time that is set; until then the rejections can be taken back without a word."
        ),
    ),
    ManyStep(
        name="withdraw",
        title=gettext_lazy("Candidates withdraw"),
        form=SomeReasonForm,
        take=_take("withdraw"),
        read=_joined,
        left_out=_of("withdraw"),
        foresee=_ends_as(ApplicationStage.WITHDRAWN),
        undo="reopen",
    ),
    ManyStep(
        name="reopen",
        title=gettext_lazy("Take back: reopen"),
        form=ReasonForm,
        take=_take("reopen"),
        read=_joined,
        left_out=_of("reopen"),
        words=gettext_lazy(
            "Each application goes on where it stood. Who was told of the end is told that it was taken back; what was "
            "not sent yet is not sent any more."
        ),
    ),
)
