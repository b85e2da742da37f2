"""What may be done with many interviews, follow-ups and candidates at once."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin.steps import Text
from core.many.declaring import ManyStep, declare
from recruitment.admin.application_steps import ConfirmForm
from recruitment.admin.follow_up_steps import CloseForm
from recruitment.admin.many_forms import OpeningForm, WindowForm, not_theirs, times, windows_of
from recruitment.enums import (
    INTERVIEW_STEPS,
    ApplicationStage,
    FollowUpState,
    InterviewState,
)
from recruitment.models import Candidate, FollowUp, Interview
from recruitment.rounds import busy
from recruitment.rounds.services import slots
from recruitment.services import applications, endings, follow_ups, scheduling
from recruitment.telling import unreachable


def _states(step: str) -> Callable[[Any, Sequence[Any]], dict[int, Text]]:
    """Interviews in any other state are left out, and those whose application has ended."""
    sources = INTERVIEW_STEPS.sources(step)

    def left_out(person: Any, rows: Sequence[Any]) -> dict[int, Text]:
        found = not_theirs(person, Interview, rows)
        for row in rows:
            if row.state not in sources:
                found[row.pk] = _("The interview is “%(state)s”.") % {
                    "state": InterviewState(row.state).label
                }
            elif row.application.stage in ApplicationStage.ended:
                found[row.pk] = _("This application has ended.")
        return found

    return left_out


def _with_people(rows: Any) -> Any:
    return rows.select_related("application__candidate", "application__opening")


class RescheduleForm(WindowForm):
    """The windows; of rounds also who is busy then."""

    def warnings(self, values: dict[str, Any]) -> Iterable[Text]:
        """Of the windows, and of every round what stands against its time: calendars kept elsewhere, other rounds."""
        yield from super().warnings(values)
        own, booked = windows_of(values, self.subject), slots.booked_with_each(self.subject)
        yield from busy.warnings_of_many(
            [
                busy.Booking(**own[row.pk], interviewers=people, room=room, held=held, whose=str(row))
                for row in self.subject
                for people, room, held in [booked[row.pk]]
            ]
        )


def _reschedule(by: Any, pk: int, values: dict[str, Any]) -> object:
    opens, closes = times(values)
    return scheduling.reschedule(interview_id=pk, opens_at=opens, closes_at=closes, by=by)


declare(
    Interview,
    ManyStep(
        name="reschedule",
        title=gettext_lazy("Reschedule interviews"),
        form=RescheduleForm,
        take=_reschedule,
        look="primary",
        read=_with_people,
        left_out=_states("reschedule"),
        foresee=lambda rows: unreachable([row.application for row in rows]),
        each=windows_of,
        words=gettext_lazy(
            "Saved stages come along; a message with the new window is made for each candidate."
        ),
    ),
    ManyStep(
        name="cancel",
        title=gettext_lazy("Cancel interviews"),
        form=ConfirmForm,
        take=lambda by, pk, values: endings.cancel(interview_id=pk, by=by),
        look="danger",
        read=_with_people,
        left_out=_states("cancel"),
        foresee=lambda rows: unreachable([row.application for row in rows]),
        words=gettext_lazy(
            "Reports are withdrawn, delays lifted, follow-ups closed, and the candidates told."
        ),
    ),
)


def _calls(*states: str) -> Callable[[Any, Sequence[Any]], dict[int, Text]]:
    """Follow-ups in any other state are left out."""

    def left_out(person: Any, rows: Sequence[Any]) -> dict[int, Text]:
        found = not_theirs(person, FollowUp, rows)
        for row in rows:
            if row.state not in states:
                found[row.pk] = _("The follow-up is “%(state)s”.") % {"state": FollowUpState(row.state).label}
        return found

    return left_out


def _with_calls(rows: Any) -> Any:
    return rows.select_related("interview__application__candidate", "interview__application__opening")


declare(
    FollowUp,
    ManyStep(
        name="claim",
        title=gettext_lazy("Claim follow-ups"),
        form=ConfirmForm,
        take=lambda by, pk, values: follow_ups.claim(follow_up_id=pk, by=by),
        look="primary",
        read=_with_calls,
        left_out=_calls(FollowUpState.OPEN),
    ),
    ManyStep(
        name="close",
        title=gettext_lazy("Close follow-ups"),
        form=CloseForm,
        take=lambda by, pk, values: follow_ups.close(
            follow_up_id=pk, outcome=values["outcome"], note=values["note"], cause=values["cause"], by=by
        ),
        read=_with_calls,
        left_out=_calls(*FollowUpState.unfinished),
        words=gettext_lazy("One outcome for all of them; it counts as a contact attempt with each."),
    ),
)


declare(
    Candidate,
    ManyStep(
        name="apply",
        title=gettext_lazy("Apply for an opening"),
        form=OpeningForm,
        take=lambda by, pk, values: applications.apply(candidate_id=pk, opening_id=values["opening"], by=by),
        look="primary",
        words=gettext_lazy(
            "An application for each of them; who has one there already keeps it. A word on the next step is due "
            "within 3 working days."
        ),
    ),
)
