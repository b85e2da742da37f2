"""The app's place in the house."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    """How anybody is reached."""

    name = "messaging"
    verbose_name = _("Messages")

    def ready(self) -> None:
        """Declare who acts on what WeCom tells us."""
        from messaging import approvals, cards  # noqa: PLC0415 -- models are loaded only now
        from messaging.callbacks import handling  # noqa: PLC0415
        from messaging.conversations import answering, reading  # noqa: PLC0415

        handling.register(cards.EVENT, cards.press)
        handling.register(approvals.EVENT, approvals.told)
        handling.register(reading.EVENT, reading.rung)
        handling.register(reading.ENTERED, answering.entered)
        handling.register(reading.WROTE, answering.wrote)
        handling.register(reading.NOT_SENT, answering.not_sent)
        handling.register(reading.OTHER, lambda told: "nothing_to_do")
