"""Whether a plan notes faces before the camera: a step of its draft, with what the law says about it."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import fields
from core.admin.steps import Step, StepForm, Text, offer
from people.actors import person_of
from recruitment.enums_faces import Faces
from recruitment.models import PlanVersion
from recruitment.recordings import facelib
from recruitment.recordings.services import faces


class FacesForm(StepForm):
    """What is to be noted, why, and that the law was asked."""

    faces = fields.choice(_("note faces before the camera"), Faces.choices)
    reason = fields.words(
        _("reason"),
        lines=2,
        max_length=300,
        help_text=_("Which purpose it serves; it stands in the history."),
    )
    is_checked = forms.BooleanField(
        label=_("Our counsel agreed, and candidates who refuse go on in the same way"), required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["faces"].initial = self.subject.faces if self.subject else Faces.OFF

    def clean(self) -> dict[str, Any]:
        """Switching on takes the tick; switching off never does."""
        data = super().clean() or {}
        if data.get("faces") not in (None, Faces.OFF) and not data.get("is_checked"):
            self.add_error("is_checked", _("Please have it checked first."))
        return data


def _switch(request: HttpRequest, version: PlanVersion, data: dict[str, Any]) -> Text:
    draft = faces.switch(version_id=version.pk, faces=data["faces"], by=person_of(request))
    return _(
        "Noting faces before the camera: %(faces)s. It holds for interviews of this version once it is published."
    ) % {"faces": draft.get_faces_display()}


def _law(request: HttpRequest, version: PlanVersion) -> SafeString:
    context = {
        "is_installed": facelib.is_installed(),
        "commands": facelib.FETCH,
        "files": sorted(facelib.PINS),
    }
    return SafeString(render_to_string("recruitment/admin/faces_law.html", context, request))


offer(
    PlanVersion,
    Step(
        "faces",
        _("Decide whether faces are noted"),
        _switch,
        form=FacesForm,
        offered=lambda version: version.published_at is None,
        words=_(
            "While a candidate who agreed to it records an answer, the candidate's own browser counts how often no "
            "face is there, several are, or the head is turned. Counts alone are kept, beside the recording and as "
            "long; they are part of no score, report, filter or rule."
        ),
        details=_law,
    ),
)
