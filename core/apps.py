import sys

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, pre_save
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("HR Suite")

    def ready(self) -> None:
        """What a job answers is stored without what a log must not say either, and its lines carry the id of who asked;
        hot tables are kept as declared, and triggers ask cheaply; a cluster of jobs goes by a clock nobody can set, and
        outlives what is killed in it."""
        from django_q import signals as queue  # noqa: PLC0415 -- models are loaded only now
        from django_q.models import Task  # noqa: PLC0415

        from core import request_ids, tables, triggers  # noqa: PLC0415
        from core.logs import clean_result  # noqa: PLC0415

        if "qcluster" in sys.argv:
            from core.jobs import killed, poison, steady, taken  # noqa: PLC0415 -- the queue's own processes alone need its cluster

            steady.keep()
            killed.keep()
            taken.keep()
            poison.keep()
        pre_save.connect(clean_result, sender=Task, dispatch_uid="core.clean_result")
        queue.pre_enqueue.connect(request_ids.job_is_queued, dispatch_uid="core.request_ids.queued")
        queue.pre_execute.connect(request_ids.job_begins, dispatch_uid="core.request_ids.begins")
        queue.post_execute_in_worker.connect(request_ids.job_ends, dispatch_uid="core.request_ids.ends")
        post_migrate.connect(tables.keep, sender=last_app(), dispatch_uid="core.tables")
        post_migrate.connect(triggers.keep, sender=last_app(), dispatch_uid="core.triggers")


def last_app() -> AppConfig:
    """The app that migrations come to last: all tables are there by then."""
    return [app for app in apps.get_app_configs() if app.models_module is not None][-1]
