from django.apps import AppConfig
from django.db.models.signals import pre_save
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("HR Suite")

    def ready(self) -> None:
        """What a job answers is stored without what a log must not say either."""
        from django_q.models import Task  # noqa: PLC0415 -- models are loaded only now

        from core.logs import clean_result  # noqa: PLC0415

        pre_save.connect(clean_result, sender=Task, dispatch_uid="core.clean_result")
