from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """No tables of its own: functions that pages, API and files read alike."""

    name = "reports"
    verbose_name = _("Reports")
