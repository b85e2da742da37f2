"""The app's place in the house."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    """How anybody is reached."""

    name = "messaging"
    verbose_name = _("Messages")

    def ready(self) -> None:
        """Declare who acts on what WeCom tells us."""
        from messaging import cards  # noqa: PLC0415 -- models are loaded only now
        from messaging.callbacks import handling  # noqa: PLC0415

        handling.register(cards.EVENT, cards.press)
