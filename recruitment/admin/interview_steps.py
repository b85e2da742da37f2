"""The steps of an interview as pages and buttons, all through recruitment.services."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import fields, looks
from core.admin.looks import SHOWN_ONCE
from core.admin.steps import ConfirmForm, Step, StepForm, Text
from core.errors import NotFound
from people.actors import person_of
from recruitment.admin import windows
from recruitment.enums import INTERVIEW_STEPS, ExitCause, InterviewKind, InterviewState
from recruitment.evaluation.services import scoring
from recruitment.models import Checkpoint, Interview, InterviewExit, RoomLink, RubricScore
from recruitment.models.interviews import live_state_of
from recruitment.rounds import busy
from recruitment.rounds.services import slots
from recruitment.services import endings, interviews, links, meetings, scheduling
from recruitment.telling import and_told


class RescheduleForm(StepForm):
    """The new window, and whether the finished stages come along."""

    opens_at = fields.moment(_("window opens"))
    closes_at = fields.moment(_("window closes"))
    keep_checkpoints = fields.tick(
        _("keep finished stages"),
        initial=True,
        help_text=_("Otherwise the candidate starts from the first stage."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opens_at"].initial, self.fields["closes_at"].initial = windows.sensible()

    def warnings(self, values: dict[str, Any]) -> Iterable[Text]:
        """Of the window, and who of a round's interviewers is busy elsewhere then."""
        opens, closes = values["opens_at"], values["closes_at"]
        yield from windows.warnings(opens, closes, minutes=windows.minutes_of_interview(self.subject))
        called, _room, _held = slots.booked_with(self.subject)
        yield from busy.warnings(opens, closes, called)


