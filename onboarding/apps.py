"""The app's place in the house, and the map of what onboarding does when something happens."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OnboardingConfig(AppConfig):
    """Cases, steps, delays."""

    name = "onboarding"
    verbose_name = _("Onboarding")

    def ready(self) -> None:
        """Wire the receivers."""
        from onboarding import own_page, receivers  # noqa: PLC0415 -- models are loaded only now
        from onboarding.services import persons  # noqa: PLC0415
        from people.signals import calendar_year_loaded  # noqa: PLC0415
        from recruitment import seen_by  # noqa: PLC0415
        from recruitment import signals as recruitment  # noqa: PLC0415
        from recruitment.room import asked  # noqa: PLC0415
        from recruitment.services import objections  # noqa: PLC0415

        asked.register(own_page.ask)
        seen_by.register(persons.also_looked_at)
        objections.register(persons.refuse_once_started)
        objections.register_to_merging(persons.refuse_two_files)
        for signal in (
            recruitment.interview_interrupted,
            recruitment.interview_resumed,
            recruitment.interview_completed,
            recruitment.interview_rescheduled,
            recruitment.interview_abandoned,
            recruitment.interview_missed,
            recruitment.interview_cancelled,
            recruitment.interview_reinstated,
            recruitment.exit_cause_corrected,
        ):
            signal.connect(receivers.align_delay, name="onboarding.align_delay")
        recruitment.interview_scheduled.connect(
            receivers.wait_on_interview, name="onboarding.wait_on_interview"
        )
        for signal in (
            recruitment.application_advanced,
            recruitment.application_ended,
            recruitment.application_reopened,
            recruitment.start_planned,
        ):
            signal.connect(receivers.align_case, name="onboarding.align_case")
        for signal in (recruitment.assessment_issued, recruitment.assessment_withdrawn):
            signal.connect(receivers.write_employee_score, name="onboarding.write_employee_score")
        recruitment.candidate_corrected.connect(
            receivers.follow_candidate, name="onboarding.follow_candidate"
        )
        calendar_year_loaded.connect(receivers.recompute_provisional, name="onboarding.recompute_provisional")
        post_migrate.connect(receivers.seed_template, sender=self, dispatch_uid="onboarding.seed_template")
