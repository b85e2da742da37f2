from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoomConfig(AppConfig):
    """The room has no tables of its own: it is an app so that its pages and scripts are found."""

    name = "recruitment.room"
    label = "room"
    verbose_name = _("Interview room")
