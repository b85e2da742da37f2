"""What a person may do with an application, by the step's public name: one way for the API, lists and boards."""

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from people.actors import Actor
from recruitment.services import applications, decisions

# The name outside, and the step of `applications.take_step` that it is.
MOVES = {
    "screen": "screen",
    "return_to_evaluation": "return_to_evaluation",
    "offer": "make_offer",
    "hire": "hire",
    "reject": "reject",
    "withdraw": "withdraw",
    "fall_through": "fall_through",
    "reopen": "reopen",
}
ADVANCE = "advance"
NAMES = (*MOVES, ADVANCE)


def take(*, application_id: int, step: str, by: Actor, reason: str = "") -> None:
    """Take the step of this name. NotFound("step_unknown"); what else stands against it, its own service says."""
    if step == ADVANCE:
        decisions.advance(application_id=application_id, by=by)
    elif step in MOVES:
        applications.take_step(application_id=application_id, step=MOVES[step], by=by, reason=reason)
    else:
        raise NotFound("step_unknown", _("There is no such step."))
