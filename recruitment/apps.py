from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecruitmentConfig(AppConfig):
    name = "recruitment"
    verbose_name = _("Recruitment")

    def ready(self) -> None:
        """Wire the receivers: this list is the map of what recruitment does when something happens."""
        from messaging.signals import message_unreached  # noqa: PLC0415 -- models are loaded only now
        from people.signals import calendar_year_loaded, ways_in_ended  # noqa: PLC0415
        from recruitment import receivers, signals  # noqa: PLC0415
        from recruitment.recordings.services import closing  # noqa: PLC0415
        from recruitment.services import recorder  # noqa: PLC0415

        recorder.use(recorder.Recorder(read=closing.read, close=closing.close))

        for signal in (
            signals.interview_interrupted,
            signals.interview_resumed,
            signals.interview_completed,
            signals.interview_abandoned,
            signals.interview_missed,
            signals.interview_cancelled,
            signals.interview_rescheduled,
            signals.interview_reinstated,
        ):
            signal.connect(receivers.align_follow_up, name="recruitment.align_follow_up")
            signal.connect(receivers.align_assessments, name="recruitment.align_assessments")
        for signal in (
            signals.interview_interrupted,
            signals.interview_abandoned,
            signals.interview_completed,
        ):
            signal.connect(receivers.keep_recordings, name="recruitment.keep_recordings")
        for signal in (
            signals.interview_started,
            signals.interview_completed,
            signals.interview_cancelled,
        ):
            signal.connect(receivers.align_application, name="recruitment.align_application")
        signals.assessment_issued.connect(receivers.apply_advance_rule, name="recruitment.apply_advance_rule")
        for signal in (signals.application_moved, signals.application_reopened):
            signal.connect(receivers.reopen_decisions, name="recruitment.reopen_decisions")
        for signal in (signals.application_ended, signals.application_reopened):
            signal.connect(receivers.cancel_interviews, name="recruitment.cancel_interviews")
            signal.connect(receivers.close_follow_ups, name="recruitment.close_follow_ups")
        for signal in (signals.application_ended, signals.application_advanced):
            signal.connect(receivers.align_offer, name="recruitment.align_offer")
        signals.evidence_changed.connect(receivers.align_estimates, name="recruitment.align_estimates")
        message_unreached.connect(receivers.call_instead, name="recruitment.call_instead")
        ways_in_ended.connect(receivers.end_calendar_link, dispatch_uid="recruitment.end_calendar_link")
        calendar_year_loaded.connect(receivers.move_starts, name="recruitment.move_starts")
        calendar_year_loaded.connect(receivers.name_windows, name="recruitment.name_windows")
