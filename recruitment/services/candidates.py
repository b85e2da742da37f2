"""What becomes of a candidate's own data."""

from collections.abc import Iterable

from people.actors import Actor, actor_label
from recruitment import signals
from recruitment.models import Candidate

FOLLOWED = ("name", "phone", "email")


def announce_corrected(candidate: Candidate, *, fields: Iterable[str], by: Actor) -> None:
    """Say that a saved candidate's name, phone or e-mail were corrected: what others keep of them follows."""
    if corrected := [field for field in FOLLOWED if field in set(fields)]:
        signals.candidate_corrected.emit(subject=candidate, facts={"fields": corrected}, by=actor_label(by))
