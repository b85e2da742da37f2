"""ManyRun: one step for a whole selection. ManyRow: what became of one row of it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.sealed.fields import SealedJSONField, only_sealed


class RowState(models.TextChoices):
    """What became of a row: it waits for its turn, or it has had it."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    LEFT_OUT = "left_out", _("Left out")
    REFUSED = "refused", _("Refused")


class ManyRun(models.Model):
    """A step for the rows that somebody chose. Until `asked_at` it is only looked at, and nothing happens.

    `values` is what the form asked, sealed: reasons and pay may stand in it. `takes_back` is the run whose rows this
    one brings back: at most one does.
    """

    model = models.CharField(max_length=60)
    step = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    language = models.CharField(max_length=10)
    values = SealedJSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(null=True)
    takes_back = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, related_name="taken_back_by"
    )

    class Meta:
        verbose_name = _("run over many rows")
        verbose_name_plural = _("runs over many rows")
        ordering = ["-id"]
        constraints = [only_sealed("values", "many_run_values_are_sealed")]
        indexes = [
            models.Index(
                fields=["model", "-id"], name="many_run_of_list", condition=Q(asked_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.step} {self.pk}"


class ManyRow(models.Model):
    """One row of a run. `version` is what was seen when it was chosen: what has moved on since is refused.

    `values` are its own beside the run's (a window, a salary each), sealed; `after` is its version once the step was
    taken. `said` is the reason in the language of whoever asked, `code` the same for programs.
    """

    run = models.ForeignKey(ManyRun, on_delete=models.CASCADE, related_name="rows")
    row_id = models.BigIntegerField()
    version = models.CharField(max_length=16, blank=True)
    values = SealedJSONField(null=True)
    state = models.CharField(max_length=10, choices=RowState, default=RowState.WAITING)
    code = models.CharField(max_length=60, blank=True)
    said = models.CharField(max_length=300, blank=True)
    after = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("row of a run")
        verbose_name_plural = _("rows of runs")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "row_id"], name="many_row_once"),
            models.CheckConstraint(condition=Q(state__in=RowState.values), name="many_row_state_known"),
            only_sealed("values", "many_row_values_are_sealed"),
        ]
        indexes = [models.Index(fields=["run", "state", "id"], name="many_row_by_state")]

    def __str__(self) -> str:
        return f"{self.run_id} · {self.row_id}"

    @property
    def asked(self) -> dict[str, Any]:
        """All that was asked for this row: the run's values, and its own instead of them."""
        return {**self.run.values, **(self.values or {})}
