"""What was said in a recording, beside its player and on a page of its own: as the model wrote it, and corrected."""

from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import banners, panels
from core.admin.base import ModelAdmin
from core.admin.lists import Lean
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import Step, StepForm, Text, WithSteps
from core.history.models import LookKind
from people.actors import person_of
from people.rights import Right
from people.rules import has_right
from recruitment.enums import TranscriptState
from recruitment.evaluation import providers
from recruitment.models import Transcript
from recruitment.recordings.services import writing_down

LOOKS = {"owed": "info", "written": "success", "not_allowed": "warning", "unheard": "danger"}
REASONS: dict[str, Promise] = {
    "no_sound": _("There is no sound in it."),
    "took_too_long": _("Listening to it took too long."),
    "answer_unreadable": _("What the model answered cannot be read."),
    "recording_refused": _("The service does not take this recording."),
    "recording_deleted": _("The recording was deleted before."),
    "storage_down": _("The storage of recordings could not be reached."),
    "listening_ended": _("The process that listened to it was ended."),
    "not_installed": _("The packages for transcripts are not installed (script/analysis)."),
    "installing": _("The packages for transcripts are being installed; it goes on by itself."),
    "weights_missing": _("The model's files are not there."),
    "weights_changed": _("The model's files are not those that they should be."),
    "not_configured": _("The service's address or model is not set."),
    "unreachable": _("The service cannot be reached."),
    "busy": _("The service is busy."),
    "service_failed": _("The service failed."),
    "key_refused": _("The service refuses our key."),
    "off": _("Recordings are not written down here (HRSUITE_TRANSCRIBER)."),
}
MEASURES: dict[str, Promise] = {
    "seconds_to_first_word": _("%(figure)s s until the first word"),
    "pauses": _("pauses of half a second or longer: %(figure)s"),
    "pause_seconds": _("%(figure)s s of pauses"),
    "speech_share": _("speaking for %(figure)s of the time"),
    "characters_per_minute": _("%(figure)s characters a minute"),
    "words_per_minute": _("%(figure)s words a minute"),
}
LANGUAGES: dict[str, Promise] = {"zh": _("Chinese"), "en": _("English")}
LEAST_SURE = 0.5
# Wrong also while nothing waits: somebody has set it so.
FAULTS = {"not_configured", "weights_changed"}


def waits_for() -> str:
    """Why nothing is written down at present, as a sentence; empty while somebody listens."""
    listener = providers.transcriber()
    code = "off" if listener is None else listener.health().code
    return str(REASONS[code]) if code else ""


def not_listening(request: HttpRequest) -> Any:
    """For administrators, on the first page: that recordings wait to be written down, and why. One query.

    What is being installed goes on by itself; what is not installed is a fault only where something waits for it.
    """
    listener = providers.transcriber()
    if listener is None or request.path != "/admin/" or not has_right(request.user, Right.KEEP):
        return None
    owed = Transcript.objects.filter(state=TranscriptState.OWED)
    waiting = owed.aggregate(count=Count("pk"), said=Max("reason"))
    code = listener.health().code or waiting["said"]
    if not code or code == "installing" or (not waiting["count"] and code not in FAULTS):
        return None
    return _("Recordings that wait to be written down: %(count)s. %(why)s") % {
        "count": waiting["count"],
        "why": REASONS.get(code, code),
    }


banners.register("recruitment.listener_failing", not_listening)


def words(transcript: Transcript) -> dict[str, Any]:
    """What the page shows of it."""
    return {
        "transcript": transcript,
        "address": reverse("admin:recruitment_transcript_change", args=[transcript.pk]),
        "pieces": [
            piece
            | {
                "is_unsure": piece["confidence"] is not None and piece["confidence"] < LEAST_SURE,
                "was": "" if heard["text"] == piece["text"] else heard["text"],
            }
            for piece, heard in zip(transcript.shown, transcript.pieces or [], strict=True)
        ],
        "measures": [
            MEASURES[name] % {"figure": _shown(name, value)}
            for name, value in (transcript.measures or {}).items()
            if name in MEASURES
        ],
        "reason": str(REASONS.get(transcript.reason, "")),
        "waits_for": waits_for() if transcript.state == TranscriptState.OWED else "",
    }


def _corrections(transcript: Transcript) -> list[dict[str, Any]]:
    """Every correction that was made, the newest first: who, when, and of each piece what stood there before."""
    pieces = transcript.shown
    return [
        {
            "by": made["by"],
            "at": datetime.fromisoformat(made["at"]),
            "changes": [
                {"from": pieces[place]["from"], "parts": _apart(before, after)}
                for place, before, after in made["changes"]
            ],
        }
        for made in reversed(transcript.corrections or [])
    ]


def _apart(before: str, after: str) -> list[dict[str, str]]:
    """What stayed and what changed, in order: by characters, since Chinese has no blanks between its words."""
    found = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [
        {"same": before[start:end]}
        if what == "equal"
        else {"gone": before[start:end], "new": after[begin:finish]}
        for what, start, end, begin, finish in found
    ]


