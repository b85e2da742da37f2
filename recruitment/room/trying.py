"""The exit dialog while two wordings of it stand side by side. Whatever is shown, leaving saves the same."""

from django.http import HttpRequest, HttpResponse

from recruitment.enums import ExperimentSubject
from recruitment.experiments.services import sides
from recruitment.experiments.subjects import parts_of
from recruitment.models import Interview
from recruitment.room import auth
from recruitment.room.answering import endpoint


def of_exit(application_id: int) -> sides.Trial | None:
    """What is tried of the exit dialog, with this application's side. One query."""
    return sides.trial_of(ExperimentSubject.EXIT_DIALOG, application_id)


def words_of(trial: sides.Trial | None, language: str) -> tuple[str, str] | None:
    """Heading and text in place of the usual ones; None for these."""
    text = trial.texts.get("zh-hans" if language.startswith("zh") else "en") if trial else None
    return parts_of(text) if text else None


def way_of(trial: sides.Trial | None) -> str:
    """What the page does about a wish to leave: "" asks, "noted" tells the server and asks, "at_once" does not ask."""
    if trial is None:
        return ""
    return "at_once" if trial.is_left_out else "noted"


@endpoint("POST")
def asked(request: HttpRequest) -> HttpResponse:
    """The candidate wants to leave, on either side of what is tried: 204, and 204 again; nothing else happens."""
    session = auth.counted_session(request)
    interview = Interview.objects.get(pk=session.interview_id)
    if trial := of_exit(interview.application_id):
        sides.note(trial, interview)
    return HttpResponse(status=204)
