"""Voices of questions: on a question's page its recordings, on a version's page which questions can be heard."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.admin import banners, fields
from core.admin.panels import Panel, register
from core.admin.steps import Step, StepForm, Text, offer
from people.actors import person_of
from people.rights import Right
from people.rules import has_right
from recruitment.enums_spoken import ReadAloud, VoiceKind
from recruitment.evaluation import providers
from recruitment.models import PlanVersion, Question, Voice
from recruitment.models.voices import digest_of
from recruitment.recordings import sounds
from recruitment.recordings.services import voices

LANGUAGES = (("zh-hans", _("The Chinese words")), ("en", _("The English words")))
REASONS = {
    "not_configured": _("The service's address or model is not set."),
    "unreachable": _("The service cannot be reached."),
    "busy": _("The service is busy."),
    "service_failed": _("The service failed."),
    "key_refused": _("The service refuses our key."),
}


def not_speaking(request: HttpRequest) -> Any:
    """For administrators, on the first page: how many questions wait for a synthetic voice, and why. Two queries where
    one is chosen."""
    speaker = providers.speaker()
    if speaker is None or request.path != "/admin/" or not has_right(request.user, Right.KEEP):
        return None
    count, said = voices.unspoken()
    code = speaker.health().code or said
    if not code:
        return None
    return _("Questions that wait for their voice: %(count)s. %(why)s") % {
        "count": count,
        "why": REASONS.get(code, code),
    }


banners.register("recruitment.speaker_failing", not_speaking)


class LanguageForm(StepForm):
    """Which words it is about."""

    language = fields.choice(_("words"), LANGUAGES)


class VoiceForm(LanguageForm):
    """A recording of the question's words."""

    file = fields.file(
        _("recording"),
        accept="audio/*,.m4a,.mp3,.wav,.ogg,.webm",
        help_text=_(
            "M4A, MP3, WAV, OGG or WebM, at most 10 MB and three minutes. A phone can record it at once."
        ),
    )


def _keep(request: HttpRequest, question: Question, data: dict[str, Any]) -> Text:
    voices.keep_reading(
        question_id=question.pk, language=data["language"], content=data["file"], by=person_of(request)
    )
    return _("The recording is kept. Candidates hear it where the plan lets questions be read aloud.")


def _remove(request: HttpRequest, question: Question, data: dict[str, Any]) -> Text:
    if voices.remove_reading(question_id=question.pk, language=data["language"], by=person_of(request)):
        return _("The recording is removed.")
    return _("There was no recording of these words.")


offer(
    Question,
    Step(
        "voice",
        _("Add a recording"),
        _keep,
        form=VoiceForm,
        words=_(
            "Somebody of yours reads the question. The recording belongs to these very words, in every version that "
            "asks them: once they are reworded it is heard no more. It may be added to a published version, too."
        ),
    ),
    Step("voice-remove", _("Remove the recording"), _remove, form=LanguageForm, look="danger"),
)


@require_safe
@permission_required("recruitment.view_question", raise_exception=True)
def play(request: HttpRequest, voice_id: int) -> HttpResponse:
    """One voice, for the players of these pages."""
    voice = Voice.objects.filter(pk=voice_id, sound__isnull=False).first()
    if voice is None:
        raise Http404
    return sounds.sent(request, bytes(voice.sound or b""))


def _of_question(request: HttpRequest, question: Question) -> SafeString:
    rows = [
        {
            "voice": voice,
            "words": _("The Chinese words")
            if voice.digest == digest_of(question.text)
            else _("The English words"),
            "reason": REASONS.get(voice.reason, voice.reason),
        }
        for voice in voices.of_question(question)
    ]
    context = {"rows": rows, "read_aloud": question.stage.version.get_read_aloud_display()}
    return SafeString(render_to_string("recruitment/admin/voices_of_question.html", context, request))


def _of_version(request: HttpRequest, version: PlanVersion) -> SafeString:
    """Which questions are heard in what; empty while nothing is read aloud. Two queries."""
    if version.read_aloud == ReadAloud.OFF:
        return SafeString("")
    questions = list(Question.objects.filter(stage__version=version).order_by("stage__number", "number"))
    texts = [text for one in questions for text in (one.text, one.text_en) if text.strip()]
    heard = voices.heard(version.read_aloud, texts)
    rows = [
        {
            "question": question,
            "heard": [
                words % {"how": VoiceKind(found.kind).label if (found := heard.get(text)) else _("text only")}
                for text, words in (
                    (question.text, _("in Chinese: %(how)s")),
                    (question.text_en, _("in English: %(how)s")),
                )
                if text.strip()
            ],
        }
        for question in questions
    ]
    return SafeString(render_to_string("recruitment/admin/voices_of_version.html", {"rows": rows}, request))


register(Question, Panel("voices", _("Read aloud"), _of_question, order=30))
register(PlanVersion, Panel("voices", _("Read aloud"), _of_version, order=15))
