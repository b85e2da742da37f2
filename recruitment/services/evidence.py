"""Evidence from before the interview: written tests and résumé facts, as HR enters and mends them."""

from people.actors import Actor, actor_label, require_hr
from recruitment import signals
from recruitment.models import Application


def announce_changed(application: Application, *, by: Actor) -> None:
    """Say, in the transaction that wrote them, that tests or facts of the application are other than before.

    Estimates that rest on them and the training plan follow. Forbidden: not_permitted.
    """
    require_hr(by)
    signals.evidence_changed.emit(subject=application, by=actor_label(by))
