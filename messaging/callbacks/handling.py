"""Acting on what was kept: each event by whoever declared it, safe to run twice, outside any transaction.

What WeCom says is a hint: who acts on it reads again how things stand.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.errors import DomainError
from messaging.callbacks.intake import fields_of
from messaging.enums import CallbackState
from messaging.models import Callback
from messaging.providers.errors import ProviderError
from people.models import User

# As long as one may take; whoever died over it leaves it to the next one after that.
LEASE = timedelta(seconds=60)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=30)
MOST_TRIES = 10
UNKNOWN = "unknown_event"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What WeCom told us."""

    fields: Mapping[str, str] = field(repr=False)
    received_at: datetime
    conversation_id: int | None = None
    # Ends it in the caller's transaction, with what it does: from then on it is not acted on again.
    settle: Callable[[], None] = field(default=lambda: None, repr=False)

    def get(self, name: str) -> str:
        """A field, empty where it is missing."""
        return self.fields.get(name, "")


def colleague(userid: str) -> User | None:
    """Who this is here, if their account is in use. WeCom writes user ids in lower case where it likes."""
    return User.objects.filter(is_active=True, wecom_userid__iexact=userid).first() if userid else None


# Answers a code for the record, empty when all went as it should.
Handle = Callable[[Told], str]
_handlers: dict[str, Handle] = {}


def register(event: str, handle: Handle) -> None:
    """Let `handle` act on these. A DomainError ends it with its code; a ProviderError, or a defect, is tried again.
    Raises ValueError for an event that somebody acts on already."""
    if event in _handlers:
        raise ValueError(f"{event} is declared twice")
    _handlers[event] = handle


def act_on_due(limit: int = 20) -> int:
    """Act on what waits, at most `limit`, the oldest first; returns how many were taken in hand.

    Several pumps share the work. Who dies half way leaves it to the next one.
    """
    taken = 0
    while taken < limit and (callback := _claim()) is not None:
        taken += 1
        if callback.tries > MOST_TRIES:
            # A defect ends the last try; only a process that died left it open.
            _end(callback, CallbackState.FAILED, "process_ended")
            continue
        _act(callback)
    return taken


def _claim() -> Callback | None:
    now = timezone.now()
    with transaction.atomic(durable=True):
        waiting = Callback.objects.select_for_update(skip_locked=True).filter(
            state=CallbackState.WAITING, due_at__lte=now
        )
        callback = waiting.order_by("due_at", "id").first()
        if callback is None:
            return None
        callback.tries += 1
        callback.due_at = now + LEASE
        callback.save(update_fields=["tries", "due_at"])
    return callback


def _act(callback: Callback) -> None:
    handle = _handlers.get(callback.event)
    try:
        told = Told(
            fields=fields_of(callback.content.encode()),
            received_at=callback.received_at,
            conversation_id=callback.conversation_id,
            settle=lambda: _end(callback, CallbackState.DONE, ""),
        )
        code = UNKNOWN if handle is None else handle(told)
    except DomainError as error:
        code = error.code
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 -- a defect in one must not stop the others
        _not_now(callback, error.code if isinstance(error, ProviderError) else type(error).__name__)
        return
    _end(callback, CallbackState.DONE, code)


def _not_now(callback: Callback, code: str) -> None:
    # Neither the sentence nor the values: they may quote a person.
    logger.warning("callback %s (%s) waits: %s", callback.pk, callback.event, code)
    if callback.tries >= MOST_TRIES:
        _end(callback, CallbackState.FAILED, code)
        return
    wait = min(FIRST_WAIT * 2 ** (callback.tries - 1), LONGEST_WAIT)
    _ours(callback).update(due_at=timezone.now() + wait, code=code[:60])


def _end(callback: Callback, state: CallbackState, code: str) -> None:
    _ours(callback).update(state=state, code=code[:60], done_at=timezone.now())


def _ours(callback: Callback) -> QuerySet[Callback]:
    return Callback.objects.filter(pk=callback.pk, state=CallbackState.WAITING, tries=callback.tries)
