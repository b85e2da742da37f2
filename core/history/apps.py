from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class HistoryConfig(AppConfig):
    name = "core.history"
    label = "history"
    verbose_name = _("History")

    def ready(self) -> None:
        """Every table gets its triggers after the last migration; a job's changes say which job made them."""
        from django_q.signals import post_execute, pre_execute  # noqa: PLC0415 -- models are loaded only now

        from core.apps import last_app  # noqa: PLC0415
        from core.history import context, triggers  # noqa: PLC0415

        post_migrate.connect(triggers.keep, sender=last_app(), dispatch_uid="core.history")
        pre_execute.connect(context.job_begins, dispatch_uid="core.history.begins")
        post_execute.connect(context.job_ends, dispatch_uid="core.history.ends")
