from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SealedConfig(AppConfig):
    name = "core.sealed"
    label = "sealed"
    verbose_name = _("Sealed data")

    def ready(self) -> None:
        """After every migration the database knows the keys of the ring."""
        from core.apps import last_app  # noqa: PLC0415 -- models are loaded only now
        from core.sealed import registry  # noqa: PLC0415

        post_migrate.connect(registry.keep, sender=last_app(), dispatch_uid="core.sealed")
