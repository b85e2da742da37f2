"""StagePassage: one stay of an application in a stage, once it is over."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.scope import ScopedQuerySet
from recruitment.enums import ApplicationStage
from recruitment.models.candidates import Application


class PassageQuerySet(ScopedQuerySet):
    department_lookup = "application__opening__department"


class StagePassage(models.Model):
    """From when to when an application stood in a stage, where it went, and the day that was promised there at last.

    The database writes it whenever a stage changes, whoever changes it (`APPLICATION_PASSES`); the present stay has no
    row yet: `Application.stage_since` says since when. No row is ever changed.
    """

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="passages", verbose_name=_("application")
    )
    stage = models.CharField(_("stage"), max_length=50, choices=ApplicationStage)
    to_stage = models.CharField(_("next stage"), max_length=50, choices=ApplicationStage)
    entered_at = models.DateTimeField(_("entered at"))
    left_at = models.DateTimeField(_("left at"))
    promised_by = models.DateField(_("promised by"), null=True)

    objects = PassageQuerySet.as_manager()

    class Meta:
        verbose_name = _("stay in a stage")
        verbose_name_plural = _("stays in stages")
        ordering = ["-id"]
        indexes = [
            # A report's stretch of days.
            models.Index(fields=["left_at", "id"], name="passage_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} → {self.get_to_stage_display()}"
