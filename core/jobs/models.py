"""LongWork: something that takes longer than anybody waits, done in sets. KeepRule: how long a kind of data is kept.
JobsCluster: who takes jobs on a machine, and whether they do. TakenJob: who took a job that is still in the queue."""

from datetime import datetime
from enum import nonmember
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.events.models import Event


class WorkState(models.TextChoices):
    """Waiting and running go on by themselves; a failed one waits for a person; an overtaken one began anew."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    OVERTAKEN = "overtaken", _("Begun anew")

    unfinished = nonmember(("waiting", "running"))
    # What it is to bring about does not hold yet.
    owed = nonmember(("waiting", "running", "failed"))


class LongWorkQuerySet(models.QuerySet["LongWork"]):
    """Long works."""

    def owed(self) -> Self:
        """Those whose outcome does not hold yet: not finished, or failed and not asked for again."""
        return self.filter(state__in=WorkState.owed)

    def about(self, subject_type: str) -> Self:
        """Those about rows of one kind."""
        return self.filter(subject_type=subject_type)


class LongWork(models.Model):
    """One long work about one row (a year of the calendar), as it was asked for.

    `done` of `total` rows have been gone through, up to the id in `bookmark`; both are written with the rows of each
    set, so that a process that is killed leaves neither half a set nor a set done twice. `error` is a code, never a
    text. At most one about a row is under way: the oldest; a later one overtakes it at the next set.
    """

    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=WorkState, default=WorkState.WAITING)
    asked_by = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    because_of = models.ForeignKey(Event, on_delete=models.SET_NULL, null=True, related_name="+")
    began_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    bookmark = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=120, blank=True)

    objects = LongWorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("long work")
        verbose_name_plural = _("long works")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=WorkState.values), name="long_work_state_known"),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(done__lte=F("total")), name="long_work_done_of_total"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                name="long_work_due",
                condition=Q(state__in=WorkState.unfinished),
            ),
            models.Index(
                fields=["subject_type", "subject_id", "id"],
                name="long_work_owed",
                condition=Q(state__in=WorkState.owed),
            ),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="long_work_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_type} {self.subject_id}"

    @property
    def share(self) -> int | None:
        """How much of it is done, in whole percent; None before it began."""
        if self.total is None:
            return None
        return 100 if self.total == 0 else self.done * 100 // self.total


class KeepRule(models.Model):
    """How long one kind of data is kept, where somebody chose it; and when it was last carried out, with how much went.

    `days` is None while the declared period stands. `earlier` are the periods before, each with the moment until which
    it stood: what was written then goes by it, or by a shorter one since.
    """

    code = models.CharField(_("kind of record"), max_length=160, unique=True)
    days = models.PositiveIntegerField(_("days"), null=True, blank=True)
    earlier = models.JSONField(_("earlier periods"), default=list)
    changed_by = models.CharField(_("changed by"), max_length=150, blank=True)
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    ran_at = models.DateTimeField(_("last run"), null=True, blank=True)
    gone = models.PositiveIntegerField(_("went in the last run"), null=True, blank=True)

    class Meta:
        verbose_name = _("period of keeping")
        verbose_name_plural = _("periods of keeping")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def days_of(self, since: datetime, declared: int) -> int:
        """How long a row of this moment is kept: the shortest of its time's period and all that came after."""
        present = declared if self.days is None else self.days
        after = [one["days"] for one in self.earlier if since < datetime.fromisoformat(one["until"])]
        return min([present, *after])

    def shortest(self, declared: int) -> int:
        """The shortest period that any row may have."""
        return min([declared if self.days is None else self.days, *(one["days"] for one in self.earlier)])


class JobsCluster(models.Model):
    """Those who take the jobs of one queue on one machine, as their guard last said it.

    `queue`: the queue's key. `seen_at`: when it was said. `took_at`: when one of them last began or ended a job, at
    first when they were started. `in_hand`: how many jobs they are at. Whoever stops in order takes the row along.
    """

    node = models.CharField(max_length=100)
    queue = models.CharField(max_length=100)
    seen_at = models.DateTimeField()
    took_at = models.DateTimeField()
    in_hand = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("cluster of jobs")
        verbose_name_plural = _("clusters of jobs")
        constraints = [
            models.UniqueConstraint(fields=["node", "queue"], name="one_cluster_per_node_and_queue")
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.queue}"


class TakenJob(models.Model):
    """A job of the queue that a cluster took, until it is out of the queue: `core.jobs.taken`.

    `queued`: its number in the queue. `node`, `queue`: whose cluster. `run`: which start of it, None when it is
    nobody's to give back. `given_back`: how often it was given back before its time.
    """

    queued = models.BigIntegerField(primary_key=True)
    node = models.CharField(max_length=100)
    queue = models.CharField(max_length=100)
    run = models.UUIDField(null=True)
    given_back = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("job in hand")
        verbose_name_plural = _("jobs in hand")

    def __str__(self) -> str:
        return str(self.queued)
