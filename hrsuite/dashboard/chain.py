"""The chain of an interview as a tree: the panel on its page."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin.panels import Panel, register
from core.events import naming, queries
from core.events.labels import labels_of, names_of
from core.events.models import Reaction, ReactionState
from recruitment.models import Interview

Labels = dict[tuple[str, int], str]


def panel(request: HttpRequest, interview: Interview) -> SafeString:
    """The whole forest of this interview, newest tree first. One query, one for its events where the page has not read
    them, and one per kind of other row in it."""
    roots = queries.forest(interview, interview.events_read)
    named = queries.references(roots)
    known = (interview, interview.application, *interview.rows_read)
    labels, kinds = labels_of(named, known), names_of(model for model, _pk in named)
    reactions = [reaction for node in queries.flat(roots) for reaction in node.reactions]
    context = {
        "trees": [_link(node, labels, kinds) for node in reversed(roots)],
        "events": sum(1 for _node in queries.flat(roots)),
        "failed": sum(reaction.state == ReactionState.FAILED for reaction in reactions),
        "pending": sum(reaction.state == ReactionState.PENDING for reaction in reactions),
        "next": f"{request.path}#panel-chain",
    }
    return SafeString(render_to_string("hrsuite/dashboard/chain.html", context, request))


def _link(node: queries.Node, labels: Labels, kinds: dict[str, str]) -> dict[str, Any]:
    event = node.event
    return {
        "event": event,
        "words": naming.event_name(event.kind),
        "kind": kinds.get(event.subject_type, event.subject_type),
        "subject": labels.get(node.subject, ""),
        "url": address_of(*node.subject),
        "own": node.subject == (event.origin_type, event.origin_id),
        "reactions": [_reaction(one, labels, kinds) for one in node.reactions if not _was_nothing(one)],
        "nothing": [_reaction(one, labels, kinds) for one in node.reactions if _was_nothing(one)],
        "children": [_link(child, labels, kinds) for child in node.children],
        "is_open": _has_undone(node) or node.event.kind == "interview_interrupted",
    }


def _was_nothing(reaction: Reaction) -> bool:
    """Done, and there was nothing to do: folded away, so that the chain fits a screen."""
    return reaction.state == ReactionState.DONE and not reaction.effects


def _has_undone(node: queries.Node) -> bool:
    mine = any(reaction.state != ReactionState.DONE for reaction in node.reactions)
    return mine or any(_has_undone(child) for child in node.children)


def _reaction(reaction: Reaction, labels: Labels, kinds: dict[str, str]) -> dict[str, Any]:
    return {
        "row": reaction,
        "words": naming.receiver_name(reaction.name),
        "effects": [
            {
                "words": naming.effect_words(effect),
                "kind": kinds.get(effect["type"], effect["type"]),
                "label": labels.get((effect["type"], effect["id"]), ""),
                "url": address_of(effect["type"], effect["id"]),
            }
            for effect in reaction.effects
        ],
        "took": reaction.done_at - reaction.event.at if reaction.done_at else None,
    }


def address_of(model_label: str, pk: int) -> str:
    """The row's page in the back office, "" when it has none."""
    try:
        return reverse(f"admin:{model_label.replace('.', '_')}_change", args=[pk])
    except NoReverseMatch:
        return ""


register(Interview, Panel("chain", _("The chain: what followed from what"), panel, order=10))
