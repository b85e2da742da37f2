"""What a person makes of a round: passed, not passed, or to be decided. It moves no application by itself."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, Refused
from core.seen import require_as_seen
from people.actors import Actor, actor_label, actor_user
from recruitment import signals
from recruitment.enums import InterviewState, RoundOutcome
from recruitment.models import Interview, Round
from recruitment.rounds.services import planning
from recruitment.rules import require_recruiting
from recruitment.services import locking

LONGEST_REASON = 300


def settle(*, interview_id: int, outcome: str, by: Actor, reason: str = "") -> Round:
    """Write down what came of a round that was held. The same outcome and reason again changes nothing.

    Invalid: outcome_unknown, reason_missing (of a round that was not passed). NotFound: round_unknown.
    Refused: not_held_yet, changed_meanwhile.
    """
    require_recruiting(by, Interview, interview_id)
    if outcome not in RoundOutcome.values:
        raise Invalid("outcome_unknown", _("Unknown outcome."), outcomes=RoundOutcome.values)
    reason = reason.replace("\x00", "").strip()[:LONGEST_REASON]
    if outcome == RoundOutcome.NOT_PASSED and not reason:
        raise Invalid("reason_missing", _("Please say why the round was not passed."))
    with transaction.atomic():
        interview = locking.interview(interview_id)
        held = planning.of_interview(interview_id)
        if (held.outcome, held.outcome_reason) == (outcome, reason):
            return held
        require_as_seen(interview)
        if interview.state != InterviewState.COMPLETED:
            raise Refused("not_held_yet", _("The round was not held yet."), state=interview.state)
        is_open = outcome == RoundOutcome.OPEN
        held.outcome, held.outcome_reason = outcome, reason
        held.settled_at = None if is_open else timezone.now()
        held.settled_by = None if is_open else actor_user(by)
        held.save(update_fields=["outcome", "outcome_reason", "settled_at", "settled_by"])
        signals.round_settled.emit(
            subject=interview,
            facts={"attempt": interview.attempt, "outcome": outcome} | ({"reason": reason} if reason else {}),
            by=actor_label(by),
            is_held=True,
        )
        return held
