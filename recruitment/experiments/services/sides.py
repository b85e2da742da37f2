"""Who is on which side, and the note that it made a difference. Nothing here decides what is saved."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from recruitment.enums import ExperimentSubject, Side
from recruitment.models import Experiment, Exposure, Interview

_ALL = 2**64


@dataclass(frozen=True, slots=True)
class Trial:
    """A running experiment, and the side that one application is on in it."""

    experiment: Experiment
    side: Side

    @property
    def is_left_out(self) -> bool:
        """Whether this side gets nothing of what is tried."""
        return self.side == Side.OTHER and self.experiment.leaves_out

    @property
    def texts(self) -> dict[str, str]:
        """The words by language that take the place of the usual ones; none on the usual side."""
        return self.experiment.texts if self.side == Side.OTHER else {}


def side_of(experiment: Experiment, application_id: int) -> Side:
    """The same for ever: by the seed and the application's number, and by nothing that is known of the person."""
    digest = hashlib.sha256(f"{experiment.seed}:{application_id}".encode()).digest()
    place = int.from_bytes(digest[:8]) * 100
    return Side.OTHER if place < experiment.share * _ALL else Side.USUAL


def trial_of(subject: ExperimentSubject, application_id: int) -> Trial | None:
    """The experiment that runs on this subject, with this application's side; None while none runs. One query."""
    experiment = Experiment.objects.running().filter(subject=subject).first()
    return Trial(experiment, side_of(experiment, application_id)) if experiment else None


def note(trial: Trial, interview: Interview, *, at: datetime | None = None) -> None:
    """The two sides differ for this application from now on. The first note stands; one statement."""
    Exposure.objects.bulk_create(
        [
            Exposure(
                experiment=trial.experiment,
                application_id=interview.application_id,
                interview=interview,
                attempt=interview.attempt,
                side=trial.side,
                at=at or timezone.now(),
            )
        ],
        ignore_conflicts=True,
    )


def left_out(subject: ExperimentSubject) -> Q:
    """A condition on interviews: a running experiment gives their application nothing of this subject. One query."""
    running = Experiment.objects.running().filter(subject=subject, leaves_out=True)
    ids = list(running.values_list("pk", flat=True))
    if not ids:
        return Q(pk__in=[])
    others = Exposure.objects.filter(experiment__in=ids, application=OuterRef("application"), side=Side.OTHER)
    return Q(Exists(others))
