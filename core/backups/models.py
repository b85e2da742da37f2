"""BackupRun: one backup, or one trial of bringing one back, as it was asked for and what came of it."""

from datetime import timedelta
from enum import nonmember
from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.backups.progress import Step

# It says every second how far it is; a store of files may take a while for one large part.
SILENT_FOR = timedelta(minutes=30)


class RunKind(models.TextChoices):
    """What was done."""

    BACKUP = "backup", _("Backup")
    DRILL = "drill", _("Trial restore")


class RunState(models.TextChoices):
    """A run that is killed stays running: `is_cut_off` says so."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")

    unfinished = nonmember(("waiting", "running"))


class BackupRunQuerySet(models.QuerySet["BackupRun"]):
    """Backups and trials."""

    def unfinished(self) -> Self:
        """Those that are waited for."""
        return self.filter(state__in=RunState.unfinished)

    def kept(self) -> Self:
        """Backups that lie in their place."""
        return self.filter(kind=RunKind.BACKUP, state=RunState.DONE, gone_at__isnull=True)

    def with_trials(self) -> Self:
        """Each backup with its last trial: when, and how it ended."""
        trials = BackupRun.objects.filter(
            kind=RunKind.DRILL, name=OuterRef("name"), ended_at__isnull=False
        ).order_by("-id")
        return self.annotate(
            tried_at=Subquery(trials.values("ended_at")[:1]), tried_error=Subquery(trials.values("error")[:1])
        )


class BackupRun(models.Model):
    """One run. `name` is the backup's; sizes in bytes; `error` is a code, never a text.

    `passed` of about `expected` bytes (as many as the last run of its kind) have gone through; `beat_at` is its last
    sign of life. `gone_at`: when the rule of keeping, or somebody else, took the backup away.
    """

    kind = models.CharField(_("backup or trial"), max_length=8, choices=RunKind)
    state = models.CharField(_("state"), max_length=8, choices=RunState, default=RunState.WAITING)
    name = models.CharField(_("backup"), max_length=40, blank=True)
    by = models.CharField(_("by"), max_length=150, blank=True)
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    beat_at = models.DateTimeField(default=timezone.now)
    step = models.CharField(max_length=10, choices=Step, blank=True)
    passed = models.BigIntegerField(default=0)
    expected = models.BigIntegerField(null=True)
    bytes = models.BigIntegerField(_("size"), null=True)
    rows = models.BigIntegerField(_("rows"), null=True)
    files = models.BigIntegerField(_("files"), null=True)
    error = models.CharField(_("error"), max_length=120, blank=True)
    gone_at = models.DateTimeField(_("taken away"), null=True)

    tried_at: Any = None
    tried_error: Any = None

    objects = BackupRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state__in=RunState.unfinished), name="one_backup_run_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=RunState.unfinished) ^ Q(ended_at__isnull=False),
                name="backup_run_ends_with_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["name", "-id"], name="backup_run_by_name"),
            models.Index(fields=["ended_at", "id"], name="backup_run_by_end"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.get_kind_display())

    @property
    def is_cut_off(self) -> bool:
        """Nobody works on it any more, though it says so."""
        return self.state == RunState.RUNNING and timezone.now() - self.beat_at > SILENT_FOR

    @property
    def share(self) -> int | None:
        """About how much of it is done, in whole percent; None where the last run does not say."""
        return min(99, self.passed * 100 // self.expected) if self.expected else None
