"""One try of one reaction: savepoint, lock time-out, receipt."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from django.db import connection, models, transaction
from django.utils import timezone

from core.errors import DomainError
from core.events.models import Event, Reaction, ReactionState
from core.events.reading import reading_once

logger = logging.getLogger(__name__)

# A receiver that waits longer than this for a row would make a candidate wait: it fails and is tried again.
LOCK_TIMEOUT = "300ms"
# 1 + 2 + 4 + … + 64 s: two minutes of tries, then a person is asked.
MOST_ATTEMPTS = 8

_running: ContextVar[Reaction | None] = ContextVar("running_reaction", default=None)


def current_event() -> Event | None:
    """The event whose receiver is running now: the cause of whatever is emitted."""
    reaction = _running.get()
    return reaction.event if reaction else None


def effect(row: models.Model, label: str, **params: object) -> None:
    """Note on the running reaction's receipt which row it made or changed, and in which words.

    `label` is an English message id, translated when shown, with %(name)s places for `params`. Outside a reaction
    (a person took the step directly) there is no receipt and nothing to note.
    """
    if reaction := _running.get():
        reaction.effects.append(
            {"label": label, "params": params, "type": row._meta.label_lower, "id": row.pk}
        )


def note(text: str) -> None:
    """Note on the receipt why there was nothing to do."""
    if reaction := _running.get():
        reaction.note = text[:200]


@contextmanager
def chain() -> Iterator[None]:
    """Around receivers: each waits LOCK_TIMEOUT for a row at most, and what no receiver writes is read once.

    The caller has its own patience back after.

    A savepoint that rolls back restores the time-out by itself; one that is released does not, so it is set once
    around all receivers, and by the outermost only.
    """
    if _running.get() is not None:
        yield
        return
    _set_lock_timeout(LOCK_TIMEOUT)
    with reading_once():
        yield
    _set_lock_timeout("0")


def attempt(reaction: Reaction, receiver: Callable[[Event], None] | None) -> None:
    """Run the receiver once, in its own savepoint, and note on the reaction what came of it; the caller stores it.

    Done: its rows and the receipt commit with the caller's transaction. Failed: only its rows are undone.
    """
    reaction.attempts += 1
    reaction.effects, reaction.note, reaction.error, reaction.done_at = [], "", "", None
    if receiver is None:
        _fail(reaction, "unknown_receiver", final=True)
        return
    token = _running.set(reaction)
    try:
        with transaction.atomic():
            receiver(reaction.event)
        reaction.state, reaction.done_at = ReactionState.DONE, timezone.now()
    except Exception as error:
        if connection.connection is None or connection.connection.closed:
            raise
        reaction.effects, reaction.note = [], ""
        code = error.code if isinstance(error, DomainError) else type(error).__name__
        # The text of a database error quotes rows: the log gets the class and the places only.
        places = ", ".join(
            f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-3:]
        )
        logger.error(
            "reaction %s to event %s failed: %s in %s", reaction.name, reaction.event.pk, code, places
        )
        _fail(reaction, code)
    finally:
        _running.reset(token)


def _set_lock_timeout(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [value])


def _fail(reaction: Reaction, code: str, *, final: bool = False) -> None:
    reaction.error = code[:120]
    if final or reaction.attempts >= MOST_ATTEMPTS:
        reaction.state = ReactionState.FAILED
    else:
        reaction.state = ReactionState.PENDING
        reaction.next_try_at = timezone.now() + timedelta(seconds=2 ** (reaction.attempts - 1))
