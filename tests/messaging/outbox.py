"""What the rows of a message say."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from messaging.channels import Outcome
from messaging.models import Attempt, Message
from messaging.refs import Ref

INTERVIEW_1 = Ref("recruitment.interview", 1)
SHUT = Outcome(
    state="paused", code="login_535", retry_after_seconds=300, try_next_channel=True, burns_attempt=False
)


def deliveries(of: Message) -> list[tuple[str, int, str, str]]:
    return list(of.deliveries.order_by("seq").values_list("channel", "seq", "state", "last_code"))


def calls(of: Message) -> list[tuple[int, str, str]]:
    rows = Attempt.objects.filter(delivery__message=of).order_by("delivery__seq", "number")
    return list(rows.values_list("number", "outcome", "code"))


def state(of: Message) -> str:
    return Message.objects.values_list("state", flat=True).get(pk=of.pk)


def later(**step: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(**step), tick=False)
