"""The app's place in the house."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SigningInConfig(AppConfig):
    """Signing in with WeCom."""

    name = "messaging.signing_in"
    label = "wecom_sign_in"
    verbose_name = _("Signing in with WeCom")

    def ready(self) -> None:
        from core.admin import ways_in  # noqa: PLC0415 -- models are not loaded before ready()
        from messaging.signing_in.words import way  # noqa: PLC0415

        ways_in.register("wecom", way)
