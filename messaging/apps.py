"""The app's place in the house."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    """How anybody is reached."""

    name = "messaging"
    verbose_name = _("Messages")
