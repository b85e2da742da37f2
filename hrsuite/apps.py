from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HRSuiteConfig(AppConfig):
    """The roof: what shows several apps at once."""

    name = "hrsuite"
    verbose_name = _("HR Suite")