class OverrideForm(StepForm):
    """The reviewer's own score of one competency in one stage; empty takes it back."""

    score = forms.ModelChoiceField(queryset=RubricScore.objects.none(), widget=forms.HiddenInput)
    value = forms.CharField(label=_("reviewer's score"), required=False, max_length=8)
    reason = fields.words(_("reviewer's reason"), required=False, lines=2, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = RubricScore.objects.filter(checkpoint__interview=self.subject)
        self.fields["score"].queryset = mine  # type: ignore[attr-defined]
        self.fields["value"].widget.attrs["class"] = fields.CLASSES


class ConfirmScoreForm(StepForm):
    """One score of this interview."""

    score = forms.ModelChoiceField(queryset=RubricScore.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = RubricScore.objects.filter(checkpoint__interview=self.subject)
        self.fields["score"].queryset = mine  # type: ignore[attr-defined]


class ScoreAgainForm(StepForm):
    """One saved stage of this interview."""

    checkpoint = forms.ModelChoiceField(queryset=Checkpoint.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["checkpoint"].queryset = Checkpoint.objects.filter(interview=self.subject)  # type: ignore[attr-defined]


class TookPlaceForm(StepForm):
    """What is worth remembering of a meeting."""

    note = fields.words(_("note"), required=False, max_length=meetings.LONGEST_NOTE)


class CauseForm(StepForm):
    """Why somebody left, as it was learnt."""

    exit = forms.ModelChoiceField(queryset=InterviewExit.objects.none(), widget=forms.HiddenInput)
    cause = fields.choice(_("cause"), ExitCause.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["exit"].queryset = InterviewExit.objects.filter(interview=self.subject)  # type: ignore[attr-defined]


class LinkForm(StepForm):
    """One of this interview's links."""

    link = forms.ModelChoiceField(queryset=RoomLink.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["link"].queryset = RoomLink.objects.filter(interview=self.subject)  # type: ignore[attr-defined]


def _reschedule(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    scheduling.reschedule(interview_id=interview.pk, by=person_of(request), **data)
    return and_told(_("The interview has a new window."), interview.application.candidate)


def _window(request: HttpRequest, interview: Interview) -> SafeString:
    """The window that it has now stands before the new one."""
    shown = {
        "state": interview.get_state_display(),
        "at": looks.span(interview.window_opens_at, interview.window_closes_at),
    }
    return format_html('<p class="hs-note">{}</p>', _("Now: %(state)s, %(at)s") % shown)


def _cancel(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    endings.cancel(interview_id=interview.pk, by=person_of(request))
    return and_told(_("The interview was cancelled."), interview.application.candidate)


def _took_place(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    meetings.took_place(interview_id=interview.pk, note=data["note"], by=person_of(request))
    return and_told(_("Noted: the interview took place."), interview.application.candidate)


def _did_not_come(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    meetings.did_not_come(interview_id=interview.pk, by=person_of(request))
    done = _("Noted: the candidate did not come. A follow-up is open.")
    return and_told(done, interview.application.candidate)


def _mint(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> TemplateResponse:
    """The link is on this one page only: it is kept as a hash, and put into no message, cookie or log."""
    token = links.mint(interview_id=interview.pk, by=person_of(request))
    address = settings.BASE_URL + reverse("room:confirm", args=[token])
    link = RoomLink.objects.filter(interview=interview).latest("pk")
    context = {
        **admin.site.each_context(request),
        "title": _("Link for the candidate"),
        "subtitle": str(interview),
        "interview": interview,
        "address": address,
        "link": link,
    }
    return TemplateResponse(request, "recruitment/admin/link_once.html", context, headers=SHOWN_ONCE)


def _revoke(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    links.revoke(link_id=data["link"].pk, by=person_of(request))
    return _("The link was revoked; whoever has it open has to ask for a new one.")


def _override(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    scoring.override(
        score_id=data["score"].pk, value=data["value"].strip(), reason=data["reason"], by=person_of(request)
    )
    return _("The reviewer's score was saved; both scores are kept.")


def _confirm(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    scoring.confirm(score_id=data["score"].pk, by=person_of(request))
    return _("Confirmed: the score counts as yours, and stands whatever scores later.")


def _score_again(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    if scoring.score_again(checkpoint_id=data["checkpoint"].pk, by=person_of(request)):
        return _("The stage was scored again; what was scored before stands beside it.")
    return _("The model is asked again; what it says will stand beside what was scored before.")


def _finish_review(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    scoring.finish_review(interview_id=interview.pk, by=person_of(request))
    return _("The review is finished. The manager hears once how the report stands now.")


def _correct_cause(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    if data["exit"].interview_id != interview.pk:
        raise NotFound("exit_unknown", _("There is no such exit."))
    interviews.correct_cause(exit_id=data["exit"].pk, cause=data["cause"], by=person_of(request))
    return _("The cause was recorded.")


def _stored(step: str) -> Any:
    sources = INTERVIEW_STEPS.sources(step)
    # A lapsed lease reads as interrupted before the sweep has written it: offer what will be possible in a moment.
    return lambda interview: interview.state in sources or live_state_of(interview) in sources


def _is_held_by_people(step: str) -> Any:
    sources = (InterviewState.SCHEDULED,) if step == "miss" else InterviewState.running
    return lambda interview: interview.kind == InterviewKind.PEOPLE and interview.state in sources


def _may_enter(interview: Interview) -> bool:
    return interview.state in InterviewState.running


STEPS = (
    Step(
        "reschedule",
        _("Reschedule"),
        _reschedule,
        form=RescheduleForm,
        details=_window,
        look="primary",
        offered=_stored("reschedule"),
        words=_(
            "A message with the new time is made for the candidate at once; afterwards this page says whether it could "
            "go out. What waits for this interview is counted again."
        ),
    ),
    Step(
        "took-place",
        _("Took place"),
        _took_place,
        form=TookPlaceForm,
        look="primary",
        offered=_is_held_by_people("complete"),
        words=_(
            "The interview counts as completed, and a message to the candidate is made. No report is made of it."
        ),
    ),
    Step(
        "did-not-come",
        _("Did not come"),
        _did_not_come,
        form=ConfirmForm,
        offered=_is_held_by_people("miss"),
        words=_(
            "The interview counts as missed: a follow-up is opened, and a message that HR will call is made for the "
            "candidate."
        ),
    ),
    Step("mint", _("New link"), _mint, offered=_may_enter),
    Step(
        "cancel",
        _("Cancel interview"),
        _cancel,
        form=ConfirmForm,
        look="danger",
        offered=_stored("cancel"),
        words=_(
            "Its reports are withdrawn, delays lifted and follow-ups closed, and a message to the candidate is made; "
            "afterwards the page says whether it could be sent."
        ),
    ),
    Step(
        "override",
        _("Reviewer's score"),
        _override,
        form=OverrideForm,
        on_page=False,
        words=_("Your score stands beside the rubric's, and counts instead of it."),
    ),
    Step("confirm_score", _("Confirm the score"), _confirm, form=ConfirmScoreForm, on_page=False),
    Step("score_again", _("Score this stage again"), _score_again, form=ScoreAgainForm, on_page=False),
    Step(
        "finish_review",
        _("Review finished"),
        _finish_review,
        offered=lambda interview: (
            interview.state == InterviewState.COMPLETED
            and interview.checkpoints.filter(scores__overridden_at__isnull=False).exists()
        ),
    ),
    Step("correct-cause", _("Record cause"), _correct_cause, form=CauseForm, on_page=False),
    Step("revoke", _("Revoke link"), _revoke, form=LinkForm, on_page=False, look="danger"),
)
