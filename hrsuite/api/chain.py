"""`interviews/`: recruitment's endpoint, with the chain that an exit sets off across all apps."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.base import WordedSerializer
from core.events.labels import labels_of
from core.events.models import Event, Reaction, ReactionState
from core.events.naming import effect_words
from core.events.queries import Node, flat, forest
from recruitment.api.interviews import InterviewViewSet

Labels = dict[tuple[str, int], str]


class SubjectSerializer(WordedSerializer):
    """The row that an event is about; `label` is its name in the reader's language, empty when the row is gone."""

    words = {"type": "Which sort of row it is.", "label": "Its name; empty when the row is gone."}
    type = serializers.CharField(read_only=True)
    id = serializers.IntegerField(read_only=True)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]


class EffectSerializer(WordedSerializer):
    """A row that a reaction made or changed, in words."""

    words = {"type": "Which sort of row it is.", "label": "What became of it, in words."}
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    type = serializers.CharField(read_only=True)
    id = serializers.IntegerField(read_only=True)


class ReactionSerializer(WordedSerializer):
    """What one receiver owes or did about an event; `error` is a code, null when there is none."""

    words = {
        "name": "Which receiver.",
        "state": "Pending, done, or failed: then a person has to look.",
        "attempts": "How often it was tried.",
        "done_at": "When it was done; null until then.",
        "error": "Why it failed, by a code; null when it did not.",
        "effects": "What it made or changed.",
    }
    name = serializers.CharField(read_only=True)
    state = serializers.ChoiceField(choices=ReactionState.choices, read_only=True)
    attempts = serializers.IntegerField(read_only=True)
    done_at = serializers.DateTimeField(read_only=True, allow_null=True)
    error = serializers.CharField(read_only=True, allow_null=True)
    effects = EffectSerializer(many=True, read_only=True)


class LinkSerializer(WordedSerializer):
    """One event of the chain; `caused_by` is the event whose reaction emitted it, null for the first ones."""

    words = {
        "event": "What happened, by its short name.",
        "subject": "What it happened to.",
        "at": "When.",
        "caused_by": "The event whose reaction set it off, by its id; null for the first ones.",
        "reactions": "What each receiver owes or did about it.",
    }
    id = serializers.IntegerField(read_only=True)
    event = serializers.CharField(read_only=True)
    subject = SubjectSerializer(read_only=True)
    at = serializers.DateTimeField(read_only=True)
    caused_by = serializers.IntegerField(read_only=True, allow_null=True)
    reactions = ReactionSerializer(many=True, read_only=True)


def links(nodes: Iterable[Node]) -> list[dict[str, Any]]:
    """The trees as the API shows them, parents first; labels are read in sets, one query a kind of row."""
    trees = list(nodes)
    labels = labels_of({node.subject for node in flat(trees)})
    return [_link(node, labels) for node in flat(trees)]


def _link(node: Node, labels: Labels) -> dict[str, Any]:
    event = node.event
    return {
        "id": event.pk,
        "event": event.kind,
        "subject": subject_of(event, labels),
        "at": event.at,
        "caused_by": event.caused_by_id,
        "reactions": [_reaction(reaction) for reaction in node.reactions],
    }


def subject_of(event: Event, labels: Labels) -> dict[str, Any]:
    """The event's subject with its label."""
    key = (event.subject_type, event.subject_id)
    return {"type": event.subject_type, "id": event.subject_id, "label": labels.get(key, "")}


def _reaction(reaction: Reaction) -> dict[str, Any]:
    return {
        "name": reaction.name,
        "state": reaction.state,
        "attempts": reaction.attempts,
        "done_at": reaction.done_at,
        "error": reaction.error or None,
        "effects": [
            {"label": effect_words(effect), "type": effect["type"], "id": effect["id"]}
            for effect in reaction.effects
        ],
    }


class InterviewsWithChainViewSet(InterviewViewSet):
    """Interviews, newest first: HR sees all, a manager those of the own department tree."""

    @extend_schema(responses=LinkSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def chain(self, request: Request, pk: str) -> Response:
        """Everything that this interview set off, parents first: each event with its reactions and their effects."""
        return Response(LinkSerializer(links(forest(self.get_object())), many=True).data)
