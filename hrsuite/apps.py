from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HRSuiteConfig(AppConfig):
    name = "hrsuite"
    verbose_name = _("HR Suite")

    def ready(self) -> None:
        """Put the chain on the interview's page: it shows rows of every floor, so it comes from the top."""
        from hrsuite.dashboard import chain  # noqa: PLC0415 -- models are loaded only now
        from people.panels import Panel, register  # noqa: PLC0415
        from recruitment.models import Interview  # noqa: PLC0415

        register(Interview, Panel("chain", _("The chain: what followed from what"), chain.panel, order=10))
