"""The lead's steps: an experiment is started once, and ended once."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotFound, Refused
from people.actors import Actor, actor_user, require_right
from people.rights import Right
from recruitment.enums import ExperimentSubject
from recruitment.experiments import subjects
from recruitment.models import Experiment


def start(*, experiment_id: int, by: Actor, without_is_meant: bool = False) -> Experiment:
    """From now on applications are divided.

    Forbidden: not_permitted (the lead's). NotFound: experiment_unknown. Refused: not_a_draft, subject_taken (another
    one runs on it). Invalid: without_not_meant (a side without dialog or guide is an explicit choice),
    nothing_left_out (reminders go to everybody), and as the subject's check says of the words in either language.
    """
    require_right(by, Right.DECIDE)
    with transaction.atomic():
        # One at a time, whatever they are about: which of two runs is decided by who asks first.
        rows = {row.pk: row for row in Experiment.objects.select_for_update().order_by("pk")}
        row = rows.get(experiment_id)
        if row is None:
            raise NotFound("experiment_unknown", _("There is no such experiment."))
        if not row.is_draft:
            raise Refused("not_a_draft", _("This experiment was started already."))
        if any(other.is_running and other.subject == row.subject for other in rows.values()):
            raise Refused("subject_taken", _("Another experiment runs on this: end it first."))
        _require_two_sides(row, without_is_meant=without_is_meant)
        row.started_at, row.started_by = timezone.now(), actor_user(by)
        row.save(update_fields=["started_at", "started_by"])
        return row


def _require_two_sides(row: Experiment, *, without_is_meant: bool) -> None:
    if row.leaves_out:
        if row.subject not in ExperimentSubject.left_out:
            raise Invalid("nothing_left_out", _("Everybody is reminded: choose other words instead."))
        if not without_is_meant:
            raise Invalid(
                "without_not_meant", _("Please confirm that the other side is to get none of it at all.")
            )
        return
    for language, text in row.texts.items():
        subjects.require(row.subject, language, text)


def end(*, experiment_id: int, by: Actor) -> Experiment:
    """Everybody reads the usual words again; the figures stay. NotFound: experiment_unknown. Refused: not_running."""
    require_right(by, Right.DECIDE)
    with transaction.atomic():
        row = Experiment.objects.select_for_update().filter(pk=experiment_id).first()
        if row is None:
            raise NotFound("experiment_unknown", _("There is no such experiment."))
        if not row.is_running:
            raise Refused("not_running", _("This experiment is not running."))
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
        return row
