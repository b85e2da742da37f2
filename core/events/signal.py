"""DurableSignal: a Django signal whose receivers' work is owed by a row until it is done."""

from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.functional import Promise

from core.events.models import Event, Reaction
from core.events.running import attempt, chain, current_event

Receiver = Callable[[Event], None]


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
        self.durable: dict[str, Receiver] = {}
        self.registry[kind] = self

    def connect(self, receiver: Receiver, name: str) -> None:  # type: ignore[override]
        """Wire a receiver under a name that rows can remember: "app.verb_noun"."""
        # Under DEBUG Django insists on receivers that take keyword arguments; ours take the event alone.
        super().connect(lambda *, event, **_named: receiver(event), weak=False, dispatch_uid=name)
        self.durable[name] = receiver

    def disconnect(self, name: str) -> None:  # type: ignore[override]
        """Take a receiver off; its unfinished reactions turn red as `unknown_receiver`."""
        super().disconnect(self.durable.pop(name), dispatch_uid=name)

    def emit(
        self,
        *,
        subject: models.Model,
        facts: dict[str, Any] | None = None,
        origin: models.Model | None = None,
        by: str = "",
    ) -> Event:
        """Write the event, run each receiver in its own savepoint, and write what each did or still owes.

        Must be called inside the transaction that makes the change. A receiver that fails costs its own rows only:
        the change stands and the pump tries again.
        """
        if not transaction.get_connection().in_atomic_block:
            raise RuntimeError(f"{self.kind} must be emitted inside the transaction of its change")
        cause = current_event()
        if origin is not None:
            origin_type, origin_id = origin._meta.label_lower, origin.pk
        elif cause is not None:
            origin_type, origin_id = cause.origin_type, cause.origin_id
        else:
            origin_type, origin_id = subject._meta.label_lower, subject.pk
        event = Event.objects.create(
            kind=self.kind,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            origin_type=origin_type,
            origin_id=origin_id,
            facts=facts or {},
            by=by,
            caused_by=cause,
            at=timezone.now(),
        )
        reactions = [
            Reaction(event=event, name=name, subject_type=event.subject_type, subject_id=event.subject_id)
            for name in self.durable
        ]
        if reactions:
            with chain():
                for reaction in reactions:
                    attempt(reaction, self.durable[reaction.name])
            Reaction.objects.bulk_create(reactions)
        return event


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
