"""A question read aloud, for the candidate to whom it is asked now; reading changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.errors import NotFound
from recruitment.enums import InterviewState
from recruitment.models import Checkpoint, Interview, Voice
from recruitment.recordings import sounds
from recruitment.recordings.services import voices
from recruitment.room import auth
from recruitment.room.answering import endpoint
from recruitment.room.state import questions_of


@endpoint("GET", "HEAD")
def voice(request: HttpRequest, voice_id: int) -> HttpResponse:
    """The sound, in the range that a player asks for. 404 `voice_unknown`: of no question that is open to this room."""
    session = auth.counted_session(request)
    interview = Interview.objects.select_related("version").get(pk=session.interview_id)
    found = voices.heard(interview.version.read_aloud, _open_texts(interview))
    if voice_id not in {each.pk for each in found.values()}:
        raise NotFound("voice_unknown", _("There is no such recording."))
    sound = Voice.objects.values_list("sound", flat=True).get(pk=voice_id)
    return sounds.sent(request, bytes(sound or b""))


def _open_texts(interview: Interview) -> list[str]:
    """The words, in both languages, of the stages that are open or saved."""
    if interview.state == InterviewState.SCHEDULED:
        return []
    own = Checkpoint.objects.filter(interview=interview, attempt=interview.attempt)
    saved = set(own.values_list("stage", flat=True))
    texts: list[str] = []
    for (stage_id, *_names), questions in questions_of(interview.version_id).items():
        texts += [text for one in questions for text in (one["text"], one["text_en"]) if text.strip()]
        if stage_id not in saved:
            break
    return texts
