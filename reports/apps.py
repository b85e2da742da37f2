from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Functions that pages, API and files read alike, and the figures that they counted before."""

    name = "reports"
    verbose_name = _("Reports")
