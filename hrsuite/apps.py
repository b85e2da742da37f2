from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HRSuiteConfig(AppConfig):
    name = "hrsuite"
    verbose_name = _("HR Suite")

    def ready(self) -> None:
        """The chain on the interview's page shows rows of every floor: it comes from the top."""
        from core.admin.panels import Panel, register  # noqa: PLC0415 -- models are loaded only now
        from hrsuite.dashboard import chain  # noqa: PLC0415
        from recruitment.models import Interview  # noqa: PLC0415

        register(Interview, Panel("chain", _("The chain: what followed from what"), chain.panel, order=10))
