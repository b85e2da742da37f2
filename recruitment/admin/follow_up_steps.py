"""The steps of a follow-up: one click each in the queue, the rest on its page, all through recruitment.services."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin import fields, looks
from core.admin.steps import Step, StepForm, Text
from core.errors import Invalid
from people.actors import person_of
from recruitment.enums import ContactChannel, ExitCause, FollowUpKind, FollowUpState, Outcome
from recruitment.models import FollowUp
from recruitment.rounds import busy
from recruitment.rounds.services import slots
from recruitment.services import days_off, follow_ups, interviews, window_calls
from recruitment.telling import and_told

OUTCOMES = [(value, Outcome(value).label) for value in Outcome.by_people]


class ContactForm(StepForm):
    """How somebody tried, and whether the candidate answered."""

    channel = fields.choice(_("channel"), ContactChannel.choices, initial=ContactChannel.PHONE)
    reached = fields.tick(_("reached"))
    note = fields.words(_("note"), required=False, max_length=300)


class CauseForm(StepForm):
    """Why the candidate left."""

    cause = fields.choice(_("cause"), ExitCause.choices)


class CloseForm(StepForm):
    """How it ended, and the cause where it was learnt."""

    outcome = fields.choice(_("outcome"), OUTCOMES)
    cause = fields.choice(_("cause"), [("", "–"), *ExitCause.choices], required=False)
    note = fields.words(_("note"), required=False, max_length=500)


class MoveForm(StepForm):
    """Nothing to fill in; of a round it is asked who is busy at the new time."""

    def warnings(self, values: dict[str, Any]) -> Iterable[Text]:
        """Who of a round's interviewers is busy elsewhere then."""
        interview = self.subject.interview
        found = days_off.fallen([interview]).get(interview.pk)
        if found is None:
            return ()
        called, _room, _held = slots.booked_with(interview)
        return busy.warnings(found.opens_at, found.closes_at, called)


def _claim(request: HttpRequest, follow_up: FollowUp, data: dict[str, Any]) -> Text:
    follow_ups.claim(follow_up_id=follow_up.pk, by=person_of(request))
    return _("You have taken this on.")


def _called(reached: bool, said: Text) -> Callable[[HttpRequest, FollowUp, dict[str, Any]], Text]:
    def run(request: HttpRequest, follow_up: FollowUp, data: dict[str, Any]) -> Text:
        follow_ups.record_contact(
            follow_up_id=follow_up.pk, by=person_of(request), channel=ContactChannel.PHONE, reached=reached
        )
        return said

    return run


def _contact(request: HttpRequest, follow_up: FollowUp, data: dict[str, Any]) -> Text:
    follow_ups.record_contact(follow_up_id=follow_up.pk, by=person_of(request), **data)
    return _("The contact attempt was noted.")


def _cause(request: HttpRequest, follow_up: FollowUp, data: dict[str, Any]) -> Text:
    if follow_up.exit_id is None:
        raise Invalid("exit_unknown", _("This follow-up has no exit whose cause could be recorded."))
    interviews.correct_cause(exit_id=follow_up.exit_id, cause=data["cause"], by=person_of(request))
    return _("The cause was recorded.")


def _close(request: HttpRequest, follow_up: FollowUp, data: dict[str, Any]) -> Text:
    follow_ups.close(follow_up_id=follow_up.pk, by=person_of(request), **data)
    return _("The follow-up is closed.")


def _move(request: HttpRequest, follow_up: FollowUp, data: dict[str, Any]) -> Text:
    interview = window_calls.move(follow_up_id=follow_up.pk, by=person_of(request))
    at = looks.span(interview.window_opens_at, interview.window_closes_at)
    return and_told(_("The interview was moved to %(at)s.") % {"at": at}, interview.application.candidate)


def _leave(request: HttpRequest, follow_up: FollowUp, data: dict[str, Any]) -> Text:
    window_calls.leave(follow_up_id=follow_up.pk, by=person_of(request))
    return _("The window stays as it is.")


def _is_unfinished(follow_up: FollowUp) -> bool:
    return follow_up.state in FollowUpState.unfinished


def _is_about_a_day_off(follow_up: FollowUp) -> bool:
    return _is_unfinished(follow_up) and follow_up.kind == FollowUpKind.DAY_OFF


STEPS = (
    Step(
        "claim",
        _("Claim"),
        _claim,
        look="primary",
        in_list=True,
        offered=lambda follow_up: follow_up.state == FollowUpState.OPEN,
    ),
    Step(
        "reached",
        _("Got through"),
        _called(True, _("Noted: reached by phone.")),
        in_list=True,
        offered=_is_unfinished,
    ),
    Step(
        "not-reached",
        _("Not reached"),
        _called(False, _("Noted: tried by phone, not reached.")),
        in_list=True,
        offered=_is_unfinished,
    ),
    Step(
        "move",
        _("Move to working days"),
        _move,
        form=MoveForm,
        words=_("The same hours on working days. The candidate is told the new time at once."),
        look="primary",
        in_list=True,
        offered=_is_about_a_day_off,
    ),
    Step("leave", _("Leave as it is"), _leave, in_list=True, offered=_is_about_a_day_off),
    Step("contact", _("Note another contact"), _contact, form=ContactForm, on_page=False),
    Step("cause", _("Record cause"), _cause, form=CauseForm, on_page=False),
    Step(
        "close",
        _("Close"),
        _close,
        form=CloseForm,
        in_list=True,
        on_page=False,
        offered=_is_unfinished,
        words=_(
            "The candidate has been dealt with. An outcome counts as a contact attempt. “Withdrawn” ends the "
            "reminders; the application itself is withdrawn on its own page."
        ),
    ),
)
