"""Running receivers: a whole chain in one savepoint, each in its own once one has failed; patience and receipts."""

import logging
import traceback
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.db import OperationalError, connection, models, transaction
from django.utils import timezone
from psycopg import errors as postgres

from core import request_ids
from core.errors import DomainError
from core.events.models import Event, Reaction, ReactionState
from core.events.reading import forget_everything, reading_once

logger = logging.getLogger(__name__)

# A receiver that waits longer than this for a row would make a candidate wait: it fails and is tried again.
LOCK_TIMEOUT = "300ms"
# 1 + 2 + 4 + … + 64 s: two minutes of tries, then a person is asked.
MOST_ATTEMPTS = 8


class Left(NamedTuple):
    """What one receiver left to be done, and the reaction on whose receipt it is to be noted (None: a person asks)."""

    reaction: Reaction | None
    what: Any

    @property
    def is_held(self) -> bool:
        """The event was emitted in this very transaction, by whoever holds the lock of its subject's row."""
        return self.reaction is not None and self.reaction.pk is None


Settle = Callable[[list[Left]], None]


@dataclass(slots=True)
class _Chain:
    """One run of a chain. Together: in one savepoint, which the first failure spoils for all of them.

    `receipts` of what ran together are written at the end, with one statement. `left` is what its receivers leave to
    be done for all of them at once, `settled` whose share of it was taken up. `waited` are those that waited for a row
    in vain when all ran together: nobody waits for it a second time.
    """

    together: bool
    receipts: list[Reaction] = field(default_factory=list)
    left: dict[Settle, list[Left]] = field(default_factory=dict)
    settled: dict[int, Reaction] = field(default_factory=dict)
    is_spoilt: bool = False
    waited: dict[tuple[str, int, str], Exception] = field(default_factory=dict)


_chain: ContextVar[_Chain | None] = ContextVar("running_chain", default=None)
_running: ContextVar[Reaction | None] = ContextVar("running_reaction", default=None)
_cause: ContextVar[Event | None] = ContextVar("cause_of_long_work", default=None)


def current_event() -> Event | None:
    """The event whose receiver is running now, or that a long work follows from: the cause of whatever is emitted."""
    reaction = _running.get()
    return reaction.event if reaction else _cause.get()


@contextmanager
def following(event: Event | None) -> Iterator[None]:
    """What is emitted meanwhile follows from this event, although none of its receivers is running."""
    token = _cause.set(event)
    try:
        with request_ids.under(event.request_id if event else ""):
            yield
    finally:
        _cause.reset(token)


def effect(row: models.Model, label: str, **params: object) -> None:
    """Note on the running reaction's receipt which row it made or changed, and in which words.

    `label` is an English message id, translated when shown, with %(name)s places for `params`; one that is
    `labelled` is said as the reader speaks. Outside a reaction
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


def leave(settle: Settle, what: Any) -> None:
    """Let `settle` do this together with all that the chain's receivers leave to it: once, after the last of them, in
    their savepoint. Where each has a savepoint of its own, and where a person asks, it is done now.

    `settle` notes what it does on each receipt (`on_receipt_of`).
    """
    chain, reaction = _chain.get(), _running.get()
    if chain is not None and chain.together and reaction is not None:
        chain.left.setdefault(settle, []).append(Left(reaction, what))
    else:
        settle([Left(reaction, what)])


def receipt() -> Reaction | None:
    """The reaction that is running now, for what is noted later; None where a person asks."""
    return _running.get()


@contextmanager
def on_receipt_of(reaction: Reaction | None) -> Iterator[None]:
    """What is noted meanwhile stands on this reaction's receipt."""
    token = _running.set(reaction)
    try:
        yield
    finally:
        _running.reset(token)


def shared_step() -> transaction.Atomic:
    """`transaction.atomic()` of a step that receivers take as well as people: a chain has its savepoint already."""
    return transaction.atomic(savepoint=_running.get() is None)


def react(send: Callable[[], list[Reaction]], *, held: Collection[models.Model] = ()) -> None:
    """Let receivers run by `send`, and write their receipts. Nothing that one of them raises goes on to the caller,
    except that the connection is gone.

    The outermost event's receivers, and all that they set off, run in one savepoint; when one of them fails, all of it
    is undone and each runs in a savepoint of its own. `held`: rows that the caller has locked and saved.
    """
    chain = _chain.get()
    if chain is None:
        with patience():
            run(send, held=held)
    elif chain.together:
        chain.receipts += send()
    else:
        Reaction.objects.bulk_create(send())


def run(send: Callable[[], list[Reaction]], *, held: Collection[models.Model] = ()) -> None:
    """Start a chain: with one savepoint if all goes well, else again with one for each. The receipts are written."""
    waited = _run_together(send, held)
    if waited is not None:
        with _as_chain(_Chain(together=False, waited=waited), held):
            Reaction.objects.bulk_create(send())


