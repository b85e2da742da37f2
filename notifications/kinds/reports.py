"""What colleagues are sent of the reports: a kept view as its link alone, and the letter of the week."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from notifications.enums import Audience
from notifications.rendering import render
from notifications.validity import stays_true

VIEW = MessageKind(
    code="report_view",
    title=_("Report on schedule"),
    audiences=(Audience.COLLEAGUE,),
    words=render,
    holds=stays_true,
    family=None,
    waits_at_night=True,
    names_others=True,
)
LETTER = MessageKind(
    code="weekly_letter",
    title=_("Weekly letter"),
    audiences=(Audience.LEAD, Audience.MANAGER),
    words=render,
    holds=stays_true,
    family=None,
    waits_at_night=True,
    names_others=True,
)

KINDS = (VIEW, LETTER)
