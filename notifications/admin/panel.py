"""The messages about one interview, on the interview's page."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin.panels import Panel
from notifications.models import Message
from people.rules import is_hr
from recruitment.enums import InterviewState
from recruitment.models import Interview

MOST = 100


def _render(request: HttpRequest, interview: Interview) -> SafeString:
    told = (
        Message.objects.visible_to(request.user)
        .filter(interview=interview)
        .select_related("user", "candidate")
        .with_channel()
        .order_by("-id")[:MOST]
    )
    rows = list(told)
    guided = interview.state == InterviewState.SCHEDULED and is_hr(request.user)
    if not rows and not guided:
        return SafeString("")
    context = {"messages": rows, "guided": interview if guided else None}
    return SafeString(render_to_string("notifications/admin/panel.html", context, request))


MESSAGES = Panel("messages", _("Messages"), _render, order=40)
