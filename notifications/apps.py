"""The app's place in the house, and the map of who is told when something happens."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Who is told what, in which words."""

    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        """Declare the kinds of messages, wire the receivers, and put the messages on the interview's page."""
        from core.admin import panels, steps  # noqa: PLC0415
        from core.many.declaring import declare  # noqa: PLC0415
        from messaging import addressbook, approving  # noqa: PLC0415 -- models are loaded only now
        from messaging import kinds as declared  # noqa: PLC0415
        from messaging.conversations import answering  # noqa: PLC0415
        from notifications import addresses, audiences, conversation, kinds, receivers, told  # noqa: PLC0415
        from notifications.admin.panel import GUIDE, MESSAGES, REMIND  # noqa: PLC0415
        from notifications.services import approvals, trying, waits  # noqa: PLC0415
        from onboarding import signals as onboarding  # noqa: PLC0415
        from recruitment import signals as recruitment  # noqa: PLC0415
        from recruitment import telling  # noqa: PLC0415
        from recruitment.experiments import subjects  # noqa: PLC0415
        from recruitment.models import Candidate, Interview  # noqa: PLC0415
        from training import signals as training  # noqa: PLC0415

        for subject, check in trying.CHECKS.items():
            subjects.register(subject, check)
        addressbook.register(Candidate, addresses.candidate)
        answering.register(conversation.SPEAKER)
        declared.register(
            kinds.ALL,
            audiences=audiences.DECLARED,
            placeholders=[
                addresses.ROOM_LINK,
                addresses.WECHAT_LINK,
                told.CANDIDATE_TOLD,
                kinds.many.MANY_NAMED,
                kinds.approvals.DRAFTS_NAMED,
            ],
        )
        for model in (Candidate, Interview):
            post_delete.connect(addresses.forget, sender=model, dispatch_uid=f"forget {model.__name__}")
        both = (
            recruitment.interview_interrupted,
            recruitment.interview_resumed,
            recruitment.interview_completed,
            recruitment.interview_abandoned,
            recruitment.interview_missed,
            recruitment.interview_cancelled,
            recruitment.interview_rescheduled,
            recruitment.interview_reinstated,
            recruitment.round_arranged,
            recruitment.assessment_issued,
            recruitment.application_advanced,
            recruitment.application_moved,
            recruitment.application_ended,
            recruitment.application_reopened,
            recruitment.offer_sent,
            recruitment.offer_accepted,
            recruitment.offer_declined,
            recruitment.offer_lapsing,
            recruitment.offer_expired,
            recruitment.offer_withdrawn,
            recruitment.slots_offered,
            recruitment.slot_chosen,
            recruitment.slots_over,
            recruitment.follow_up_closed,
            recruitment.follow_up_late,
            recruitment.problem_answered,
            onboarding.start_forecast_changed,
            onboarding.start_forecast_restored,
        )
        for signal in both:
            signal.connect(receivers.tell_candidate, name="notifications.tell_candidate")
            signal.connect(receivers.tell_staff, name="notifications.tell_staff")
        for signal in (
            recruitment.interview_scheduled,
            recruitment.application_received,
            recruitment.data_request_answered,
            recruitment.data_request_reopened,
            recruitment.erasure_ending,
            onboarding.identity_given,
        ):
            signal.connect(receivers.tell_candidate, name="notifications.tell_candidate")
        staff = (
            recruitment.follow_up_opened,
            recruitment.follow_up_claimed,
            recruitment.follow_up_released,
            recruitment.invitation_overdue,
            recruitment.review_finished,
            recruitment.note_written,
            recruitment.problem_reported,
            training.training_plan_changed,
        )
        for signal in staff:
            signal.connect(receivers.tell_staff, name="notifications.tell_staff")
        guided = (
            recruitment.interview_scheduled,
            recruitment.interview_rescheduled,
            recruitment.interview_started,
            recruitment.interview_cancelled,
            recruitment.interview_reinstated,
        )
        for signal in guided:
            signal.connect(receivers.align_guide, name="notifications.align_guide")
        for signal in (recruitment.offer_drafted, recruitment.offer_approved, recruitment.offer_withdrawn):
            signal.connect(receivers.ask_about_offer, name="notifications.ask_about_offer")
        for signal in (
            onboarding.onboarding_case_opened,
            onboarding.onboarding_step_done,
            onboarding.onboarding_step_objected,
            onboarding.onboarding_step_reopened,
        ):
            signal.connect(receivers.ask_about_case, name="notifications.ask_about_case")
        for signal in (
            recruitment.application_advanced,
            recruitment.application_ended,
            recruitment.application_reopened,
        ):
            signal.connect(receivers.ask_about_application, name="notifications.ask_about_application")
        approving.register(approvals.KINDS)
        telling.register_waits(waits.wait_of)
        post_migrate.connect(receivers.seed_wordings, sender=self, dispatch_uid="notifications.seed_wordings")
        post_migrate.connect(receivers.seed_waits, sender=self, dispatch_uid="notifications.seed_waits")
        panels.register(Interview, MESSAGES)
        steps.offer(Interview, GUIDE)
        declare(Interview, REMIND)
