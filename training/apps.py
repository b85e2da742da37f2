"""The app's place in the house."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    """Courses and training plans."""

    name = "training"
    verbose_name = _("Training")

    def ready(self) -> None:
        """Wire the receivers: this list is the map of what training does when something happens."""
        from people.signals import calendar_year_loaded  # noqa: PLC0415 -- models are loaded only now
        from recruitment import seen_by, signals  # noqa: PLC0415
        from training import queries, receivers  # noqa: PLC0415

        seen_by.register(queries.also_looked_at)

        for signal in (
            signals.assessment_issued,
            signals.assessment_withdrawn,
            signals.application_advanced,
            signals.application_ended,
            signals.application_reopened,
            signals.start_planned,
            signals.evidence_changed,
        ):
            signal.connect(receivers.align_plan, name="training.align_plan")
        calendar_year_loaded.connect(receivers.count_due_dates, name="training.count_due_dates")
