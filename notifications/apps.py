"""The app's place in the house."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Who is told what, in which words, over which channel."""

    name = "notifications"
    verbose_name = _("Messages")