def _run_together(
    send: Callable[[], list[Reaction]], held: Collection[models.Model]
) -> dict[tuple[str, int, str], Exception] | None:
    """None when all went well; else nothing is left of it, but whom not to let wait again."""
    chain = _Chain(together=True)
    try:
        with _as_chain(chain, held), transaction.atomic():
            receipts = send()
            if not chain.is_spoilt:
                _settle(chain)
            if chain.is_spoilt:
                transaction.set_rollback(True)
            else:
                Reaction.objects.bulk_create([*receipts, *chain.receipts])
    except Exception:
        if not chain.is_spoilt or _is_gone():
            raise
    return chain.waited if chain.is_spoilt else None


def _settle(chain: _Chain) -> None:
    """Do what was left for the end, the lower floors first: what one sets off may leave more, and those who tell come
    last. A failure spoils the chain: then each receiver settles for itself."""
    try:
        while chain.left:
            settle = min(chain.left, key=_floor)
            left = chain.left.pop(settle)
            chain.settled |= {id(one.reaction): one.reaction for one in left if one.reaction is not None}
            with on_receipt_of(left[0].reaction):
                settle(left)
    except Exception:
        chain.is_spoilt = True
        for settled in chain.settled.values():
            settled.attempts -= 1  # it is not done: it will be tried for itself
        raise


@cache
def _floor(settle: Settle) -> int:
    """The place of its app in the house; what stands in no app comes last."""
    home = apps.get_containing_app_config(settle.__module__)
    floors = list(apps.get_app_configs())
    return floors.index(home) if home is not None else len(floors)


@contextmanager
def _as_chain(chain: _Chain, held: Collection[models.Model]) -> Iterator[None]:
    token = _chain.set(chain)
    try:
        with reading_once(held):
            yield
    finally:
        _chain.reset(token)


@contextmanager
def patience() -> Iterator[None]:
    """Around a chain: each receiver waits LOCK_TIMEOUT for a row at most; the caller has its own patience back after.

    A savepoint that rolls back restores the time-out by itself; one that is released does not, so it is set once
    around all receivers.
    """
    _set_lock_timeout(LOCK_TIMEOUT)
    yield
    _set_lock_timeout("0")


def attempt(reaction: Reaction, receiver: Callable[[Event], None] | None) -> None:
    """Run the receiver once, and note on the reaction what came of it; the caller stores it.

    Done: its rows and the receipt commit with the caller's transaction. Failed: only its rows are undone. In a chain
    that runs together a failure is raised instead, and whoever runs the chain undoes all of it.
    """
    chain = _chain.get()
    if chain is None:
        raise RuntimeError("a receiver runs in a chain")
    reaction.effects, reaction.note, reaction.error, reaction.done_at = [], "", "", None
    if receiver is None:
        _fail(reaction, "unknown_receiver", final=True)
        return
    token = _running.set(reaction)
    try:
        if chain.together:
            receiver(reaction.event)
        else:
            _run_alone(reaction, receiver, chain)
        reaction.state, reaction.done_at = ReactionState.DONE, timezone.now()
        reaction.attempts += 1
    except Exception as error:
        if chain.together:
            if not chain.is_spoilt and _waited_in_vain(error):
                chain.waited[_key(reaction)] = error
            chain.is_spoilt = True
            raise
        if _is_gone():
            raise
        # What was read may have been written by rows that are undone now, or under locks that are gone with them.
        forget_everything()
        reaction.effects, reaction.note = [], ""
        _report(reaction, error)
        _fail(reaction, error.code if isinstance(error, DomainError) else type(error).__name__)
    finally:
        _running.reset(token)


def _run_alone(reaction: Reaction, receiver: Callable[[Event], None], chain: _Chain) -> None:
    if (error := chain.waited.pop(_key(reaction), None)) is not None:
        raise error
    with transaction.atomic():
        receiver(reaction.event)


def _key(reaction: Reaction) -> tuple[str, int, str]:
    return reaction.subject_type, reaction.subject_id, f"{reaction.event.kind} {reaction.name}"


def _waited_in_vain(error: Exception) -> bool:
    return isinstance(error, OperationalError) and isinstance(error.__cause__, postgres.LockNotAvailable)


def _is_gone() -> bool:
    return connection.connection is None or bool(connection.connection.closed)


def _report(reaction: Reaction, error: Exception) -> None:
    """Log the class and the places only: the text of a database error quotes rows."""
    code = error.code if isinstance(error, DomainError) else type(error).__name__
    places = ", ".join(
        f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-3:]
    )
    logger.error("reaction %s to event %s failed: %s in %s", reaction.name, reaction.event.pk, code, places)


def _set_lock_timeout(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [value])


def _fail(reaction: Reaction, code: str, *, final: bool = False) -> None:
    reaction.error = code[:120]
    reaction.attempts += 1
    if final or reaction.attempts >= MOST_ATTEMPTS:
        reaction.state = ReactionState.FAILED
    else:
        reaction.state = ReactionState.PENDING
        reaction.next_try_at = timezone.now() + timedelta(seconds=2 ** (reaction.attempts - 1))
