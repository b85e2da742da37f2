"""The messages about one interview, on the interview's page, and its guide by hand."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin.panels import Panel
from core.admin.steps import ConfirmForm, Step, Text
from core.many.declaring import ManyStep
from messaging.models import Message
from messaging.told import NOT_TOLD, tellings
from notifications.services import guides
from people.actors import person_of
from people.rules import is_hr
from recruitment.enums import InterviewState
from recruitment.models import Interview
from recruitment.rules import recruitable
from recruitment.telling import and_told

MOST = 100


def _send_guide(request: HttpRequest, interview: Interview, values: dict[str, Any]) -> Text:
    guide = guides.send_now(interview_id=interview.pk, by=person_of(request))
    return and_told(_("The guide was made."), interview.application.candidate, since=guide.created_at)


# Its button stands in the panel, beside the messages.
GUIDE = Step("send-guide", _("Send the interview guide now"), _send_guide, on_page=False)


def _not_ahead(person: Any, rows: Sequence[Any]) -> dict[int, Text]:
    """Interviews that are not ahead any more are left out."""
    theirs, now = recruitable(person, Interview, [row.pk for row in rows]), timezone.now()
    found: dict[int, Text] = {}
    for row in rows:
        if row.pk not in theirs:
            found[row.pk] = gettext("Only recruiting specialists of this department may do this.")
        elif row.state != InterviewState.SCHEDULED or row.window_closes_at <= now:
            found[row.pk] = gettext("The interview is not ahead any more.")
    return found


REMIND = ManyStep(
    name="remind",
    title=_("Send the interview guide now"),
    form=ConfirmForm,
    take=lambda by, pk, values: guides.send_now(interview_id=pk, by=by),
    read=lambda rows: rows.select_related("application__candidate", "application__opening"),
    left_out=_not_ahead,
    words=_(
        "Each candidate gets the window, the way in and what to prepare; who has it already is not sent it again."
    ),
)


def _render(request: HttpRequest, interview: Interview) -> SafeString:
    told = Message.objects.visible_to(request.user).belonging_to(interview).with_telling()
    rows = tellings(told.select_related("user").order_by("-id")[:MOST])
    guided = interview.state == InterviewState.SCHEDULED and is_hr(request.user)
    if not rows and not guided:
        return SafeString("")
    address = reverse("admin:recruitment_interview_step", args=[interview.pk, GUIDE.name])
    context = {
        "messages": rows,
        "not_told": NOT_TOLD,
        "guide_address": address if guided else None,
        "guide": GUIDE,
    }
    return SafeString(render_to_string("notifications/admin/panel.html", context, request))


MESSAGES = Panel("messages", _("Messages"), _render, order=40)
