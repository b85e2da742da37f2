"""Reading chains: what happened to a record, what that set off, and what is still owed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import models

from core.events.models import Event, Reaction


@dataclass(slots=True)
class Node:
    """One event of a chain, with what each receiver owes or did about it, and the events that this set off.

    `depth` is 0 for an event that nothing in this chain caused.
    """

    event: Event
    depth: int = 0
    reactions: list[Reaction] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)

    @property
    def subject(self) -> tuple[str, int]:
        """The row that the event is about, as ("app.model", id)."""
        return self.event.subject_type, self.event.subject_id


def events_of(origin: models.Model) -> list[Event]:
    """Every event whose chain belongs to `origin`, in order. One query."""
    return list(
        Event.objects.filter(origin_type=origin._meta.label_lower, origin_id=origin.pk).order_by("id")
    )


def forest(origin: models.Model, events: list[Event] | None = None) -> list[Node]:
    """Every event whose chain belongs to `origin`, as trees in the order in which they began. Two queries, one where
    its events are given."""
    nodes = {event.pk: Node(event=event) for event in (events_of(origin) if events is None else events)}
    for reaction in Reaction.objects.filter(event__in=list(nodes)).order_by("id"):
        reaction.event = nodes[reaction.event_id].event
        nodes[reaction.event_id].reactions.append(reaction)
    roots = []
    # A cause is written before what it causes: by the time a child comes, its parent has its depth.
    for node in nodes.values():
        parent = nodes.get(node.event.caused_by_id or 0)
        if parent is None:
            roots.append(node)
        else:
            node.depth = parent.depth + 1
            parent.children.append(node)
    return roots


def flat(nodes: Iterable[Node]) -> Iterator[Node]:
    """The trees as one list: a parent before its children, and these before the next tree."""
    for node in nodes:
        yield node
        yield from flat(node.children)


def references(nodes: Iterable[Node]) -> set[tuple[str, int]]:
    """Every row that a chain speaks of, subjects and effects, as ("app.model", id): for reading labels in sets."""
    found = set()
    for node in flat(nodes):
        found.add(node.subject)
        for reaction in node.reactions:
            found |= {(effect["type"], effect["id"]) for effect in reaction.effects}
    return found
