"""What recruitment itself does when an interview moves. Each brings its rows to the interview's present state."""

from django.utils.translation import gettext_lazy as _

from core.events import titled
from core.events.models import Event
from core.jobs import works
from recruitment.enums import ApplicationStage
from recruitment.evaluation.services import assessments
from recruitment.offers.services import offers
from recruitment.recordings.services import keeping
from recruitment.rounds.services import feeds
from recruitment.services import applications, calls, decisions, endings, follow_ups, window_calls


@titled(_("Follow-up"))
def align_follow_up(event: Event) -> None:
    """Open, keep or close the exit follow-up."""
    follow_ups.align(interview_id=event.subject_id)


@titled(_("Assessment reports"))
def align_assessments(event: Event) -> None:
    """Issue, keep or withdraw the reports."""
    assessments.align(interview_id=event.subject_id)


@titled(_("Recordings and their time to keep"))
def keep_recordings(event: Event) -> None:
    """Make playable what came of an unfinished recorded answer."""
    keeping.keep_what_came(interview_id=event.subject_id)


@titled(_("Application stage"))
def align_application(event: Event) -> None:
    """Move the application to interviewing or evaluating."""
    applications.align(interview_id=event.subject_id)


@titled(_("Advance rule"))
def apply_advance_rule(event: Event) -> None:
    """Invite, note or ask, on a report that was issued."""
    decisions.apply_rule(assessment_id=event.subject_id)


@titled(_("Estimates from tests and résumé"))
def align_estimates(event: Event) -> None:
    """Bring the reports that rest on an application's tests and résumé facts to what these say now."""
    assessments.align_of_application(application_id=event.subject_id)


@titled(_("Decision on the second round"))
def reopen_decisions(event: Event) -> None:
    """Ask anew where an invitation was taken back."""
    decisions.reopen(application_id=event.subject_id)


@titled(_("Interviews of the application"))
def cancel_interviews(event: Event) -> None:
    """Cancel what an ended application can no longer take; bring back what it could, when its end is taken back."""
    endings.align_of_application(application_id=event.subject_id)


@titled(_("Planned starts"))
def move_starts(event: Event) -> None:
    """Move the starts that stand on what became a day off, as long work."""
    works.ask(applications.STARTS, because_of=event)


@titled(_("Interview windows on new days off"))
def name_windows(event: Event) -> None:
    """Name the windows that fell on what became a day off, as long work."""
    works.ask(window_calls.WINDOWS, because_of=event)


@titled(_("Follow-ups of the application"))
def close_follow_ups(event: Event) -> None:
    """Call nobody back whose application has ended; call again whose goes on."""
    follow_ups.align_of_application(application_id=event.subject_id)


@titled(_("Call instead"))
def call_instead(event: Event) -> None:
    """Have somebody call the candidate whom a message did not reach."""
    calls.align_of_message(message_id=event.subject_id)


@titled(_("Open offer"))
def align_offer(event: Event) -> None:
    """The open offer of an application that has ended or was hired."""
    if event.facts.get("stage") in ApplicationStage.ended:
        offers.align(application_id=event.subject_id)


def end_calendar_link(user_id: int, **_signal: object) -> None:
    """The link under which a colleague's calendar is read is a way in, too."""
    feeds.end_of(user_id)
