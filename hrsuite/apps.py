from django.apps import AppConfig
from django.db.models.signals import pre_save
from django.utils.translation import gettext_lazy as _


class HRSuiteConfig(AppConfig):
    name = "hrsuite"
    verbose_name = _("HR Suite")

    def ready(self) -> None:
        """What shows rows of every floor comes from the top: the chain on the interview's page, the ledger's words."""
        from django_q.models import Task  # noqa: PLC0415

        from hrsuite.dashboard import chain, labels, words  # noqa: PLC0415 -- models are loaded only now
        from hrsuite.events import naming  # noqa: PLC0415
        from hrsuite.logs import clean_result  # noqa: PLC0415
        from people.panels import Panel, register  # noqa: PLC0415
        from recruitment.models import Interview  # noqa: PLC0415

        pre_save.connect(clean_result, sender=Task, dispatch_uid="hrsuite.clean_result")
        naming.use(
            event=words.event_words,
            receiver=words.receiver_words,
            row=lambda model_label: labels.names_of([model_label])[model_label],
            actor=words.actor_words,
        )
        register(Interview, Panel("chain", _("The chain: what followed from what"), chain.panel, order=10))
