"""What a step's page says of telling the candidate: beforehand when they will hear; afterwards what became of it, read
from the message that came of it, not from what was meant."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import contacts
from core.admin.steps import Caution, Text
from messaging import quiet
from messaging.models import Message
from messaging.told import NOT_TOLD, telling_now
from recruitment.models import Candidate

_waits: list[Callable[[str], timedelta]] = []


def register_waits(wait_of: Callable[[str], timedelta]) -> None:
    """How long word of a stage waits before it goes out, by the stage's code: known to whoever tells it."""
    _waits[:] = [wait_of]


def will_be_told(stage: str) -> str:
    """When word of this stage goes out if it is reached now, in words; at night it waits until the morning."""
    wait = _waits[0](stage) if _waits else timedelta()
    now = timezone.now()
    at = quiet.held(now + wait)
    if at == now:
        return _("at once")
    return _("on %(at)s") % {"at": date_format(timezone.localtime(at), "n-j H:i")}


def unreachable(rows: Sequence[Any]) -> list[Text]:
    """How many have no address at all: they are to be called."""
    silent = sum(not (row.candidate.phone or row.candidate.email) for row in rows)
    said = ngettext(
        "%(n)s candidate has neither phone nor e-mail and cannot be told.",
        "%(n)s candidates have neither phone nor e-mail and cannot be told.",
        silent,
    )
    return [said % {"n": silent}] if silent else []


# A step is over within this: what was written to the candidate since came of it.
JUST_NOW = timedelta(seconds=10)


def and_told(done: object, candidate: Candidate, *, since: datetime | None = None) -> str:
    """What was done, and what became of the message to the candidate: on its way, or whom to call instead.

    `since`: when the step was begun. A warning where somebody has to call.
    """
    begun = since or timezone.now() - JUST_NOW
    newest = (
        Message.objects.to(candidate).filter(created_at__gte=begun).with_telling().order_by("-pk").first()
    )
    gap = "" if str(done).endswith("。") else " "
    said = f"{done}{gap}{words(newest, candidate)}"
    return Caution(said) if newest is not None and telling_now(newest).state in NOT_TOLD else said


def words(message: Message | None, candidate: Candidate) -> str:
    """What became of the newest message to a candidate, with the number to call where it reached nobody."""
    if message is None:
        return _("No message to the candidate came of this.")
    telling = telling_now(message)
    if telling.state not in NOT_TOLD:
        return _("Message to the candidate: %(told)s.") % {"told": telling}
    if candidate.phone:
        asked = {"told": telling, "phone": contacts.shown(candidate.phone)}
        return _("The candidate has not been told (%(told)s): please call %(phone)s.") % asked
    return _("The candidate has not been told (%(told)s), and no number is on file.") % {"told": telling}
