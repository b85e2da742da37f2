"""Exits of interviews: cause, evidence, and the return."""

from django.db import models
from django.db.models import CharField, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from core.changes import Dated, change_index, dated
from recruitment.enums import ExitCause
from recruitment.models.interviews import Interview, OfInterviewQuerySet

# The cause that counts: as HR corrected it, else as it was noticed. One text for the index and for whoever asks by it.
CAUSE_NOW = Coalesce(NullIf("corrected_cause", Value("")), "cause", output_field=CharField())


class InterviewExit(Dated):
    """One exit of one attempt: cause, whether it was announced, and the evidence. HR may correct the cause."""

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="exits", verbose_name=_("interview")
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    cause = models.CharField(_("cause"), max_length=30, choices=ExitCause)
    corrected_cause = models.CharField(_("cause as corrected"), max_length=30, choices=ExitCause, blank=True)
    corrected_by = models.ForeignKey(
        "people.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("corrected by"),
    )
    is_announced = models.BooleanField(_("announced"))
    evidence = models.JSONField(_("evidence"), default=dict)
    note = models.CharField(_("the candidate's words"), max_length=500, blank=True)
    left_at = models.DateTimeField(_("left at"))
    returned_at = models.DateTimeField(_("returned at"), null=True, blank=True)

    objects = OfInterviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("exit")
        verbose_name_plural = _("exits")
        ordering = ["-id"]
        indexes = [
            change_index("exit"),
            models.Index(fields=["interview", "attempt"], name="exit_by_attempt"),
            models.Index(fields=["left_at", "id"], name="exit_by_time"),
            models.Index(CAUSE_NOW, "id", name="exit_by_cause"),
        ]
        triggers = [dated("exit")]
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "attempt"],
                condition=Q(returned_at__isnull=True),
                name="one_open_exit_per_attempt",
            )
        ]

    def __str__(self) -> str:
        return self.get_cause_display()

    @property
    def effective_cause(self) -> str:
        """The cause as HR corrected it, else as it was noticed."""
        return self.corrected_cause or self.cause
