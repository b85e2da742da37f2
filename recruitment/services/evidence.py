"""Evidence from before the interview: written tests and résumé facts, as HR enters and mends them."""

from people.actors import Actor, actor_label
from recruitment import signals
from recruitment.models import Application
from recruitment.rules import require_recruiting


def announce_changed(application: Application, *, by: Actor) -> None:
    """Say, in the transaction that wrote them, that tests or facts of the application are other than before.

    Estimates that rest on them and the training plan follow. Forbidden: not_permitted.
    """
    require_recruiting(by, Application, application.pk)
    signals.evidence_changed.emit(subject=application, by=actor_label(by))
