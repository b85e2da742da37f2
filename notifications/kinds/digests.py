"""What is said each morning."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from notifications.enums import Audience
from notifications.rendering import render
from notifications.validity import stays_true

DIGEST = MessageKind(
    code="digest",
    title=_("Daily digest"),
    audiences=(Audience.SPECIALIST, Audience.LEAD),
    words=render,
    holds=stays_true,
    family=None,
    waits_at_night=True,
    names_others=True,
)

KINDS = (DIGEST,)
