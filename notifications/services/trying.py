"""Words of messages that an experiment may put beside the usual ones: judged as HR's own words are."""

from functools import partial

from notifications import editing
from notifications.enums import Audience
from notifications.kinds.interviews import GUIDE, REMINDER
from notifications.models import Wording
from recruitment.enums import ExperimentSubject


def _check(kind: str, language: str, text: str) -> None:
    """Invalid: as `editing.require` says."""
    editing.require(Wording(kind=kind, audience=Audience.CANDIDATE, language=language), text)


CHECKS = {
    ExperimentSubject.GUIDE: partial(_check, GUIDE.code),
    ExperimentSubject.REMINDER: partial(_check, REMINDER.code),
}
