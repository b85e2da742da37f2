from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "core.exchange"
    label = "exchange"
    verbose_name = _("Tables in and out")

    def ready(self) -> None:
        from core.admin import panels  # noqa: PLC0415 -- models are not loaded before ready()
        from core.exchange.models import Import  # noqa: PLC0415
        from core.exchange.panel import ROWS  # noqa: PLC0415

        panels.register(Import, ROWS)
