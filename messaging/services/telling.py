"""Telling somebody another way: a colleague takes on what no channel has taken, calls, and says how it went."""

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotFound, Refused
from messaging.enums import Settled
from messaging.models import Message
from people.actors import Actor, actor_user, require_hr
from people.models import User

BY_PEOPLE = (Settled.CALLED, Settled.UNREACHABLE)


def claim(*, message_id: int, by: Actor) -> Message:
    """Take it on to tell them; once more by the same colleague changes nothing, and who has left holds none.

    Raises Forbidden, Invalid("person_required"), NotFound("message_not_found"), Refused("message_needs_no_call",
    "already_claimed").
    """
    user = _caller(by)
    with transaction.atomic():
        message = _waiting(message_id)
        holder = message.claimed_by
        if holder is not None and holder.pk != user.pk and holder.is_active:
            raise Refused(
                "already_claimed", format_lazy(_("{name} has taken this on already."), name=str(holder))
            )
        message.claimed_by = user
        message.save(update_fields=["claimed_by"])
    return message


def close(*, message_id: int, how: str, by: Actor) -> Message:
    """Say how it went: they were told (`called`), or could not be reached (`unreachable`). Nobody has to call any more.

    What is still tried goes on: they may read it, too. Raises Forbidden, Invalid("outcome_unknown", "person_required"),
    NotFound("message_not_found"), Refused("message_needs_no_call").
    """
    user = _caller(by)
    if how not in BY_PEOPLE:
        raise Invalid("outcome_unknown", _("Unknown outcome."), outcomes=list(BY_PEOPLE))
    with transaction.atomic():
        message = _waiting(message_id)
        message.claimed_by, message.settled_at, message.settled_how = user, timezone.now(), how
        message.save(update_fields=["claimed_by", "settled_at", "settled_how"])
    return message


def _caller(by: Actor) -> User:
    require_hr(by)
    user = actor_user(by)
    if user is None:
        raise Invalid("person_required", _("A person has to do this."))
    return user


def _waiting(message_id: int) -> Message:
    """The message under its lock, which nobody was told, or perhaps nobody."""
    rows = Message.objects.select_for_update(no_key=True, of=("self",)).select_related("claimed_by")
    message = rows.filter(pk=message_id).first()
    if message is None:
        raise NotFound("message_not_found", _("There is no such message."))
    rows = Message.objects.filter(pk=message.pk)
    if not (rows.not_told() | rows.in_doubt()).exists():
        raise Refused("message_needs_no_call", _("Nobody has to call about this message any more."))
    return message