def _shown(name: str, value: float) -> str:
    return f"{value:.0%}" if name == "speech_share" else f"{value:g}"


class CorrectForm(StepForm):
    """All pieces, a line for each."""

    text = forms.CharField(
        label=_("what was said, a line for each piece"),
        widget=forms.Textarea(attrs={"rows": 14}),
        strip=False,
        required=False,
    )
    is_scored = forms.BooleanField(
        label=_("Score anew what rests on these words"),
        help_text=_(
            "The score before is kept beside the new one. Without this the scores stand, and say so, until "
            "“Score this stage again” on the interview's page."
        ),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.subject is not None:
            self.fields["text"].initial = self.subject.text


def _correct(request: HttpRequest, transcript: Transcript, data: dict[str, Any]) -> Text:
    texts = data["text"].replace("\r\n", "\n").split("\n")
    # An empty line at the end may be a piece in which nothing was said.
    while len(texts) > len(transcript.shown) and not texts[-1].strip():
        texts.pop()
    writing_down.correct(
        transcript_id=transcript.pk, texts=texts, by=person_of(request), is_scored=data["is_scored"]
    )
    return _("It stands as you wrote it; what the model wrote is kept.")


def _heard(request: HttpRequest, transcript: Transcript, **more: Any) -> SafeString:
    """The recording with its words below: whoever corrects one hears it first."""
    recording = transcript.recording
    plays = bool(recording.stored_name) and not recording.segment.deletion_reason
    context = words(transcript) | {
        "alone": True,
        "plays": reverse("recordings:recording", args=[recording.pk]) if plays else "",
        "is_video": recording.mime.startswith("video/"),
        **more,
    }
    return SafeString(render_to_string("recruitment/admin/transcript_alone.html", context, request))


def _retry(request: HttpRequest, transcript: Transcript, _data: dict[str, Any]) -> Text:
    writing_down.retry(transcript_id=transcript.pk, by=person_of(request))
    return _("It will be listened to again.")


@admin.register(Transcript)
class TranscriptAdmin(Lean, Scoped, ReadOnly, WithSteps, panels.WithPanels, ModelAdmin):
    """Reached from the recording on the interview's page."""

    looked_at = LookKind.PAGE
    nothing_yet = _("Nothing has been recorded yet.")
    steps = (
        Step(
            "correct",
            _("Correct"),
            _correct,
            form=CorrectForm,
            offered=lambda transcript: transcript.state == TranscriptState.WRITTEN,
            details=_heard,
            words=_(
                "Click a word: it is played from there, and its line is found in the box. Keep one line for each "
                "piece. What the model wrote, and what stood there before, are kept. A reviewer's own score does not "
                "move."
            ),
        ),
        Step(
            "retry",
            _("Listen again"),
            _retry,
            offered=lambda transcript: transcript.state == TranscriptState.UNHEARD,
        ),
    )
    list_display = ["recorded", "interview", "state_label", "spoken", "model"]
    list_display_links = ["recorded"]
    list_filter = [("state", ChoicesDropdownFilter)]
    list_filter_submit = True
    sortable_by: list[str] = []
    fields = readonly_fields = [
        "interview",
        "question",
        "state_label",
        "spoken",
        "model",
        "written_at",
        "corrected_by",
    ]

    def with_details(self, rows: QuerySet[Transcript]) -> QuerySet[Transcript]:
        """With whose it is."""
        return rows.select_related(
            "recording__segment__answer__question",
            "recording__segment__answer__interview__application__candidate",
            "recording__segment__answer__interview__application__opening",
            "corrected_by",
        )

    @display(description=_("recording"))
    def recorded(self, transcript: Transcript) -> str:
        """By its number."""
        return f"#{transcript.recording_id}"

    @display(description=_("interview"))
    def interview(self, transcript: Transcript) -> Any:
        """Whose, with the way to where it is played."""
        answer = transcript.recording.segment.answer
        address = reverse("admin:recruitment_interview_change", args=[answer.interview_id])
        return format_html(
            '<a href="{}?attempt={}#panel-recordings">{}</a>',
            address,
            answer.attempt,
            answer.interview.application,
        )

    @display(description=_("question"))
    def question(self, transcript: Transcript) -> str:
        """As it was asked."""
        return transcript.recording.segment.answer.question.wording

    @display(description=_("language"))
    def spoken(self, transcript: Transcript) -> str:
        """By its name, where a model told one that it was asked for."""
        return str(LANGUAGES.get(transcript.language, transcript.language))

    @display(description=_("state"), label=LOOKS)
    def state_label(self, transcript: Transcript) -> Any:
        """The state in words."""
        return transcript.state, TranscriptState(transcript.state).label


def _panel(request: HttpRequest, transcript: Transcript) -> SafeString:
    """What was said, below the recording, and how it was corrected."""
    return _heard(request, transcript, corrections=_corrections(transcript))


panels.register(Transcript, panels.Panel("words", _("What was said"), _panel, order=5))
