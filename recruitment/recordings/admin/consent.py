"""Taking back a consent, to be recorded or to have faces noted: steps of an interview's page."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import fields
from core.admin.steps import ConfirmForm, Step, StepForm, Text, offer
from people.actors import person_of
from recruitment.models import FaceFigures, Interview, Segment
from recruitment.recordings.services import faces, keeping


def _withdraw_consent(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    marked = keeping.withdraw_consent(interview_id=interview.pk, by=person_of(request))
    return _("The consent was withdrawn. Recordings that are being deleted: %(count)s.") % {"count": marked}


def _what_goes(request: HttpRequest, interview: Interview) -> SafeString:
    """How many recordings of this interview are still there."""
    return format_html(
        "<p><b>{}</b></p>",
        _("Recordings that will be deleted: %(count)s.") % {"count": _kept(interview).count()},
    )


def _kept(interview: Interview) -> QuerySet[Segment]:
    return Segment.objects.filter(answer__interview=interview, deletion_reason="", deleted_at=None)


def _has_agreed_to_recording(interview: Interview) -> bool:
    """There is something to take back: the last word was yes, or recordings of an earlier yes are still kept."""
    said = [consent.given for consent in interview.consents.all() if consent.kind == "recording"]
    return any(said) and (said[-1] or _kept(interview).exists())


class SaidForm(StepForm):
    """How the candidate said so: it is the only trace of a word on the phone."""

    reason = fields.words(
        _("reason"),
        lines=2,
        max_length=300,
        help_text=_("How and when the candidate said so; it stands in the history."),
    )


def _withdraw_faces(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    deleted = faces.withdraw(interview_id=interview.pk, by=person_of(request))
    return _("The consent was withdrawn. Answers whose figures were deleted: %(count)s.") % {"count": deleted}


def _figures_that_go(request: HttpRequest, interview: Interview) -> SafeString:
    count = FaceFigures.objects.filter(answer__interview=interview).count()
    return format_html(
        "<p><b>{}</b></p>", _("Answers whose figures will be deleted: %(count)s.") % {"count": count}
    )


def _has_agreed_to_faces(interview: Interview) -> bool:
    said = {
        consent.attempt: consent.given for consent in interview.consents.all() if consent.kind == faces.KIND
    }
    return any(said.values())


offer(
    Interview,
    Step(
        "withdraw-consent",
        _("Withdraw consent to recording"),
        _withdraw_consent,
        form=ConfirmForm,
        look="danger",
        offered=_has_agreed_to_recording,
        words=_(
            "The candidate no longer agrees to be recorded. Every recording of this interview, in all attempts, is "
            "deleted within minutes and cannot be brought back. Answers in text, scores, and the fact that something "
            "was recorded stay."
        ),
        details=_what_goes,
    ),
    Step(
        "withdraw-faces",
        _("Withdraw consent to noting faces"),
        _withdraw_faces,
        form=SaidForm,
        look="danger",
        offered=_has_agreed_to_faces,
        words=_(
            "The candidate no longer agrees that faces before the camera are noted. Every figure of it of this "
            "interview, in all attempts, is deleted at once, and no more are taken. Recordings, answers, scores and "
            "the interview itself stay as they are."
        ),
        details=_figures_that_go,
    ),
)
