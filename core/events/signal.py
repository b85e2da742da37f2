"""DurableSignal: a Django signal whose receivers' work is owed by a row until it is done."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db import models, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.functional import Promise

from core.events.models import Event, Reaction
from core.events.running import attempt, current_event, react

Receiver = Callable[[Event], None]


class Wire:
    """What the signal calls: a receiver under the name that rows remember. Its answer is the receipt."""

    def __init__(self, name: str, receiver: Receiver) -> None:
        self.name = name
        self.receiver = receiver

    def __call__(self, *, event: Event, **_named: Any) -> Reaction:
        """Run the receiver once. The caller stores the receipt."""
        reaction = Reaction(
            event=event, name=self.name, subject_type=event.subject_type, subject_id=event.subject_id
        )
        attempt(reaction, self.receiver)
        return reaction


class Happened(NamedTuple):
    """What happened to one of several subjects: its facts, and where it has its own, the record of its chain and the
    reaction that it follows from."""

    subject: models.Model
    facts: dict[str, Any]
    origin: models.Model | tuple[str, int] | None = None
    reaction: Reaction | None = None


class DurableSignal(Signal):
    """One kind of event. `title` is its name on screen; `doc` says when it fires and which facts it carries.

    A receiver is `f(event)`. It writes rows only, re-reads the subject's present state and brings its rows to what
    that state requires, so that a late, repeated or overtaken run is harmless.
    """

    registry: dict[str, "DurableSignal"] = {}

    def __init__(self, kind: str, title: str | Promise, doc: str) -> None:
        super().__init__()
        self.kind = kind
        self.title = title
        self.doc = doc
        self.registry[kind] = self

    def connect(self, receiver: Receiver, name: str) -> None:  # type: ignore[override]
        """Wire a receiver under a name that rows can remember: "app.verb_noun"."""
        super().connect(Wire(name, receiver), weak=False, dispatch_uid=name)

    def disconnect(self, name: str) -> None:  # type: ignore[override]
        """Take a receiver off; its unfinished reactions turn red as `unknown_receiver`."""
        super().disconnect(dispatch_uid=name)

    @property
    def wires(self) -> dict[str, Wire]:
        """What is connected, by name, in the order in which it runs: the signal's own list of receivers."""
        return {wire.name: wire for _key, wire, _is_async in self.receivers}

    @property
    def durable(self) -> dict[str, Receiver]:
        """The receivers by name."""
        return {name: wire.receiver for name, wire in self.wires.items()}

    def emit(
        self,
        *,
        subject: models.Model,
        facts: dict[str, Any] | None = None,
        origin: models.Model | tuple[str, int] | None = None,
        by: str = "",
        is_held: bool = False,
    ) -> Event:
        """Write the event, send it to the receivers, and write what each did or still owes.

        Must be called inside the transaction that makes the change. A receiver that fails costs its own rows only:
        the change stands and the pump tries again. `is_held`: the caller has locked the subject's row and saved it, so
        that receivers which run now need not read it again. `origin`: the row whose chain it belongs to, or its label
        and number where a lower floor speaks of it.
        """
        return self.emit_all([(subject, facts or {})], origin=origin, by=by, is_held=is_held)[0]

    def emit_all(
        self,
        happened: Iterable[tuple[models.Model, dict[str, Any]] | Happened],
        *,
        origin: models.Model | tuple[str, int] | None = None,
        by: str = "",
        is_held: bool = False,
    ) -> list[Event]:
        """`emit` for several subjects with their facts: one statement writes the events, and they are one chain.

        `origin` is that of all of them, but for those that have their own.
        """
        if not transaction.get_connection().in_atomic_block:
            raise RuntimeError(f"{self.kind} must be emitted inside the transaction of its change")
        each = [Happened(*one) for one in happened]
        rows = [
            (one.subject, _event(self.kind, one._replace(origin=one.origin or origin), by)) for one in each
        ]
        events = Event.objects.bulk_create(event for _subject, event in rows)
        if self.receivers and events:
            react(
                lambda: [receipt for event in events for receipt in self._receipts(event)],
                held=[subject for subject, _event in rows] if is_held else (),
            )
        return events

    def _receipts(self, event: Event) -> list[Reaction]:
        answers: list[tuple[Any, Any]] = self.send(sender=None, event=event)
        return [receipt for _wire, receipt in answers]


def _event(kind: str, one: Happened, by: str) -> Event:
    """The event before it is written: caused by what runs now, and of the chain of its origin, its cause or itself."""
    cause = one.reaction.event if one.reaction is not None else current_event()
    if isinstance(one.origin, models.Model):
        origin_type, origin_id = one.origin._meta.label_lower, one.origin.pk
    elif one.origin is not None:
        origin_type, origin_id = one.origin
    elif cause is not None:
        origin_type, origin_id = cause.origin_type, cause.origin_id
    else:
        origin_type, origin_id = one.subject._meta.label_lower, one.subject.pk
    return Event(
        kind=kind,
        subject_type=one.subject._meta.label_lower,
        subject_id=one.subject.pk,
        origin_type=origin_type,
        origin_id=origin_id,
        facts=one.facts,
        by=by,
        caused_by=cause,
        at=timezone.now(),
    )


def titled(title: str | Promise) -> Callable[[Receiver], Receiver]:
    """Give a receiver its name on screen: whose work it is."""

    def name(receiver: Receiver) -> Receiver:
        receiver.title = title  # type: ignore[attr-defined]
        return receiver

    return name


def receiver_of(event: Event, name: str) -> Receiver | None:
    """The live receiver that a stored reaction names, or None when no code stands behind it any more."""
    signal = DurableSignal.registry.get(event.kind)
    return signal.durable.get(name) if signal else None
