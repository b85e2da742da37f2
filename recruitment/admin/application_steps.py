"""The steps of an application as pages and buttons, all through recruitment.services."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin import fields
from core.admin.steps import Step, StepForm, Text
from people.actors import person_of
from recruitment.admin import consequences, windows
from recruitment.enums import (
    APPLICATION_STEPS,
    ApplicationStage,
    InterviewKind,
    InterviewState,
    OfferState,
    RoundOutcome,
)
from recruitment.models import Application, Round
from recruitment.rounds import busy
from recruitment.services import applications, notes, scheduling
from recruitment.telling import and_told


class ScheduleForm(StepForm):
    """The window in which the candidate may take the interview."""

    opens_at = fields.moment(_("window opens"))
    closes_at = fields.moment(_("window closes"))
    kind = fields.choice(_("held by"), InterviewKind.choices, initial=InterviewKind.ROOM)
    round = fields.number(_("round"), min_value=1, max_value=9, initial=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opens_at"].initial, self.fields["closes_at"].initial = windows.sensible()
        self.fields["round"].initial = windows.next_round(self.subject)

    def warnings(self, values: dict[str, Any]) -> Iterable[Text]:
        """Of the window and of the round."""
        minutes = windows.minutes_of(self.subject.opening.interview_plan.published)
        yield from windows.round_warnings(self.subject, values["round"])
        opens, closes = values["opens_at"], values["closes_at"]
        yield from windows.warnings(opens, closes, minutes=minutes)
        if values["kind"] == InterviewKind.PEOPLE:
            own = {self.subject.pk: {"opens_at": opens, "closes_at": closes}}
            yield from busy.meant_for(opens, closes, [self.subject], own=own)


class PlanStartForm(StepForm):
    """The start date; empty drops it."""

    planned_start = fields.day(
        _("planned start"), required=False, help_text=_("Empty: there is no planned start any more.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.subject is not None:
            self.fields["planned_start"].initial = self.subject.planned_start

    def warnings(self, values: dict[str, Any]) -> Iterable[Text]:
        """Of the start."""
        return windows.start_warnings(values["planned_start"])


class ReasonForm(StepForm):
    """Why; whether one is needed the service says."""

    reason = fields.words(_("reason"), required=False, max_length=applications.LONGEST_REASON)


class ConfirmForm(StepForm):
    """Nothing to fill in: the page says what will happen, and asks."""


def _schedule(request: HttpRequest, application: Application, data: dict[str, Any]) -> Text:
    scheduling.schedule(application_id=application.pk, by=person_of(request), **data)
    return and_told(_("The interview is scheduled."), application.candidate)


def _plan_start(request: HttpRequest, application: Application, data: dict[str, Any]) -> Text:
    applications.plan_start(
        application_id=application.pk, planned_start=data["planned_start"], by=person_of(request)
    )
    return _("The planned start was saved.")


# Of these the candidate is written to; the page says what became of it.
SPOKEN_OF = ("make_offer", "hire", "reject", "withdraw", "fall_through")


def _move(step: str, said: Text) -> Callable[[HttpRequest, Application, dict[str, Any]], Text]:
    def run(request: HttpRequest, application: Application, data: dict[str, Any]) -> Text:
        applications.take_step(
            application_id=application.pk, step=step, by=person_of(request), reason=data.get("reason", "")
        )
        return and_told(said, application.candidate) if step in SPOKEN_OF else said

    return run


def _reopen(request: HttpRequest, application: Application, data: dict[str, Any]) -> Text:
    moved = applications.take_step(
        application_id=application.pk, step="reopen", by=person_of(request), reason=data["reason"]
    )
    stage = ApplicationStage(moved.stage).label
    return gettext("The application goes on: %(stage)s.") % {"stage": stage}


def _from(step: str) -> Callable[[Application], bool]:
    sources = APPLICATION_STEPS.sources(step)
    return lambda application: application.stage in sources


def _is_running(application: Application) -> bool:
    return application.stage not in ApplicationStage.ended


def _enquiry(request: HttpRequest, application: Application, data: dict[str, Any]) -> Text:
    notes.log_enquiry(application_id=application.pk, by=person_of(request))
    return _("The enquiry is noted on the candidate's page.")


def main_step(application: Application) -> str | None:
    """The step that comes next from the second round on, "" while somebody else's word is awaited; None where the stage
    says nothing of it. One query at most."""
    if application.stage == ApplicationStage.OFFER:
        return "" if application.offers.filter(state__in=OfferState.open).exists() else "draft-offer"
    if application.stage != ApplicationStage.SECOND_ROUND:
        return None
    held = Round.objects.filter(interview__application=application).order_by("-interview__round")
    outcome = (
        held.exclude(interview__state=InterviewState.CANCELLED).values_list("outcome", flat=True).first()
    )
    if outcome is None:
        return "plan-round"
    return "draft-offer" if outcome == RoundOutcome.PASSED else ""


STEPS = (
    Step("screen", _("Begin screening"), _move("screen", _("Screening has begun.")), offered=_from("screen")),
    Step(
        "schedule",
        _("Schedule interview"),
        _schedule,
        form=ScheduleForm,
        look="primary",
        offered=lambda application: (
            application.stage in ApplicationStage.before_second_round
            or application.stage == ApplicationStage.SECOND_ROUND
        ),
        words=_(
            "The candidate may begin at any time while the window is open; the guide is due a day before."
        ),
    ),
    Step(
        "plan_start",
        _("Plan start date"),
        _plan_start,
        form=PlanStartForm,
        offered=_is_running,
        words=_("Preparation of the start begins as soon as a date is planned."),
    ),
    Step(
        "make_offer",
        _("To the offer stage"),
        _move("make_offer", _("The application is in the offer stage.")),
        offered=_from("make_offer"),
    ),
    Step(
        "hire",
        _("Hired"),
        _move("hire", _("Hired.")),
        form=ReasonForm,
        look="primary",
        offered=_from("hire"),
        words=_("The candidate accepted. A reason is asked only when every place of the opening is taken."),
        details=consequences.of_hire,
    ),
    Step(
        "return_to_evaluation",
        _("Take invitation back"),
        _move("return_to_evaluation", _("The invitation was taken back.")),
        form=ConfirmForm,
        offered=_from("return_to_evaluation"),
        words=_(
            "The application goes back to evaluation. Tell the candidate yourself: no message is sent for this."
        ),
    ),
    Step(
        "reject",
        _("Reject"),
        _move("reject", _("The application was rejected.")),
        form=ReasonForm,
        look="danger",
        offered=_from("reject"),
        words=_(
            "A rejection is a person's decision and needs its reason, which the candidate is never told. A message to "
            "the candidate is made and waits for the time that is set; until then it can be taken back without a word."
        ),
        details=consequences.of_end,
    ),
    Step(
        "withdraw",
        _("Candidate withdraws"),
        _move("withdraw", _("The application was withdrawn.")),
        form=ReasonForm,
        offered=_from("withdraw"),
        words=_("The candidate told you that they take the application back."),
        details=consequences.of_end,
    ),
    Step(
        "fall_through",
        _("Fell through"),
        _move("fall_through", _("The application has ended: it fell through.")),
        form=ReasonForm,
        look="danger",
        offered=_from("fall_through"),
        words=_("The candidate was offered the position, or hired, and does not come after all. Say why."),
        details=consequences.of_end,
    ),
    Step(
        "reopen",
        _("Take back: reopen"),
        _reopen,
        form=ReasonForm,
        offered=_from("reopen"),
        words=_(
            "The application goes on where it stood. Say why. Whoever was told of the end is told that it was taken "
            "back; what was not sent yet is not sent any more."
        ),
        details=consequences.of_reopening,
    ),
    Step("enquiry", _("Log an enquiry"), _enquiry),
)
